/**
 * P(collapse by the horizon) from independent runs, with a lower and an upper bound, each one-sided at the
 * stated confidence. Many runs: counts alone (Clopper-Pearson). Few runs of a costly simulator: from how far
 * their excess lies from the threshold, taken as normal.
 */
import type { Interval } from '../../schema/risk.js';
import { clopperPearson } from '../../stats/intervals.js';
import { momentsOf } from '../../stats/moments.js';
import { normalCdf, normalQuantile } from '../../stats/normal.js';

/** Runs from which counts alone are used: zero events then bound P by .05 at confidence .95. */
export const COUNTED_RUNS_MIN = 59;

/** Fewest runs whose count of zero events keeps P within `budget` at `confidence`: ln(1 - C) / ln(1 - budget). */
export function runsForBudget(budget: number, confidence: number): number {
  return Math.ceil(Math.log1p(-confidence) / Math.log1p(-budget));
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
