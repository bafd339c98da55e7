/** Options of every run of HiGHS, and its status and numbers as ours. The status decides whether there are numbers. */
import type { Model } from 'highs';
import type { Bounds, Solution } from '../core/plan/model.js';

/** Optimal to the last unit: the default relative gap of 1e-4 would lose tokens. */
const MIP_OPTIONS = { mip_rel_gap: 0, mip_abs_gap: 1e-6 };
/** Stops a search that would not end; counted in nodes, since seconds differ between machines. */
const MIP_NODES_MAX = 20_000;

export function setOptions(native: Model): void {
  native.options.set({ output_flag: false, random_seed: 0 });
  native.options.set({ ...MIP_OPTIONS, mip_max_nodes: MIP_NODES_MAX });
}

/**
 * The answer of the last run; null where the program has no column. Codes of HiGHS: 6 empty, 7 optimal,
 * 8 infeasible, 9 unbounded or infeasible (decided by a run without presolve), 10 unbounded.
 */
export function solutionOf(native: Model, isInteger: boolean): Solution | null {
  let status = native.getModelStatus();
  if (status === 9) {
    native.options.set({ presolve: 'off' });
    native.clearSolver();
    native.run();
    native.options.set({ presolve: 'choose' });
    status = native.getModelStatus();
  }
  if (status === 8) return { status: 'infeasible' };
  if (status === 10) return { status: 'unbounded' };
  if (status === 6) return null;
  if (status !== 7) return { status: 'failed', detail: `HiGHS model status ${status}` };
  const { colValue, rowDual, colDual } = native.getSolution();
  return {
    status: 'optimal',
    objective: native.getObjectiveValue(),
    values: Float64Array.from(colValue),
    rowDuals: isInteger ? null : Float64Array.from(rowDual),
    columnDuals: isInteger ? null : Float64Array.from(colDual),
  };
}

/** A model without columns: feasible exactly when every row allows 0. */
export function emptySolution(rows: readonly Bounds[]): Solution {
  if (rows.some((row) => row.lower > 0 || row.upper < 0)) return { status: 'infeasible' };
  const rowDuals = new Float64Array(rows.length);
  const none = new Float64Array(0);
  return { status: 'optimal', objective: 0, values: none, rowDuals, columnDuals: none };
}
