/**
 * Runs a task of the pool inside an activity: heartbeats every second with how far it is, stops
 * when the activity is cancelled, and turns a `Failure` into a failure that Temporal does not retry.
 */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { Failure } from '../core/schema/failure.js';
import { type CpuPool, createProgress } from '../engines/cpu-pool.js';
import { ioFailure } from '../storage/io-failure.js';

const HEARTBEAT_MS = 1_000;

/** What the activity's heartbeat says; `ballast build` shows it. */
export interface Heartbeat {
  readonly done: number;
  readonly total: number;
}

/** An expected failure keeps its code and parts; anything else is retried. */
export function asActivityFailure(error: unknown, where: string): unknown {
  const known = ioFailure(error, where);
  if (!(known instanceof Failure)) return isOurBug(error) ? bugFailure(error, where) : error;
  return ApplicationFailure.nonRetryable(known.message, known.code, {
    parts: known.parts,
    details: known.details,
  });
}

/** A broken invariant or record will be just as broken the next time. */
function isOurBug(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error.message.startsWith('assertion failed') || error.name.includes('ZodError');
}

function bugFailure(error: Error, where: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${where}: ${error.message.slice(0, 500)}`, 'INTERNAL');
}

/** Runs an activity's body with expected failures translated. */
export async function guardActivity<T>(where: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw asActivityFailure(error, where);
  }
}

/** Work on the event loop that waits for others, as for an object store: its worker is seen alive. */
export async function withHeartbeats<T>(body: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  return body().finally(() => clearInterval(timer));
}

export type RunTask = <T>(task: string, input: unknown) => Promise<T>;

/** `task` is the name of a module in `activities/tasks`. */
export function createRunTask(pool: CpuPool): RunTask {
  return async <T>(task: string, input: unknown): Promise<T> => {
    const context = Context.current();
    const progress = createProgress();
    const beat = () =>
      context.heartbeat({ done: progress[0]!, total: progress[1]! } satisfies Heartbeat);
    const timer = setInterval(beat, HEARTBEAT_MS);
    const module = new URL(`./tasks/${task}.js`, import.meta.url).href;
    try {
      const signal = context.cancellationSignal;
      return await guardActivity(
        task,
        async () => (await pool.run(module, input, { progress, signal })) as T,
      );
    } finally {
      clearInterval(timer);
    }
  };
}
