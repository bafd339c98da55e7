/** What a thread of the pool runs for `--self-test`. */
import type { SelfTestRow, WordSample } from '../../core/schema/risk.js';
import { selfTest } from '../../core/simulate/self-test.js';

export interface SelfTestTask {
  readonly seed: number;
  readonly sample?: WordSample;
}

export async function run(task: SelfTestTask, progress: Float64Array): Promise<SelfTestRow[]> {
  const tick = (done: number, total: number): void => {
    progress[0] = done;
    progress[1] = total;
  };
  return selfTest({ ...task, tick });
}
