/** What the server says of a review, where one runs: it is asked, never started. */
import { Client, Connection } from '@temporalio/client';
import { reviewWorkflowId } from '../../core/review/ids.js';
import type { ReviewQueue } from '../../workflows/messages.js';
import { explicitAddress, explicitNamespace } from '../server/dev-server.js';
import { DEFAULT_NAMESPACE } from '../server/namespace.js';
import { isOpen } from '../server/reach.js';
import { addressOf } from '../server/server-info.js';
import { readServerRecord, stateFolder } from '../server/state.js';

const ANSWER_MS_MAX = 3_000;

/** The server that would be used: the named one, or ours if it runs. */
async function runningServer(
  option: string | undefined,
): Promise<{ address: string; namespace: string } | null> {
  const named = explicitAddress(option);
  const record = named === null ? readServerRecord(stateFolder()) : null;
  const address = named ?? (record === null ? null : addressOf(record));
  if (address === null || !(await isOpen(address))) return null;
  return { address, namespace: named === null ? DEFAULT_NAMESPACE : explicitNamespace() };
}

/** What `work` learns from the server that would be used; null where none answers. */
export async function askServer<T>(
  address: string | undefined,
  work: (client: Client) => Promise<T>,
): Promise<T | null> {
  const server = await runningServer(address);
  if (server === null) return null;
  const connection = await Connection.connect({
    address: server.address,
    connectTimeout: 1_000,
  }).catch(() => null);
  // A server that does not answer says nothing; the ledger says the rest.
  if (connection === null) return null;
  const client = new Client({ connection, namespace: server.namespace });
  return work(client).finally(() => connection.close());
}

export interface AskedQueues {
  /** The queue of each mix that the server and its worker answer for; others are absent. */
  readonly queues: ReadonlyMap<string, ReviewQueue>;
  readonly isServerThere: boolean;
}

/** One query to one workflow; null where nobody answers it in time. */
export function askWorkflow<T>(
  client: Client,
  workflowId: string,
  query: string,
): Promise<T | null> {
  return client
    .withDeadline(Date.now() + ANSWER_MS_MAX, () =>
      client.workflow.getHandle(workflowId).query<T>(query),
    )
    .catch(() => null);
}

/** The queues of these mixes, where a server runs. */
export async function askQueues(
  mixes: readonly string[],
  address: string | undefined,
): Promise<AskedQueues> {
  const queues = new Map<string, ReviewQueue>();
  const asked = await askServer(address, async (client) => {
    for (const mix of mixes) {
      const queue = await askWorkflow<ReviewQueue>(client, reviewWorkflowId(mix), 'queue');
      if (queue !== null) queues.set(mix, queue);
    }
    return true;
  });
  return { queues, isServerThere: asked === true };
}
