/**
 * One-sided bounds of an estimated share at another confidence than its interval was made for.
 *
 * A measured interval [low, high] of two-sided confidence C holds each end at one-sided confidence
 * c = (1 + C) / 2. Its shape is taken to be Beta(p n + 1/2, (1 - p) n + 1/2), p the point; the count n of
 * documents is the one whose quantile at c is the end away from the nearer of 0 and 1 (there it is
 * unique). With Q its quantiles, the bound at g is
 *
 *   high + Q(g) - Q(c)   and   low + Q(1 - g) - Q(1 - c).
 *
 * An end at 0 or 1 stands at any confidence. Exact for Jeffreys' intervals; for intervals made
 * otherwise (Rogan-Gladen) a fit that agrees with the stated ends at their own confidence.
 */
import type { ShareEstimate } from '../schema/truth-shares.js';
import { betaCdf } from './beta.js';

/**
 * Bounds are never taken at less than this. Below it the quantile of a skewed estimate (no reviewed
 * document is of the class) comes near its mean, and a sum of such bounds over many strata would hold
 * more seldom than each of them: for two at 0.75 in 0.733 of all cases, at 0.8 in 0.806.
 */
export const LEAST_CONFIDENCE = 0.8;

/** Counts that are tried; more documents than that leave no uncertainty that matters. */
const COUNT_MOST = 1e9;
const COUNT_LEAST = 1e-6;
/** Halvings of ln(count) and of the share: errors of the bound stay below 1e-10. */
const HALVINGS = 44;

export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Lower and upper bound, each one-sided at `confidence` in [0.5, 1). Assumed and unknown shares have no
 * distribution: their stated bounds stand. In [0, 1]; both move outwards with `confidence`.
 * Cost: about 220 incomplete beta functions, 0.4 ms.
 */
export function boundAt(estimate: ShareEstimate, confidence: number): Bounds {
  const { point, low, high, basis } = estimate;
  if (basis !== 'measured') return { lower: low, upper: high };
  const stated = (1 + estimate.confidence) / 2;
  const asked = Math.max(confidence, LEAST_CONFIDENCE);
  if (point > 0.5) {
    const { lower, upper } = stretched({ point: 1 - point, low: 1 - high, high: 1 - low }, [
      stated,
      asked,
    ]);
    return { lower: 1 - upper, upper: 1 - lower };
  }
  return stretched({ point, low, high }, [stated, asked]);
}

/** For a point in [0, 1/2], where the upper end says how many documents there were. */
function stretched(
  { point, low, high }: Pick<ShareEstimate, 'point' | 'low' | 'high'>,
  [stated, asked]: readonly [number, number],
): Bounds {
  const cdf = (x: number, n: number) => betaCdf(x, point * n + 0.5, (1 - point) * n + 0.5);
  const log = halve(Math.log(COUNT_LEAST), Math.log(COUNT_MOST), (n) => {
    return cdf(high, Math.exp(n)) < stated;
  });
  const count = Math.exp(log);
  const quantile = (p: number) => halve(0, 1, (x) => cdf(x, count) < p);
  return {
    lower: low === 0 ? 0 : Math.max(0, low + quantile(1 - asked) - quantile(1 - stated)),
    upper: Math.min(1, high + (high === 1 ? 0 : quantile(asked) - quantile(stated))),
  };
}

/** Where `isBelow` turns from true to false between two numbers. */
function halve(from: number, to: number, isBelow: (x: number) => boolean): number {
  let [low, high] = [from, to];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
