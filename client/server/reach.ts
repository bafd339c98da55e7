/**
 * Is there a Temporal server at this address, with our namespace? A connection is opened, asked and
 * closed; a live process or an open port proves nothing.
 */
import { Connection } from '@temporalio/client';

export interface Reached {
  readonly serverVersion: string;
  /** Null when the server has no such namespace. */
  readonly retentionSeconds: number | null;
}

const NOT_FOUND = 5;

/** Opens a connection for `work` and closes it whatever happens. */
export async function withConnection<T>(
  address: string,
  timeoutMs: number,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: timeoutMs });
  try {
    return await connection.withDeadline(Date.now() + 15_000, () => work(connection));
  } finally {
    await connection.close();
  }
}

/** What answers at the address; throws when nothing does within the time. */
export async function reach(
  address: string,
  namespace: string,
  timeoutMs: number,
): Promise<Reached> {
  return await withConnection(address, timeoutMs, async (connection) => {
    const [info, retentionSeconds] = await Promise.all([
      connection.workflowService.getSystemInfo({}),
      retentionOf(connection, namespace),
    ]);
    return { serverVersion: info.serverVersion ?? 'unknown', retentionSeconds };
  });
}

async function retentionOf(connection: Connection, namespace: string): Promise<number | null> {
  try {
    const answer = await connection.workflowService.describeNamespace({ namespace });
    return Number(answer.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  } catch (error) {
    if ((error as { code?: unknown }).code === NOT_FOUND) return null;
    throw error;
  }
}

/** As `reach`, but null instead of an error. */
export async function tryReach(
  address: string,
  namespace: string,
  timeoutMs: number,
): Promise<Reached | null> {
  try {
    return await reach(address, namespace, timeoutMs);
  } catch {
    return null;
  }
}
