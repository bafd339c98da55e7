/**
 * What simulated rows say about their closed forms. Exact (E): z = (mean - theory)/se. Approximate (A):
 * the difference alone, since z would test the approximation and not the code. Bound (B): whether the
 * mean lies inside it, Monte Carlo error allowed for.
 */
import { assert } from '../schema/failure.js';
import type { SimulatedRow } from './model.js';

/** Two results of double arithmetic that should be one number differ by less, relative to the larger. */
export const EXACT_TOLERANCE = 1e-12;
/** Standard errors by which a mean may lie outside a bound on its expectation; false alarm 3e-5. */
export const BOUND_SE = 4;

export interface ScoredRow extends SimulatedRow {
  /** For E with a theory; infinite where se is 0 and the values differ, NaN where the mean is no number. */
  readonly z: number | null;
  /** mean - theory, for A with a theory. */
  readonly difference: number | null;
  /** For B: low - 4 se <= mean <= high + 4 se. */
  readonly within: boolean | null;
}

/** Scores each row by its kind. Error: exact to rounding. Throws where a model's theory does not fit its kind. */
export function scoreRows(rows: readonly SimulatedRow[]): ScoredRow[] {
  return rows.map((row) => ({ ...row, ...scoreOf(row) }));
}

function scoreOf(row: SimulatedRow): Pick<ScoredRow, 'z' | 'difference' | 'within'> {
  const { theory, kind, mean, se } = row;
  const none = { z: null, difference: null, within: null };
  if (theory === null) return none;
  if (kind === 'B') {
    assert(typeof theory !== 'number', `${row.quantity}: a bound is two numbers`);
    const [low, high] = theory;
    const slack = BOUND_SE * se + EXACT_TOLERANCE * Math.abs(mean);
    return { ...none, within: mean >= low - slack && mean <= high + slack };
  }
  assert(typeof theory === 'number', `${row.quantity}: a value of kind ${kind} is one number`);
  if (kind === 'A') return { ...none, difference: mean - theory };
  return { ...none, z: zOf(mean, theory, se) };
}

/** z of an exact value; 0 where mean, theory and se differ by rounding only. */
export function zOf(mean: number, theory: number, se: number): number {
  const difference = mean - theory;
  const rounding = EXACT_TOLERANCE * Math.max(Math.abs(mean), Math.abs(theory));
  if (Math.abs(difference) <= rounding && se <= rounding) return 0;
  return difference / se;
}

/** Exact rows whose |z| is above `limit`, or that have no z because the mean is no number. */
export function failingRows(rows: readonly ScoredRow[], limit: number): ScoredRow[] {
  return rows.filter(({ z }) => z !== null && !(Math.abs(z) <= limit));
}
