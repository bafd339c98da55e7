/**
 * HiGHS (npm `highs`, WASM) behind two functions: `solve` from scratch, `open` for a program that
 * changes. The model goes in as sparse arrays: no text, so no name of a user can enter and no digit
 * is lost. The status decides whether there are numbers. One instance serves many solves; when the
 * WASM runtime aborts it is thrown away, and a fresh one tries the same model once more.
 */
import highsModule, { type Highs, type ModelData } from 'highs';
import type { LinearModel, Solution, Solver } from '../core/plan/model.js';
import { emptySolution, setOptions, solutionOf } from './highs-answer.js';
import { entriesOf } from './highs-entries.js';
import { HighsSession } from './highs-session.js';

/** The package's types describe CommonJS; Node loads its ES module, whose default is the loader. */
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** Loads HiGHS. Solves are synchronous inside: call it in a worker thread. */
export async function createHighs(): Promise<Solver> {
  let highs = await loadHighs();
  const runtime = {
    get highs() {
      return highs;
    },
    async renew() {
      highs = await loadHighs();
    },
  };
  return {
    name: 'HiGHS',
    version: highs.version.string,
    async solve(model) {
      try {
        return solveWith(highs, model);
      } catch (error) {
        await runtime.renew();
        try {
          return solveWith(highs, model);
        } catch {
          return { status: 'failed', detail: String(error) };
        }
      }
    },
    open: (model) => new HighsSession(runtime, model),
  };
}

function solveWith(highs: Highs, model: LinearModel): Solution {
  const isInteger = model.columns.some((column) => column.integer && column.lower < column.upper);
  return highs.withModel(dataOf(highs, model, isInteger), (native) => {
    setOptions(native);
    native.run();
    return solutionOf(native, isInteger) ?? emptySolution(model.rows);
  });
}

function dataOf(highs: Highs, model: LinearModel, isInteger: boolean): ModelData {
  const { columns, rows, objective } = model;
  const cost = new Float64Array(columns.length);
  objective.indices.forEach((column, k) => {
    cost[column] = objective.values[k]!;
  });
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
      ...entriesOf(rows),
    },
    ...(isInteger ? { integrality: columns.map((column) => (column.integer ? 1 : 0)) } : {}),
  };
}
