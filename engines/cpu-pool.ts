/**
 * The pool of worker threads for CPU-bound work. A caller names a task's module; the pool knows none.
 * A task module exports `run(input, progress)`. Progress is two numbers in shared memory, so that
 * the event loop can heartbeat without a message. A `Failure` crosses the thread border whole.
 */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { Failure, type FailureCode, type FailureParts } from '../core/schema/failure.js';

/** A thread that is told to end has ended after this long. */
const THREAD_END_MS = 1_000;

/** Counters shared with a running task: [0] done, [1] total. */
export type Progress = Float64Array;

export interface PoolTask {
  readonly module: string;
  readonly input: unknown;
  readonly progress: Progress;
}

export type PoolAnswer =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly code: FailureCode;
      readonly parts: FailureParts;
      readonly details: unknown;
    };

export function createProgress(): Progress {
  return new Float64Array(new SharedArrayBuffer(16));
}

export interface CpuPool {
  readonly threads: number;
  run(
    module: string,
    input: unknown,
    options?: { progress?: Progress; signal?: AbortSignal },
  ): Promise<unknown>;
  close(): Promise<void>;
}

/** An aborted task's thread is being ended: its caller goes on when it has, so that it writes no more. */
async function afterThreadEnd(
  pool: Piscina,
  signal: AbortSignal | undefined,
  error: unknown,
): Promise<never> {
  if (signal?.aborted && pool.threads.length > 0) {
    await new Promise((resolve) => {
      pool.once('workerDestroy', resolve);
      setTimeout(resolve, THREAD_END_MS);
    });
  }
  throw error;
}

/** A pool of `threads` workers (default: one per core), started on first use. */
export function createCpuPool(threads: number = availableParallelism()): CpuPool {
  const pool = new Piscina({
    filename: new URL('./cpu-pool-runner.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 120_000,
    concurrentTasksPerWorker: 1,
  });
  return {
    threads,
    async run(module, input, options = {}) {
      const task: PoolTask = { module, input, progress: options.progress ?? createProgress() };
      const { signal } = options;
      const answer: PoolAnswer = await pool
        .run(task, signal ? { signal } : {})
        .catch((error: unknown) => afterThreadEnd(pool, signal, error));
      if (answer.ok) return answer.value;
      throw new Failure(answer.code, answer.parts, answer.details);
    },
    close: () => pool.destroy(),
  };
}
