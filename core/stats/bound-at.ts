/**
 * One-sided bounds of an estimated share at another confidence than its interval was made for. A
 * measured interval [low, high] of two-sided confidence C holds each end at one-sided confidence
 * c = (1 + C) / 2. For g the distance from the point is stretched by the larger of
 *
 *   z(g) / z(c)                          tail of a normal distribution; larger for g < c
 *   (z((1 + g) / 2) / z((1 + c) / 2))^2  tail of chi-square with 1 degree; larger for g > c
 *
 * Tails of a share estimated from k of n, Beta(k + 1/2, n - k + 1/2) or Beta(k + 1, n - k), lie between
 * the two: nearly normal for many counts, chi-square or exponential for none. So the bound errs
 * outwards (enumerated in test/plan-bounds.test.ts).
 */
import type { ShareEstimate } from '../schema/truth-shares.js';
import { normalQuantile } from './normal.js';

/**
 * Bounds are never taken nearer than at this confidence. Below it a skewed estimate (no reviewed
 * document of a class) has its quantile near or under its mean, and a sum of such bounds over many
 * strata would hold more seldom than each does.
 */
export const LEAST_CONFIDENCE = 0.75;

export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Lower and upper bound, each one-sided at `confidence` in [0.5, 1). Assumed and unknown shares have no
 * distribution: their stated bounds stand. Both bounds are monotone in `confidence` and in [0, 1].
 */
export function boundAt(estimate: ShareEstimate, confidence: number): Bounds {
  const { point, low, high, basis } = estimate;
  if (basis !== 'measured') return { lower: low, upper: high };
  const stretch = stretchOf((1 + estimate.confidence) / 2, Math.max(confidence, LEAST_CONFIDENCE));
  return {
    lower: Math.max(0, point - stretch * Math.max(0, point - low)),
    upper: Math.min(1, point + stretch * Math.max(0, high - point)),
  };
}

function stretchOf(stated: number, asked: number): number {
  const normal = normalQuantile(asked) / normalQuantile(stated);
  const skewed = normalQuantile((1 + asked) / 2) / normalQuantile((1 + stated) / 2);
  return Math.max(normal, skewed * skewed);
}
