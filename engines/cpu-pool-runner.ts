/** What each thread of the pool runs: loads the task's module once and calls its `run`. */
import { Failure } from '../core/schema/failure.js';
import type { PoolAnswer, PoolTask } from './cpu-pool.js';

interface TaskModule {
  run(input: unknown, progress: Float64Array): Promise<unknown>;
}

export default async function runTask(task: PoolTask): Promise<PoolAnswer> {
  const { run } = (await import(task.module)) as TaskModule;
  try {
    return { ok: true, value: await run(task.input, task.progress) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ok: false, code: error.code, parts: error.parts, details: error.details };
  }
}
