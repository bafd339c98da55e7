/** What the server says of a review, where one runs: it is asked, never started. */
import { Client, Connection } from '@temporalio/client';
import { reviewWorkflowId } from '../../core/review/ids.js';
import type { ReviewQueue } from '../../workflows/messages.js';
import { explicitAddress, explicitNamespace } from '../server/dev-server.js';
import { DEFAULT_NAMESPACE } from '../server/namespace.js';
import { connectionTo, isOpen } from '../server/reach.js';
import { addressOf } from '../server/server-info.js';
import { readServerRecord, stateFolder } from '../server/state.js';

const ANSWER_MS_MAX = 3_000;

/** The server that would be used: the named one, or ours if it runs. */
async function runningServer(
  option: string | undefined,
): Promise<{ connection: ReturnType<typeof connectionTo>; namespace: string } | null> {
  const named = explicitAddress(option);
  const record = named === null ? readServerRecord(stateFolder()) : null;
  const address = named ?? (record === null ? null : addressOf(record));
  if (address === null || !(await isOpen(address))) return null;
  const namespace = named === null ? DEFAULT_NAMESPACE : explicitNamespace();
  return { connection: connectionTo(address, named === null), namespace };
}

/** The queue of each mix that the server and its worker answer for; others are absent. */
export async function askQueues(
  mixes: readonly string[],
  address: string | undefined,
): Promise<ReadonlyMap<string, ReviewQueue>> {
  const queues = new Map<string, ReviewQueue>();
  const server = mixes.length === 0 ? null : await runningServer(address);
  if (server === null) return queues;
  const connection = await Connection.connect({
    ...server.connection,
    connectTimeout: 1_000,
  }).catch(() => null);
  // A server that does not answer says nothing; the ledger says the rest.
  if (connection === null) return queues;
  const client = new Client({ connection, namespace: server.namespace });
  for (const mix of mixes) {
    const queue = await client
      .withDeadline(Date.now() + ANSWER_MS_MAX, () =>
        client.workflow.getHandle(reviewWorkflowId(mix)).query<ReviewQueue>('queue'),
      )
      .catch(() => null);
    if (queue !== null) queues.set(mix, queue);
  }
  await connection.close();
  return queues;
}
