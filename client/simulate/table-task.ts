/** What a thread of the pool runs for `--table`: the n-gram loop at each synthetic share. */
import type { TableRow, WordSample } from '../../core/schema/risk.js';
import { runTable } from '../../core/simulate/ngram/run-table.js';

export interface TableTask {
  readonly samples: readonly WordSample[];
  readonly runs: number;
  readonly seed: number;
}

export async function run(task: TableTask, progress: Float64Array): Promise<TableRow[]> {
  const tick = (done: number, total: number): void => {
    progress[0] = done;
    progress[1] = total;
  };
  return runTable({ ...task, samples: [...task.samples], tick });
}
