/**
 * Weighing fresh human data against synthetic data (V2): a mean is fitted with weight omega on n human draws and
 * 1 - omega on k n synthetic draws around the estimate before. Variances are in units of that of n human draws.
 */
import { assertInRange, type Range, TIME } from './formula.js';

export interface Weighing {
  /** Weight omega of the human draws, in (0, 1]. */
  readonly weight: number;
  /** Synthetic draws per human draw, k > 0. */
  readonly syntheticRatio: number;
}

const WEIGHT: Range = { above: 0, max: 1 };
const RATIO: Range = { above: 0, max: 1e12 };

/**
 * V2: long-run variance, v = (omega^2 + (1 - omega)^2 / k) / (1 - (1 - omega)^2). E. Errors: `USAGE`.
 * Source: He, Xu and Cheng 2026, JRSS-B (arXiv 2502.18049).
 */
export function weightedVarianceLimit({ weight, syntheticRatio }: Weighing): number {
  assertInRange('V2', 'omega', weight, WEIGHT);
  assertInRange('V2', 'k', syntheticRatio, RATIO);
  const rest = (1 - weight) ** 2;
  return (weight ** 2 + rest / syntheticRatio) / (weight * (2 - weight));
}

/** V2 at t: v (1 - (1 - omega)^{2t}), the truth being known at t = 0. E. Errors: `USAGE`. */
export function weightedVariance(weighing: Weighing, t: number): number {
  assertInRange('V2', 't', t, TIME);
  const limit = weightedVarianceLimit(weighing);
  if (weighing.weight === 1) return t === 0 ? 0 : limit;
  return -limit * Math.expm1(2 * t * Math.log1p(-weighing.weight));
}

/**
 * V2: best weight, (sqrt(1 + 4k) - 1) / (2k); the variance there is the same number. k = 1: the golden ratio less 1.
 *
 * Computed as 2 / (sqrt(1 + 4k) + 1), which keeps its digits at small k. E. Errors: `USAGE`.
 */
export function bestWeight(syntheticRatio: number): number {
  assertInRange('V2', 'k', syntheticRatio, RATIO);
  return 2 / (Math.sqrt(1 + 4 * syntheticRatio) + 1);
}
