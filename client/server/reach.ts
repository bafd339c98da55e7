/**
 * Is there a Temporal server at this address? A connection is opened, asked and closed; a live
 * process or an open port proves nothing.
 */
// Only this module: the whole client costs another 35 ms at the start of every command.
import { Connection } from '@temporalio/client/lib/connection.js';
import { Failure } from '../../core/schema/failure.js';
import { type Prepared, prepareNamespace } from './namespace.js';

const CALL_MS_MAX = 15_000;

/** Opens a connection for `work` and closes it whatever happens. */
export async function withConnection<T>(
  address: string,
  timeoutMs: number,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: timeoutMs });
  try {
    return await connection.withDeadline(Date.now() + CALL_MS_MAX, () => work(connection));
  } finally {
    await connection.close();
  }
}

/** Prepares the embedded server's namespace; null when nothing answers or it is still starting. */
export async function reachEmbedded(
  address: string,
  namespace: string,
  timeoutMs: number,
): Promise<Prepared | null> {
  try {
    return await withConnection(address, timeoutMs, (connection) =>
      prepareNamespace({ connection, namespace, address, raiseRetention: true }),
    );
  } catch (error) {
    const isVerdict = error instanceof Failure && error.parts.found !== 'none';
    if (isVerdict) throw error;
    return null;
  }
}

/** Connects to a server that the user named; never starts one. */
export async function reachExplicit(address: string, namespace: string): Promise<Prepared> {
  try {
    return await withConnection(address, 5_000, (connection) =>
      prepareNamespace({ connection, namespace, address, raiseRetention: false }),
    );
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unreachable(address, (error as Error).message);
  }
}

export function unreachable(address: string, found: string): Failure {
  return new Failure('SERVER_UNREACHABLE', {
    subject: 'the Temporal server',
    expected: 'an answer',
    found: found.split('\n')[0] ?? 'none',
    where: address,
    remedy:
      'start that server or correct the address (--address, BALLAST_TEMPORAL_ADDRESS, TEMPORAL_ADDRESS); without one, ballast starts its own server',
  });
}
