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
  solve(model: LinearModel): Promise<Solution>;
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
