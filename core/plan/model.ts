/**
 * A linear or mixed-integer program as plain data. `core` writes it, an engine solves it, and a test
 * compares it. Infinite bounds are +-Infinity. A solution exists only where the status is `optimal`.
 */
import { assert } from '../schema/failure.js';

export interface Column {
  readonly name: string;
  lower: number;
  upper: number;
  readonly integer: boolean;
}

/** lower <= sum(values[k] x column[indices[k]]) <= upper; no index twice. */
export interface Row {
  readonly name: string;
  /** The cap that asks for it, or null for definitions. */
  readonly capId: string | null;
  readonly scope: string;
  readonly indices: readonly number[];
  readonly values: readonly number[];
  readonly lower: number;
  readonly upper: number;
}

/** Cost per column; absent columns cost 0. */
export interface Objective {
  readonly sense: 'minimise' | 'maximise';
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

export interface LinearModel {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly objective: Objective;
}

export type Solution =
  | {
      readonly status: 'optimal';
      readonly objective: number;
      readonly values: Float64Array;
      /** d(objective) / d(right-hand side) per row and per column bound; null where integers vary. */
      readonly rowDuals: Float64Array | null;
      readonly columnDuals: Float64Array | null;
    }
  | { readonly status: 'infeasible' }
  | { readonly status: 'unbounded' }
  | { readonly status: 'failed'; readonly detail: string };

export interface Solver {
  readonly name: string;
  readonly version: string;
  /** One program, from scratch: the answer depends on the program alone. */
  solve(model: LinearModel): Promise<Solution>;
  /** A copy of the program that stays with the solver and may change; `close` it at the end. */
  open(model: LinearModel): Session;
}

export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** Which columns and rows are basic or at which bound: where a solve may start. */
export interface Basis {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
}

/**
 * A program that changes between solves. Each solve starts from the basis of the last one, so a small
 * change costs a few pivots. Where an optimum is not unique, which one is found depends on the changes
 * before (never on the machine): `start` with a kept basis, or with null, makes an answer
 * independent of them. Integer columns vary only while lower < upper; a solve without varying ones has duals.
 */
export interface Session {
  readonly columnCount: number;
  readonly rowCount: number;
  addColumn(column: Bounds & { readonly integer?: boolean }): number;
  addRow(row: Bounds & Pick<Row, 'indices' | 'values'>): number;
  setObjective(objective: Objective): void;
  /** Whether integer columns may take fractions for now: the bound that a relaxation gives. */
  relaxIntegers(isRelaxed: boolean): void;
  setColumnBounds(column: number, bounds: Bounds): void;
  /** An inactive row has the bounds -Infinity and Infinity. */
  setRowBounds(row: number, bounds: Bounds): void;
  /** The row need not have the column yet. */
  setCoefficient(row: number, column: number, value: number): void;
  solve(): Promise<Solution>;
  /** Basis of the last solve; null where it has none, as after one with integers. */
  basis(): Basis | null;
  /**
   * The next solve starts from here; null: from scratch. Rows and columns added since may be missing. `isKept` says
   * that the basis keeps every row and bound, so that only the objective is new.
   */
  start(basis: Basis | null, isKept?: boolean): void;
  /**
   * After `infeasible`: weights of rows whose weighed sum no columns within their bounds can keep; rows
   * of weight 0 are not needed for the contradiction. Null where integers vary or none was found.
   */
  infeasibilityRay(): Float64Array | null;
  close(): void;
}

/** A model under construction: columns and rows are only ever added. */
export class ModelDraft {
  readonly columns: Column[] = [];
  readonly rows: Row[] = [];

  addColumn(name: string, lower: number, upper: number, integer = false): number {
    assert(lower <= upper, `column ${name}: ${lower} > ${upper}`);
    this.columns.push({ name, lower, upper, integer });
    return this.columns.length - 1;
  }

  /** `of` names the cap; definitions have none. */
  addRow(
    terms: Iterable<readonly [column: number, value: number]>,
    bounds: { readonly lower?: number; readonly upper?: number },
    of: { readonly capId: string | null; readonly scope: string } = DEFINITION,
  ): number {
    const sums = new Map<number, number>();
    for (const [column, value] of terms) sums.set(column, (sums.get(column) ?? 0) + value);
    this.rows.push({
      name: `r${this.rows.length}`,
      capId: of.capId,
      scope: of.scope,
      indices: [...sums.keys()],
      values: [...sums.values()],
      lower: bounds.lower ?? -Infinity,
      upper: bounds.upper ?? Infinity,
    });
    return this.rows.length - 1;
  }
}

const DEFINITION = { capId: null, scope: 'all' } as const;
