/**
 * What a server must have before the first build: our namespace, a retention long enough for an
 * auditor (it is fixed for a run when the run closes), and the search attributes with their types.
 */
import type { Connection } from '@temporalio/client';
import { Failure } from '../../core/schema/failure.js';
import { registerSearchAttributes } from './search-attributes.js';

export const DEFAULT_NAMESPACE = 'ballast';
export const RETENTION_DAYS = 90;
const DAY_SECONDS = 86_400;
const NOT_FOUND = 5;
/** Cloud and guarded servers let nobody add attributes from here. */
const NOT_OURS_TO_ADD = [7, 12];

export interface Prepared {
  readonly serverVersion: string;
  readonly attributesAdded: readonly string[];
}

export interface PrepareOptions {
  readonly connection: Connection;
  readonly namespace: string;
  readonly address: string;
  /** Only the embedded server's retention is ours to change. */
  readonly raiseRetention: boolean;
}

/** Checks and completes the namespace; two or three quick calls when all is in place. */
export async function prepareNamespace(options: PrepareOptions): Promise<Prepared> {
  const { connection, namespace, address } = options;
  const [info, retentionSeconds] = await Promise.all([
    connection.workflowService.getSystemInfo({}),
    retentionOf(connection, namespace),
  ]);
  if (retentionSeconds === null) throw noNamespace(namespace, address);
  const wanted = RETENTION_DAYS * DAY_SECONDS;
  if (options.raiseRetention && retentionSeconds < wanted) {
    await setRetention(connection, namespace, wanted);
  }
  const attributesAdded = await registerSearchAttributes(connection, namespace, address).catch(
    (error: unknown) => {
      if (NOT_OURS_TO_ADD.includes((error as { code?: number }).code ?? 0)) return [];
      throw error;
    },
  );
  return { serverVersion: info.serverVersion ?? 'unknown', attributesAdded };
}

/** Retention of the namespace in seconds; null when the server has no such namespace. */
export async function retentionOf(
  connection: Connection,
  namespace: string,
): Promise<number | null> {
  try {
    const answer = await connection.workflowService.describeNamespace({ namespace });
    return Number(answer.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  } catch (error) {
    if ((error as { code?: unknown }).code === NOT_FOUND) return null;
    throw error;
  }
}

async function setRetention(
  connection: Connection,
  namespace: string,
  seconds: number,
): Promise<void> {
  await connection.workflowService.updateNamespace({
    namespace,
    // The API's type is a 64-bit integer object; a plain number is encoded the same.
    config: { workflowExecutionRetentionTtl: { seconds: seconds as never } },
  });
}

export function noNamespace(namespace: string, address: string): Failure {
  return new Failure('SERVER_UNREACHABLE', {
    subject: `namespace "${namespace}"`,
    expected: 'a namespace of that name on the server',
    found: 'none',
    where: address,
    remedy: `create it with: temporal operator namespace create --namespace ${namespace} --retention ${RETENTION_DAYS}d --address ${address}`,
  });
}
