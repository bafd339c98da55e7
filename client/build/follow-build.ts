/**
 * Follows a build until it ends: progress by phase from its queries and heartbeats. A server or
 * worker that dies is brought back and waited for; the build itself loses nothing.
 */
import {
  type Client,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { Failure } from '../../core/schema/failure.js';
import type { BuildMixInput, BuildMixResult } from '../../workflows/build-mix.js';
import type { BuildProgress, PhaseProgress } from '../../workflows/messages.js';
import { livePhases, stalledPhases } from './live-phases.js';
import type { Session } from './session.js';
import type { StartedBuild } from './start-build.js';
import { reasonOf, Trouble } from './trouble.js';

const POLL_MS = 250;
const POLL_TIMEOUT_MS = 5_000;

export interface FollowOptions {
  /** Its client changes where the server came back at another address. */
  readonly session: Pick<Session, 'client' | 'revive'>;
  readonly build: StartedBuild;
  readonly onProgress: (phases: readonly PhaseProgress[]) => void;
  /** Told once of each reason why there is no answer. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

type BuildMix = (input: BuildMixInput) => Promise<BuildMixResult>;

const NOTHING_SEEN: BuildProgress = {
  phases: [{ phase: 'pin', done: 0, total: 0, note: '' }],
  current: 'pin',
};

function withDeadline<T>(client: Client, act: () => Promise<T>): Promise<T> {
  return client.withDeadline(Date.now() + POLL_TIMEOUT_MS, act);
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

/** No later look would answer otherwise. */
function isFinal(error: unknown): boolean {
  return [WorkflowNotFoundError, WorkflowFailedError, Failure].some(
    (kind) => error instanceof kind,
  );
}

/** One look at the build after another, with what was seen last. */
class Watch {
  readonly #options: FollowOptions;
  readonly #trouble: Trouble;
  #seen = NOTHING_SEEN;

  constructor(options: FollowOptions) {
    this.#options = options;
    const { session, say } = options;
    this.#trouble = new Trouble({ say, revive: () => session.revive(), now: Date.now });
  }

  /** The result where the build has ended; else null, after showing how far it is. */
  async look(): Promise<BuildMixResult | null> {
    const { session, build } = this.#options;
    const { client } = session;
    const handle = client.workflow.getHandle<BuildMix>(build.workflowId, build.runId);
    try {
      const description = await withDeadline(client, () => handle.describe());
      this.#trouble.serverAnswered();
      const isOpen = description.closeTime === undefined;
      await this.#show(client, description, isOpen);
      return isOpen ? null : await withDeadline(client, () => handle.result());
    } catch (error) {
      if (isFinal(error)) throw error;
      await this.#trouble.met(error);
      return null;
    }
  }

  /** A closed build need not answer: its result says all. */
  async #show(
    client: Client,
    description: WorkflowExecutionDescription,
    isOpen: boolean,
  ): Promise<void> {
    const { build, onProgress } = this.#options;
    try {
      this.#seen = await withDeadline(client, () => livePhases(client, build, description));
      onProgress(this.#seen.phases);
      this.#trouble.allWell();
    } catch (error) {
      if (!isOpen) return;
      onProgress(stalledPhases(this.#seen, description, reasonOf(error)));
      await this.#trouble.met(error);
    }
  }
}

/** The result of the build; null where `signal` ended the watch (the build goes on). */
export async function followBuild(options: FollowOptions): Promise<BuildMixResult | null> {
  const { session, build, signal } = options;
  const watch = new Watch(options);
  const ended = endOf(session.client.workflow.result(build.workflowId, build.runId));
  while (!signal.aborted) {
    const result = await watch.look();
    if (result !== null) return result;
    await pause(POLL_MS, signal, ended);
  }
  return null;
}
