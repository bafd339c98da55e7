/** Mean and spread of independent values, and what the mean is worth. */
import { assert } from '../schema/failure.js';
import { betaQuantile } from './beta.js';

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
  const { mean, sd } = momentsOf(values);
  if (count === 1) return { mean, se: 0, low: mean, high: mean };
  const se = sd / Math.sqrt(count);
  const half = studentQuantile(confidence, count - 1) * se;
  return { mean, se, low: mean - half, high: mean + half };
}

/** t with P(|T| <= t) = `confidence` for T of `degrees` >= 1 degrees of freedom. */
export function studentQuantile(confidence: number, degrees: number): number {
  const x = betaQuantile(1 - confidence, degrees / 2, 1 / 2);
  return Math.sqrt((degrees * (1 - x)) / x);
}

/**
 * Variance of an estimate from its values x_1 .. x_J with one group left out each: (J - 1) / J sum (x_j - mean)^2.
 *
 * J >= 2, else 0. Source: Shao and Tu, The Jackknife and Bootstrap, 1995, ch. 2.
 */
export function jackknifeVariance(values: readonly number[]): number {
  const { runs, sd } = momentsOf(values);
  return runs < 2 ? 0 : ((runs - 1) ** 2 / runs) * sd * sd;
}
