/**
 * All optima of a linear program, told by the duals of one: with duals d, a feasible point is worth
 * optimum + sum of d x distance from the bounds at which the optimum stands. So columns and rows with
 * d <> 0 stand at those bounds in every optimum, and every point that has them there is one. What is held
 * is added up over stages.
 */
import type { Bounds, Column, ModelDraft, Row } from './model.js';

/** Duals up to this, relative to the largest cost, are the solver's noise. */
const DUAL_NOISE = 1e-9;
/** How far past its row's tolerance a kept optimum may be missed, in LP units. */
const KEPT_ROOM = 1e-5;

interface Duals {
  readonly values: Float64Array;
  readonly rowDuals: Float64Array | null;
  readonly columnDuals: Float64Array | null;
}

export class HeldFace {
  private readonly draft: ModelDraft;
  private readonly columns = new Map<number, number>();
  private readonly rows = new Map<number, number>();

  constructor(draft: ModelDraft) {
    this.draft = draft;
  }

  get isEmpty(): boolean {
    return this.columns.size === 0 && this.rows.size === 0;
  }

  /** Holds what the duals of an optimum tell. `largest`: the largest absolute cost. */
  hold({ values, rowDuals, columnDuals }: Duals, largest: number): void {
    if (rowDuals === null || columnDuals === null) return;
    const noise = DUAL_NOISE * largest;
    columnDuals.forEach((dual, i) => {
      const { lower, upper } = this.draft.columns[i]!;
      if (Math.abs(dual) <= noise || lower === upper || this.columns.has(i)) return;
      this.columns.set(i, nearer(values[i]!, { lower, upper }));
    });
    rowDuals.forEach((dual, r) => {
      const row = this.draft.rows[r]!;
      if (Math.abs(dual) <= noise || row.lower === row.upper || this.rows.has(r)) return;
      this.rows.set(r, nearer(activity(row, values), row));
    });
  }

  /** The draft on the face; rows of `without` are open. */
  program(without: readonly number[]): { columns: readonly Column[]; rows: readonly Row[] } {
    const isOpen = new Set(without);
    const columns = this.draft.columns.map((column, i) => {
      const at = this.columns.get(i);
      return at === undefined ? column : { ...column, lower: at, upper: at };
    });
    const rows = this.draft.rows.map((row, r) => {
      if (isOpen.has(r)) return { ...row, lower: -Infinity, upper: Infinity };
      const at = this.rows.get(r);
      return at === undefined ? row : { ...row, lower: at, upper: at };
    });
    return { columns, rows };
  }

  /** Whether a point is as good for every kept optimum as its row asks. */
  keeps(kept: readonly number[], values: Float64Array): boolean {
    return kept.every((r) => {
      const row = this.draft.rows[r]!;
      const scale = row.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const at = activity(row, values);
      return at >= row.lower - KEPT_ROOM * scale && at <= row.upper + KEPT_ROOM * scale;
    });
  }
}

const nearer = (value: number, { lower, upper }: Bounds) =>
  Math.abs(value - lower) <= Math.abs(value - upper) ? lower : upper;

function activity({ indices, values }: Row, at: Float64Array): number {
  return indices.reduce((sum, column, k) => sum + values[k]! * at[column]!, 0);
}
