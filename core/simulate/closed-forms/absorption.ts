/**
 * Time until one type has all tokens under resampling without human data (W2, W3): bounds for any law, an
 * approximation and the exact chain for two types. Counted from the law: t = 1 is the first sample of n.
 */
import { logGamma } from '../../stats/beta.js';
import { assertInRange, type Range } from './formula.js';

const CHAIN: Range = { min: 1, max: 400, whole: true };

/**
 * W2: bounds of the expected time, 1 + H_0 (n-1)/(1 - 1/K) and 1 + H_0 n (n-1).
 *
 * `n` >= 1 tokens, `types` K >= 2, `simpson` S_0 in [1/K, 1]. Generations. B. Errors: `USAGE`. Source: Seddik et al.
 * 2024, COLM, eq. 8.
 */
export function absorptionBounds(law: {
  readonly n: number;
  readonly types: number;
  readonly simpson: number;
}): [low: number, high: number] {
  const { n, types, simpson } = law;
  assertInRange('W2', 'n', n, { min: 1, whole: true });
  assertInRange('W2', 'K', types, { min: 2, whole: true });
  assertInRange('W2', 'S_0', simpson, { min: (1 - 1e-12) / types, max: 1 });
  const h = 1 - simpson;
  return [1 + (h * (n - 1)) / (1 - 1 / types), 1 + h * n * (n - 1)];
}

const xLogX = (x: number) => (x === 0 ? 0 : x * Math.log(x));

/** W3, two types of shares p and 1 - p: about -2n [p ln p + (1-p) ln(1-p)]. A. Errors: `USAGE`. Source: Kimura and Ohta, Genetics 61, 1969. */
export function absorptionApproximation(n: number, share: number): number {
  assertInRange('W3', 'n', n, { min: 1, whole: true });
  assertInRange('W3', 'p', share, { min: 0, max: 1 });
  return -2 * n * (xLogX(share) + xLogX(1 - share));
}

/** W3, n tokens of n different types: about 2 (n - 1). A. Errors: `USAGE`. Source: Kingman, J. Appl. Prob. 19A, 1982. */
export function absorptionDistinct(n: number): number {
  assertInRange('W3', 'n', n, { min: 1, whole: true });
  return 2 * (n - 1);
}

/** Chances of k = 0 .. n successes with chance p; in logs. */
function binomialRow(n: number, p: number): Float64Array {
  const row = new Float64Array(n + 1);
  if (p === 0 || p === 1) row[p === 0 ? 0 : n] = 1;
  if (p === 0 || p === 1) return row;
  for (let k = 0; k <= n; k++) {
    const ways = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
    row[k] = Math.exp(ways + k * Math.log(p) + (n - k) * Math.log1p(-p));
  }
  return row;
}

/** Factors a matrix in place, L below the diagonal and U from it on; rows of I - Q are dominant, so no pivots are needed. */
function factor(matrix: Float64Array[]): void {
  const size = matrix.length;
  for (let i = 0; i < size; i++) {
    for (let r = i + 1; r < size; r++) {
      const ratio = matrix[r]![i]! / matrix[i]![i]!;
      for (let c = i + 1; c < size; c++) matrix[r]![c]! -= ratio * matrix[i]![c]!;
      matrix[r]![i] = ratio;
    }
  }
}

/** Solves with a factored matrix, in place. */
function solve(factored: readonly Float64Array[], x: Float64Array): Float64Array {
  const size = factored.length;
  for (let r = 0; r < size; r++) for (let i = 0; i < r; i++) x[r]! -= factored[r]![i]! * x[i]!;
  for (let i = size - 1; i >= 0; i--) {
    for (let c = i + 1; c < size; c++) x[i]! -= factored[i]![c]! * x[c]!;
    x[i]! /= factored[i]![i]!;
  }
  return x;
}

/** I - Q of the chain of two types, factored: states of 1 .. n - 1 tokens of the first type. */
function chainOf(n: number): Float64Array[] {
  const matrix = Array.from({ length: n - 1 }, (_, i) => {
    const row = binomialRow(n, (i + 1) / n)
      .subarray(1, n)
      .map((p) => -p);
    row[i]! += 1;
    return row;
  });
  factor(matrix);
  return matrix;
}

export interface AbsorptionTime {
  /** Generations. */
  readonly mean: number;
  readonly variance: number;
  readonly skewness: number;
}

/**
 * W3 exactly: the time of two types of shares p and 1 - p, by solving the chain of n - 1 states.
 *
 * (I - Q) m_1 = 1, (I - Q) m_2 = 2 m_1 - 1, (I - Q) m_3 = 1 - 3 m_1 + 3 m_2 for the raw moments of the time from each state; the
 * first sample is one generation more. `n` in [1, 400] tokens, `share` in [0, 1]. 0 where one type has all from the
 * start. Error: relative 1e-9 of the mean. Cost: n^3 / 3 operations, 30 ms at n = 400. E. Errors: `USAGE`.
 */
export function absorptionMoments(n: number, share: number): AbsorptionTime {
  assertInRange('W3', 'n', n, CHAIN);
  assertInRange('W3', 'p', share, { min: 0, max: 1 });
  if (share === 0 || share === 1) return { mean: 0, variance: 0, skewness: 0 };
  const chain = chainOf(n);
  const one = solve(chain, new Float64Array(n - 1).fill(1));
  const two = solve(
    chain,
    one.map((m) => 2 * m - 1),
  );
  const three = solve(
    chain,
    one.map((m, i) => 1 - 3 * m + 3 * two[i]!),
  );
  const first = binomialRow(n, share);
  const over = (moments: Float64Array) =>
    moments.reduce((sum, moment, i) => sum + first[i + 1]! * moment, 0);
  const [a, b, c] = [over(one), over(two), over(three)];
  const variance = b - a * a;
  const skewness = variance > 0 ? (c - 3 * a * b + 2 * a ** 3) / variance ** 1.5 : 0;
  return { mean: 1 + a, variance, skewness };
}

/** W3 exactly: expected time of two types. As `absorptionMoments`. E. Errors: `USAGE`. */
export function absorptionExact(n: number, share: number): number {
  return absorptionMoments(n, share).mean;
}
