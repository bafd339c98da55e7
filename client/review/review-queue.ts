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

/** What `work` learns from the server that would be used; null where none answers. */
export async function askServer<T>(
  address: string | undefined,
  work: (client: Client) => Promise<T>,
): Promise<T | null> {
  const server = await runningServer(address);
  if (server === null) return null;
  const connection = await Connection.connect({
    ...server.connection,
    connectTimeout: 1_000,
  }).catch(() => null);
  // A server that does not answer says nothing; the ledger says the rest.
  if (connection === null) return null;
  const client = new Client({ connection, namespace: server.namespace });
  return work(client).finally(() => connection.close());
}

/** What a server says of each mix; null where none answers. What it does not answer is absent. */
async function askEach<T>(
  mixes: readonly string[],
  address: string | undefined,
  ask: (client: Client, mix: string) => Promise<T>,
): Promise<ReadonlyMap<string, T> | null> {
  return askServer(address, async (client) => {
    const answers = new Map<string, T>();
    for (const mix of mixes) {
      const answer = await client
        .withDeadline(Date.now() + ANSWER_MS_MAX, () => ask(client, mix))
        .catch(() => null);
      if (answer !== null) answers.set(mix, answer);
    }
    return answers;
  });
}

export interface AskedQueues {
  /** The queue of each mix that the server and its worker answer for; others are absent. */
  readonly queues: ReadonlyMap<string, ReviewQueue>;
  readonly isServerThere: boolean;
}

/** The queues of these mixes, where a server runs. */
export async function askQueues(
  mixes: readonly string[],
  address: string | undefined,
): Promise<AskedQueues> {
  const queues = await askEach(mixes, address, (client, mix) =>
    client.workflow.getHandle(reviewWorkflowId(mix)).query<ReviewQueue>('queue'),
  );
  return { queues: queues ?? new Map(), isServerThere: queues !== null };
}

/** Whether the build of each mix still runs; mixes that the server does not know are absent. */
export async function askRunning(
  mixes: readonly string[],
  address: string | undefined,
): Promise<ReadonlyMap<string, boolean>> {
  if (mixes.length === 0) return new Map();
  const running = await askEach(mixes, address, async (client, mix) => {
    const { status } = await client.workflow.getHandle(`build-mix/${mix}`).describe();
    return status.name === 'RUNNING';
  });
  return running ?? new Map();
}
