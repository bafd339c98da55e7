/**
 * Follows a build until it ends: progress by phase from its queries and heartbeats. A server or
 * worker that dies is brought back and waited for; the build itself loses nothing.
 */
import { type Client, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { BuildMixInput, BuildMixResult } from '../../workflows/build-mix.js';
import type { BuildProgress, PhaseProgress, SourceProgress } from '../../workflows/messages.js';
import type { StartedBuild } from './start-build.js';
import { underWay } from './under-way.js';

const POLL_MS = 250;
const POLL_TIMEOUT_MS = 5_000;
/** After this long without an answer, what is missing is started again. */
const REVIVE_AFTER_MS = 3_000;

export interface FollowOptions {
  readonly client: Client;
  readonly build: StartedBuild;
  /** Names of the sources, whose children tell how far profiling is. */
  readonly sources: readonly string[];
  readonly onProgress: (phases: readonly PhaseProgress[]) => void;
  /** Starts server and worker where they are gone. */
  readonly revive: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Profiling as shards over all sources, while it runs. */
async function profileProgress(
  client: Client,
  workflowId: string,
  sources: readonly string[],
): Promise<PhaseProgress | null> {
  const asked = sources.map((source) =>
    client.workflow.getHandle(`${workflowId}/source/${source}`).query<SourceProgress>('progress'),
  );
  const answers = (await Promise.allSettled(asked))
    .filter((answer) => answer.status === 'fulfilled')
    .map(({ value }) => value);
  if (answers.length < sources.length) return null;
  const done = answers.reduce((sum, answer) => sum + answer.done, 0);
  const total = answers.reduce((sum, answer) => sum + answer.total, 0);
  const reused = answers.reduce((sum, answer) => sum + answer.reused, 0);
  return { phase: 'profile', done, total, note: reused > 0 ? `${reused} read back` : '' };
}

async function currentPhases({
  client,
  build,
  sources,
}: FollowOptions): Promise<readonly PhaseProgress[]> {
  const handle = client.workflow.getHandle(build.workflowId, build.runId);
  const { phases, current } = await handle.query<BuildProgress>('progress');
  const children = sources.map((source) => `${build.workflowId}/source/${source}`);
  const isProfiling = current === 'profile';
  const profile = isProfiling ? await profileProgress(client, build.workflowId, sources) : null;
  const moving = await underWay(client, isProfiling ? children : [build.workflowId]);
  return phases.map((phase) => {
    if (phase.phase !== current) return phase;
    const shown = profile ?? phase;
    return moving === '' || shown.done >= shown.total ? shown : { ...shown, note: moving };
  });
}

function withDeadline<T>(client: Client, act: () => Promise<T>): Promise<T> {
  return client.withDeadline(Date.now() + POLL_TIMEOUT_MS, act);
}

async function isClosed({ client, build }: FollowOptions): Promise<boolean> {
  const { status } = await client.workflow.getHandle(build.workflowId, build.runId).describe();
  return status.name !== 'RUNNING';
}

/** Waits a moment, or until `signal` or `ended` says that there is nothing to wait for. */
function pause(ms: number, signal: AbortSignal, ended: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    ended.then(end, end);
  });
}

/** Settles when the build ends, well or badly; never for a server that cannot be reached. */
function endOf(result: Promise<unknown>): Promise<unknown> {
  return result.catch((error: unknown) =>
    error instanceof WorkflowFailedError ? undefined : new Promise(() => undefined),
  );
}

type BuildMix = (input: BuildMixInput) => Promise<BuildMixResult>;

/** The result of the build; null where `signal` ended the watch (the build goes on). */
export async function followBuild(options: FollowOptions): Promise<BuildMixResult | null> {
  const { client, build, onProgress, revive, signal } = options;
  const handle = client.workflow.getHandle<BuildMix>(build.workflowId, build.runId);
  const ended = endOf(handle.result());
  let lastAnswer = Date.now();
  while (!signal.aborted) {
    try {
      if (await withDeadline(client, () => isClosed(options))) break;
      lastAnswer = Date.now();
      onProgress(await withDeadline(client, () => currentPhases(options)));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw error;
      if (Date.now() - lastAnswer > REVIVE_AFTER_MS) {
        await revive();
        lastAnswer = Date.now();
      }
    }
    await pause(POLL_MS, signal, ended);
  }
  if (signal.aborted) return null;
  await withDeadline(client, async () => onProgress(await currentPhases(options))).catch(
    () => undefined,
  );
  return handle.result();
}
