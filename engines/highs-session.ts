/**
 * A program that stays inside HiGHS. A mirror of it lives here; changes are collected and handed over
 * before a solve, which then starts from the last basis. When the WASM runtime aborts, the mirror goes into a
 * fresh instance and is solved from scratch.
 *
 * Simplex strategy: while the last answer still keeps every row and bound (only the objective
 * changed, columns at 0 or rows with room were added) the primal one continues from it; else the dual one.
 */
import type { Highs, Model } from 'highs';
import type {
  Basis,
  Bounds,
  LinearModel,
  Objective,
  Row,
  Session,
  Solution,
} from '../core/plan/model.js';
import { emptySolution, setOptions, solutionOf } from './highs-answer.js';
import { entriesOf } from './highs-entries.js';

/** The instance in use; an aborted one is replaced. */
export interface HighsRuntime {
  readonly highs: Highs;
  renew(): Promise<void>;
}

interface MirrorColumn {
  lower: number;
  upper: number;
  readonly integer: boolean;
  cost: number;
}
interface MirrorRow {
  lower: number;
  upper: number;
  readonly indices: number[];
  readonly values: number[];
}
/** How far a row may be missed by the last answer and count as kept: the solver's own tolerance. */
const FEASIBLE = 1e-7;
const DUAL_SIMPLEX = 1;
const PRIMAL_SIMPLEX = 4;

export class HighsSession implements Session {
  private readonly runtime: HighsRuntime;
  private readonly columns: MirrorColumn[];
  private readonly rows: MirrorRow[];
  private objective: Objective;
  private isRelaxed = false;
  private native: { readonly model: Model; readonly highs: Highs } | null = null;
  /** What the native model knows already. */
  private known = { columns: 0, rows: 0, objective: null as Objective | null, isInteger: false };
  private readonly changedColumns = new Set<number>();
  private readonly changedRows = new Set<number>();
  private changedCoefficients: (readonly [row: number, column: number, value: number])[] = [];
  private nextStart: Basis | null | undefined = undefined;
  /** Values of the last optimum; `isKept` while it keeps every row and bound. */
  private point: Float64Array | null = null;
  private isKept = false;

  constructor(runtime: HighsRuntime, model: LinearModel) {
    this.runtime = runtime;
    this.columns = model.columns.map(({ lower, upper, integer }) => ({
      lower,
      upper,
      integer,
      cost: 0,
    }));
    this.rows = model.rows.map(mirrorOf);
    this.objective = model.objective;
  }

  get columnCount(): number {
    return this.columns.length;
  }

  get rowCount(): number {
    return this.rows.length;
  }

  addColumn({ lower, upper, integer = false }: Bounds & { readonly integer?: boolean }): number {
    this.columns.push({ lower, upper, integer, cost: 0 });
    const isFree = lower === -Infinity && upper === Infinity;
    if (!isFree && lower !== 0 && !(lower === -Infinity && upper === 0)) this.isKept = false;
    return this.columns.length - 1;
  }

  addRow(row: Bounds & Pick<Row, 'indices' | 'values'>): number {
    this.rows.push(mirrorOf(row));
    if (this.isKept) {
      const activity = row.indices.reduce((sum, c, k) => sum + row.values[k]! * this.valueAt(c), 0);
      this.isKept = activity >= row.lower - FEASIBLE && activity <= row.upper + FEASIBLE;
    }
    return this.rows.length - 1;
  }

  private valueAt(column: number): number {
    return this.point?.[column] ?? 0;
  }

  setObjective(objective: Objective): void {
    this.objective = objective;
  }

  relaxIntegers(isRelaxed: boolean): void {
    this.isRelaxed = isRelaxed;
  }

  setColumnBounds(column: number, { lower, upper }: Bounds): void {
    const at = this.columns[column]!;
    if (at.lower === lower && at.upper === upper) return;
    Object.assign(at, { lower, upper });
    this.changedColumns.add(column);
    this.isKept = false;
  }

  setRowBounds(row: number, { lower, upper }: Bounds): void {
    const at = this.rows[row]!;
    if (at.lower === lower && at.upper === upper) return;
    Object.assign(at, { lower, upper });
    this.changedRows.add(row);
    this.isKept = false;
  }

  setCoefficient(row: number, column: number, value: number): void {
    const { indices, values } = this.rows[row]!;
    const at = indices.indexOf(column);
    if (at >= 0) values[at] = value;
    else {
      indices.push(column);
      values.push(value);
    }
    if (row < this.known.rows) this.changedCoefficients.push([row, column, value]);
    if (this.valueAt(column) !== 0) this.isKept = false;
  }

  async solve(): Promise<Solution> {
    try {
      return this.run();
    } catch (error) {
      await this.runtime.renew();
      try {
        return this.run();
      } catch {
        return { status: 'failed', detail: String(error) };
      }
    }
  }

  private run(): Solution {
    const isInteger = !this.isRelaxed && this.columns.some((c) => c.integer && c.lower < c.upper);
    const native = this.handOver(isInteger);
    const strategy = this.isKept && !isInteger ? PRIMAL_SIMPLEX : DUAL_SIMPLEX;
    native.options.set({ simplex_strategy: strategy });
    native.run();
    const solution = solutionOf(native, isInteger) ?? emptySolution(this.rows);
    this.point = solution.status === 'optimal' ? solution.values : null;
    this.isKept = this.point !== null;
    return solution;
  }

  /** The native model, brought up to the mirror. */
  private handOver(isInteger: boolean): Model {
    if (this.native !== null && this.native.highs !== this.runtime.highs) this.forget();
    if (this.native === null) this.create();
    const native = this.native!.model;
    this.handOverNew(native);
    this.handOverChanges(native);
    this.handOverObjective(native);
    if (isInteger !== this.known.isInteger) {
      const indices = this.columns.flatMap((c, i) => (c.integer ? [i] : []));
      const types = new Int32Array(indices.length).fill(isInteger ? 1 : 0);
      native.changeColsIntegrality({ kind: 'set', indices }, types);
      this.known.isInteger = isInteger;
    }
    if (this.nextStart !== undefined) this.install(native, this.nextStart);
    this.nextStart = undefined;
    return native;
  }

  private create(): void {
    const { highs } = this.runtime;
    this.native = { model: highs.createModel(), highs };
    setOptions(this.native.model);
    // Without perturbed bounds there is no second solve that takes the perturbation out again.
    this.native.model.options.set({ primal_simplex_bound_perturbation_multiplier: 0 });
  }

  /** Drops what the native side knows; an aborted instance is never called again. */
  private forget(): void {
    this.native = null;
    this.known = { columns: 0, rows: 0, objective: null, isInteger: false };
    this.isKept = false;
  }

  private handOverNew(native: Model): void {
    const columns = this.columns.slice(this.known.columns);
    if (columns.length > 0) {
      native.addVars(
        Float64Array.from(columns, (c) => c.lower),
        Float64Array.from(columns, (c) => c.upper),
      );
      this.known.objective = null;
      if (this.known.isInteger) this.known.isInteger = columns.every((c) => !c.integer);
    }
    const rows = this.rows.slice(this.known.rows);
    if (rows.length > 0) {
      native.addRows({
        lower: Float64Array.from(rows, (r) => r.lower),
        upper: Float64Array.from(rows, (r) => r.upper),
        matrix: {
          format: 'csr',
          numRows: rows.length,
          numCols: this.columns.length,
          ...entriesOf(rows),
        },
      });
    }
    this.known.columns = this.columns.length;
    this.known.rows = this.rows.length;
  }

  private handOverChanges(native: Model): void {
    for (const column of this.changedColumns) {
      const { lower, upper } = this.columns[column]!;
      native.changeColBounds(column, lower, upper);
    }
    for (const row of this.changedRows) {
      const { lower, upper } = this.rows[row]!;
      native.changeRowBounds(row, lower, upper);
    }
    for (const [row, column, value] of this.changedCoefficients) {
      native.changeCoefficient(row, column, value);
    }
    this.changedColumns.clear();
    this.changedRows.clear();
    this.changedCoefficients = [];
  }

  private handOverObjective(native: Model): void {
    if (this.known.objective === this.objective) return;
    const { sense, indices, values } = this.objective;
    const { minimize, maximize } = this.runtime.highs.constants.objectiveSense;
    const costs = new Float64Array(this.columns.length);
    indices.forEach((column, k) => {
      costs[column] = values[k]!;
    });
    if (costs.length > 0)
      native.changeColsCost({ kind: 'range', from: 0, to: costs.length - 1 }, costs);
    native.changeObjectiveSense(sense === 'maximise' ? maximize : minimize);
    this.known.objective = this.objective;
  }

  private install(native: Model, basis: Basis | null): void {
    if (basis === null) {
      native.clearSolver();
      return;
    }
    const { lower, zero, basic } = this.runtime.highs.constants.basisStatus;
    const colStatus = this.columns.map(
      (c, i) => basis.columns[i] ?? (c.lower === -Infinity ? zero : lower),
    );
    const rowStatus = this.rows.map((_, i) => basis.rows[i] ?? basic);
    native.setBasis({
      colStatus: Int32Array.from(colStatus),
      rowStatus: Int32Array.from(rowStatus),
    });
  }

  basis(): Basis | null {
    if (this.native === null || this.native.highs !== this.runtime.highs) return null;
    const { model } = this.native;
    if (model.info.get('basis_validity') !== 1) return null;
    const { colStatus, rowStatus } = model.getBasis();
    return { columns: Int32Array.from(colStatus), rows: Int32Array.from(rowStatus) };
  }

  start(basis: Basis | null, isKept = false): void {
    this.nextStart = basis;
    this.point = null;
    this.isKept = isKept;
  }

  infeasibilityRay(): Float64Array | null {
    if (this.native === null || this.native.highs !== this.runtime.highs) return null;
    if (this.known.isInteger) return null;
    const ray = this.native.model.getDualRay();
    return ray === undefined ? null : Float64Array.from(ray.values);
  }

  close(): void {
    if (this.native !== null && this.native.highs === this.runtime.highs)
      this.native.model.dispose();
    this.forget();
  }
}

function mirrorOf({
  lower,
  upper,
  indices,
  values,
}: Bounds & Pick<Row, 'indices' | 'values'>): MirrorRow {
  return { lower, upper, indices: [...indices], values: [...values] };
}
