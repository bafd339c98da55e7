/**
 * HiGHS (npm `highs`, WASM) behind one function. The model goes in as sparse arrays: no text, so no
 * name of a user can enter and no digit is lost. The status decides whether there are numbers. One
 * instance serves many solves; when the WASM runtime aborts it is thrown away, and a fresh one tries
 * the same model once more.
 */
import highsModule, { type Highs, type Model, type ModelData } from 'highs';
import type { LinearModel, Solution, Solver } from '../core/plan/model.js';

/** The package's types describe CommonJS; Node loads its ES module, whose default is the loader. */
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** Optimal to the last unit: the default relative gap of 1e-4 would lose tokens. */
const MIP_OPTIONS = { mip_rel_gap: 0, mip_abs_gap: 1e-6 };
/** Stops a search that would not end; counted in nodes, since seconds differ between machines. */
const MIP_NODES_MAX = 20_000;

/** Loads HiGHS. Solves are synchronous inside: call it in a worker thread. */
export async function createHighs(): Promise<Solver> {
  let highs = await loadHighs();
  return {
    name: 'HiGHS',
    version: highs.version.string,
    async solve(model) {
      try {
        return solveWith(highs, model);
      } catch (error) {
        highs = await loadHighs();
        try {
          return solveWith(highs, model);
        } catch {
          return { status: 'failed', detail: String(error) };
        }
      }
    },
  };
}

function solveWith(highs: Highs, model: LinearModel): Solution {
  const isInteger = model.columns.some((column) => column.integer && column.lower < column.upper);
  return highs.withModel(dataOf(highs, model, isInteger), (native) => {
    native.options.set({ output_flag: false, random_seed: 0 });
    if (isInteger) native.options.set({ ...MIP_OPTIONS, mip_max_nodes: MIP_NODES_MAX });
    native.run();
    return solutionOf(native, model, isInteger);
  });
}

/** Codes of HiGHS: 7 optimal, 8 infeasible, 9 unbounded or infeasible, 10 unbounded. */
function solutionOf(native: Model, model: LinearModel, isInteger: boolean): Solution {
  let status = native.getModelStatus();
  if (status === 9) {
    native.options.set({ presolve: 'off' });
    native.clearSolver();
    native.run();
    status = native.getModelStatus();
  }
  if (status === 8) return { status: 'infeasible' };
  if (status === 10) return { status: 'unbounded' };
  if (status === 6) return emptySolution(model);
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
function emptySolution(model: LinearModel): Solution {
  if (model.rows.some((row) => row.lower > 0 || row.upper < 0)) return { status: 'infeasible' };
  const rowDuals = new Float64Array(model.rows.length);
  const none = new Float64Array(0);
  return { status: 'optimal', objective: 0, values: none, rowDuals, columnDuals: none };
}

function dataOf(highs: Highs, model: LinearModel, isInteger: boolean): ModelData {
  const { columns, rows, objective } = model;
  const cost = new Float64Array(columns.length);
  objective.indices.forEach((column, k) => {
    cost[column] = objective.values[k]!;
  });
  const starts = [0];
  for (const row of rows) starts.push(starts.at(-1)! + row.indices.length);
  const { minimize, maximize } = highs.constants.objectiveSense;
  return {
    numCols: columns.length,
    numRows: rows.length,
    sense: objective.sense === 'maximise' ? maximize : minimize,
    colCost: cost,
    colLower: columns.map((column) => column.lower),
    colUpper: columns.map((column) => column.upper),
    rowLower: rows.map((row) => row.lower),
    rowUpper: rows.map((row) => row.upper),
    matrix: {
      format: 'csr',
      numRows: rows.length,
      numCols: columns.length,
      starts,
      indices: rows.flatMap((row) => row.indices),
      values: rows.flatMap((row) => row.values),
    },
    ...(isInteger ? { integrality: columns.map((column) => (column.integer ? 1 : 0)) } : {}),
  };
}
