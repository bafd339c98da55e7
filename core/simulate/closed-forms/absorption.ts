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

/** Solves (I - Q) x = 1 in place by elimination; rows are diagonally dominant, so no pivots are needed. */
function solveOnes(matrix: Float64Array[]): Float64Array {
  const size = matrix.length;
  const x = new Float64Array(size).fill(1);
  for (let i = 0; i < size; i++) {
    for (let r = i + 1; r < size; r++) {
      const factor = matrix[r]![i]! / matrix[i]![i]!;
      for (let c = i; c < size; c++) matrix[r]![c]! -= factor * matrix[i]![c]!;
      x[r]! -= factor * x[i]!;
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let c = i + 1; c < size; c++) x[i]! -= matrix[i]![c]! * x[c]!;
    x[i]! /= matrix[i]![i]!;
  }
  return x;
}

/**
 * W3 exactly: expected time of two types of shares p and 1 - p, by solving the chain of n - 1 states.
 *
 * `n` in [1, 400] tokens, `share` in [0, 1]. Generations. 0 where one type has all from the start. Error: relative
 * 1e-9. Cost: n^3 / 3 operations, 30 ms at n = 400. E. Errors: `USAGE`.
 */
export function absorptionExact(n: number, share: number): number {
  assertInRange('W3', 'n', n, CHAIN);
  assertInRange('W3', 'p', share, { min: 0, max: 1 });
  if (share === 0 || share === 1) return 0;
  const matrix = Array.from({ length: n - 1 }, (_, i) => {
    const row = binomialRow(n, (i + 1) / n)
      .subarray(1, n)
      .map((p) => -p);
    row[i]! += 1;
    return row;
  });
  const times = solveOnes(matrix);
  const first = binomialRow(n, share);
  return times.reduce((sum, time, i) => sum + first[i + 1]! * time, 1);
}
