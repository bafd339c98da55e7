/**
 * Runs one simulation in a thread of the pool, so that a bar moves and Ctrl-C is heard. The bar shows
 * up only when there is something to wait for.
 */
import { createProgress as createCounters, createCpuPool } from '../../engines/cpu-pool.js';
import { createProgress } from '../terminal/progress.js';

const SHOWN_AFTER_MS = 700;
const UPDATE_MS = 100;

export interface PoolWork {
  /** Built module next to this one, such as `model-task`. */
  readonly task: string;
  readonly input: unknown;
  /** What the bar says. */
  readonly label: string;
}

/** The task's answer; null where the user pressed Ctrl-C. */
export async function runInPool<T>({ task, input, label }: PoolWork): Promise<T | null> {
  const pool = createCpuPool(1);
  const counters = createCounters();
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once('SIGINT', onInterrupt);
  const bar = delayedBar(label, counters);
  try {
    const module = new URL(`./${task}.js`, import.meta.url).href;
    return (await pool.run(module, input, { progress: counters, signal: stop.signal })) as T;
  } catch (error) {
    if (stop.signal.aborted) return null;
    throw error;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    bar.stop();
    await pool.close();
  }
}

function delayedBar(label: string, counters: Float64Array): { stop: () => void } {
  let progress: ReturnType<typeof createProgress> | null = null;
  const started = performance.now();
  const update = (): void => {
    if (performance.now() - started < SHOWN_AFTER_MS) return;
    progress ??= createProgress([{ name: label }]);
    progress.update(label, counters[0]!, counters[1]!);
  };
  const timer = setInterval(update, UPDATE_MS);
  const stop = (): void => {
    clearInterval(timer);
    if (progress !== null) update();
    progress?.stop();
  };
  return { stop };
}
