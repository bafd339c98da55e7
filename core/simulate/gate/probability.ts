/**
 * P(collapse by the horizon) from independent runs, with a lower and an upper bound, each one-sided at the
 * stated confidence. Many runs: counts alone (Clopper-Pearson). Few runs of a costly simulator: from how far
 * their excess lies from the threshold, taken as normal.
 */
import type { Interval } from '../../schema/risk.js';
import { betaQuantile } from '../../stats/beta.js';
import { normalQuantile } from '../../stats/normal.js';

/** Runs from which counts alone are used: zero events then bound P by .05 at confidence .95. */
export const COUNTED_RUNS_MIN = 59;

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

/** Fewest runs whose count of zero events keeps P within `budget` at `confidence`: ln(1 - C) / ln(1 - budget). */
export function runsForBudget(budget: number, confidence: number): number {
  return Math.ceil(Math.log1p(-confidence) / Math.log1p(-budget));
}

/** Halvings of (0, 1): the distribution function is exact to 2^-60. */
const HALVINGS = 60;

/** Distribution function of the standard normal law, by bisection of its quantile; absolute error 2^-60. */
export function normalCdf(x: number): number {
  if (x > 0) return 1 - normalCdf(-x);
  let [low, high] = [0, 0.5];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (middle > 0 && normalQuantile(middle) < x) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export interface Moments {
  readonly runs: number;
  readonly mean: number;
  readonly sd: number;
}

/** Mean and standard deviation (n - 1) of values. */
export function momentsOf(values: readonly number[]): Moments {
  const runs = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, runs);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { runs, mean, sd: runs < 2 ? 0 : Math.sqrt(squares / (runs - 1)) };
}

/**
 * P(excess > 0) of a normal law from few values, with bounds: a one-sided tolerance bound, inverted.
 *
 * With K = -mean / sd the point is 1 - Phi(K), and the bounds are 1 - Phi(K +- z sqrt(1/R + K^2 / (2 (R - 1)))),
 * z the normal quantile at `confidence`: mean + k sd is nearly normal about mu + k sigma with variance
 * sigma^2 (1/R + k^2 / (2 (R - 1))). R >= 2, else [0, 1]. All values alike: 0 or 1 by their side, bounds by counts.
 * Error: K within 2 % of the noncentral t for R >= 10 and P >= .001. Source: Natrella, NBS Handbook 91,
 * 1963, section 2-5.2.3 (after Owen, SCR-607, 1963).
 */
export function normalExceedance(values: readonly number[], confidence: number): Interval {
  const { runs, mean, sd } = momentsOf(values);
  const events = values.filter((value) => value > 0).length;
  if (runs < 2 || sd === 0) return clopperPearson(events, runs, confidence);
  const k = -mean / sd;
  const half = normalQuantile(confidence) * Math.sqrt(1 / runs + (k * k) / (2 * (runs - 1)));
  return { point: normalCdf(-k), low: normalCdf(-k - half), high: normalCdf(-k + half) };
}

/** Counts where there are runs enough, else the normal law. */
export function collapseChance(excess: readonly number[], confidence: number): Interval {
  if (excess.length < COUNTED_RUNS_MIN) return normalExceedance(excess, confidence);
  return clopperPearson(excess.filter((e) => e > 0).length, excess.length, confidence);
}

/** Two-sided quantile of Student's t: P(|T| <= t) = confidence at `df` >= 1 degrees of freedom. */
export function studentQuantile(confidence: number, df: number): number {
  const x = betaQuantile(confidence, 0.5, df / 2);
  return Math.sqrt((df * x) / (1 - x));
}
