/** Interval of a mean over independent runs. */
import { assert } from '../schema/failure.js';
import { betaQuantile } from './beta.js';

export interface MeanInterval {
  readonly mean: number;
  /** Standard error of the mean; 0 for one value. */
  readonly se: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Mean of independent values with Student's two-sided interval: mean -+ t s / sqrt(k).
 *
 * `values`: k >= 1 of them; with one value the interval is the value. `confidence` in (0, 1). The quantile comes from
 * k / (k + t^2) ~ Beta(k / 2, 1 / 2), k degrees of freedom. Source: Student, Biometrika 6, 1908.
 */
export function meanInterval(values: readonly number[], confidence = 0.95): MeanInterval {
  const count = values.length;
  assert(count > 0, 'a mean needs a value');
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, se: 0, low: mean, high: mean };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const se = Math.sqrt(squares / (count - 1) / count);
  const half = studentQuantile(confidence, count - 1) * se;
  return { mean, se, low: mean - half, high: mean + half };
}

/** t with P(|T| <= t) = `confidence` for T of `degrees` >= 1 degrees of freedom. */
export function studentQuantile(confidence: number, degrees: number): number {
  const x = betaQuantile(1 - confidence, degrees / 2, 1 / 2);
  return Math.sqrt((degrees * (1 - x)) / x);
}
