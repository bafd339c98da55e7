/**
 * Intervals of a share from k of n. Weighted samples enter by their effective size
 * n = (sum w)^2 / sum w^2 (Kish, 1965) and k = n * share; so k and n need not be whole.
 */
import { betaQuantile } from './beta.js';
import { normalQuantile } from './normal.js';

export interface Interval {
  readonly point: number;
  readonly low: number;
  readonly high: number;
}

/** A weighted sample of a yes/no question: sums of weights. */
export interface WeightedCount {
  /** Sum of the weights of those that are so, and of all. */
  readonly yes: number;
  readonly all: number;
  /** Sum of the squared weights of all. */
  readonly squares: number;
}

/** Equal-weight sample size that has the variance of a weighted one. */
export function effectiveSize(all: number, squares: number): number {
  return squares > 0 ? (all * all) / squares : 0;
}

/** k and n of the equal-weight sample that a weighted one is worth; k <= n, whatever the rounding. */
export function effectiveCount({ yes, all, squares }: WeightedCount): { k: number; n: number } {
  const n = effectiveSize(all, squares);
  return { n, k: n === 0 ? 0 : Math.min(n, (n * yes) / all) };
}

/**
 * Wilson's score interval of a share.
 *
 * centre (k + z^2/2) / (n + z^2), half-width z sqrt(k (n - k) / n + z^2/4) / (n + z^2). `confidence` in
 * (0, 1), two-sided; [0, 1] where n = 0. Source: E. B. Wilson, JASA 22, 1927.
 */
export function wilsonInterval(k: number, n: number, confidence: number): Interval {
  if (n === 0) return { point: 0.5, low: 0, high: 1 };
  const z = normalQuantile((1 + confidence) / 2);
  const centre = (k + (z * z) / 2) / (n + z * z);
  const half = (z * Math.sqrt((k * (n - k)) / n + (z * z) / 4)) / (n + z * z);
  return { point: k / n, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Jeffreys' equal-tailed interval of a share: quantiles of Beta(k + 1/2, n - k + 1/2), 0 where k = 0
 * and 1 where k = n. The point is k / n. `confidence` in (0, 1), two-sided; [0, 1] where n = 0. Source: Brown, Cai
 * and DasGupta, Statistical Science 16, 2001.
 */
export function jeffreysInterval(k: number, n: number, confidence: number): Interval {
  if (n === 0) return { point: 0.5, low: 0, high: 1 };
  const tail = (1 - confidence) / 2;
  const [a, b] = [k + 0.5, n - k + 0.5];
  return {
    point: k / n,
    low: k <= 0 ? 0 : betaQuantile(tail, a, b),
    high: k >= n ? 1 : betaQuantile(1 - tail, a, b),
  };
}

/**
 * Bounds of a chance from `events` in `runs`: quantiles of Beta(x, R - x + 1) and Beta(x + 1, R - x).
 *
 * Zero events bound it by 1 - (1 - confidence)^(1 / R), about 3 / R at .95. `runs` R >= 0; no run: [0, 1].
 * Coverage at least `confidence` on each side. Source: Clopper & Pearson, Biometrika 26, 1934.
 */
export function clopperPearson(events: number, runs: number, confidence: number): Interval {
  if (runs === 0) return { point: 0.5, low: 0, high: 1 };
  const low = events === 0 ? 0 : betaQuantile(1 - confidence, events, runs - events + 1);
  const high = events === runs ? 1 : betaQuantile(confidence, events + 1, runs - events);
  return { point: events / runs, low, high };
}
