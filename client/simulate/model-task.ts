/** What a thread of the pool runs: one model, its progress in shared memory. */
import type { ModelRun, SimulatedRow } from '../../core/simulate/model.js';
import { modelNamed } from '../../core/simulate/models/index.js';

export interface ModelTask extends Omit<ModelRun, 'tick'> {
  readonly model: string;
}

export async function run(task: ModelTask, progress: Float64Array): Promise<SimulatedRow[]> {
  const { model, ...rest } = task;
  const tick = (done: number, total: number): void => {
    progress[0] = done;
    progress[1] = total;
  };
  return modelNamed(model)!.run({ ...rest, tick });
}
