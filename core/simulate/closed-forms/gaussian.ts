/**
 * A normal law refitted to its own samples (G1-G4, G7): the forms without human data in later generations. t = 0 is
 * the true law N(0, 1), t = 1 the first fit; each fit takes n draws from N(mu, lambda sigma^2) of the fit before, the first
 * one of the true law. `mle` divides by n, `unbiased` by n - 1. W2^2 = mu^2 + (sigma - 1)^2; multiply by
 * sigma_0^2 for another scale. Second moments of every other setting: `gaussian-moments.ts`.
 */
import { digammaOffset, logHalfStep } from '../../stats/gamma-ratios.js';
import { assertInRange, type Range, TIME } from './formula.js';

export type Estimator = 'unbiased' | 'mle';

export interface Refit {
  /** Samples per generation, a whole number of at least 2. */
  readonly n: number;
  readonly estimator: Estimator;
  /** Variance of a draw over that of the fit, lambda > 0; 1 without sampling bias. */
  readonly lambda: number;
}

export const SAMPLES: Range = { min: 2, max: 1e12, whole: true };
export const VARIANCE_RATIO: Range = { above: 0, max: 1e6 };

export function assertRefit(form: string, { n, lambda }: Refit, t: number): void {
  assertInRange(form, 'n', n, SAMPLES);
  assertInRange(form, 'lambda', lambda, VARIANCE_RATIO);
  assertInRange(form, 't', t, TIME);
}

/** ln E sigma^2 of one refit of a unit law. */
function logVarianceStep({ n, estimator, lambda }: Refit): number {
  return Math.log(lambda) + (estimator === 'mle' ? Math.log1p(-1 / n) : 0);
}

/**
 * ln c of E sigma = c^t: c4(n) sqrt(lambda) unbiased, c_ML(n) sqrt(lambda) for mle.
 *
 * c4(n) = sqrt(2 / (n - 1)) Gamma(n/2) / Gamma((n - 1)/2), c_ML = c4 sqrt((n - 1)/n). Error: absolute 1e-15.
 */
export function logSdStep(refit: Refit): number {
  assertRefit('G1', refit, 0);
  return logHalfStep((refit.n - 1) / 2) + 0.5 * logVarianceStep(refit);
}

/** G1, G3, G4: E sigma^2 = lambda^t unbiased, (lambda (1 - 1/n))^t for mle. Dimensionless. E. Errors: `USAGE`. */
export function refitVariance(refit: Refit, t: number): number {
  assertRefit('G3', refit, t);
  return Math.exp(t * logVarianceStep(refit));
}

/** G1, G3, G4: E mu^2 = lambda / n (1 + v + .. + v^(t-1)), v = E sigma^2 of one refit. E. Errors: `USAGE`. */
export function refitMeanSquare(refit: Refit, t: number): number {
  assertRefit('G1', refit, t);
  const step = logVarianceStep(refit);
  const sum = step === 0 ? t : Math.expm1(t * step) / Math.expm1(step);
  return (refit.lambda / refit.n) * sum;
}

/** G1, G3: E sigma = c^t. E. Errors: `USAGE`. */
export function refitSd(refit: Refit, t: number): number {
  assertRefit('G1', refit, t);
  return Math.exp(t * logSdStep(refit));
}

/**
 * G2: geometric mean of sigma^2, exp t [ln lambda + psi((n - 1)/2) + ln 2 - ln(n - 1)], ln n for ln(n - 1) with mle.
 *
 * Tells a typical chain where E sigma^2 does not: raw means of a heavy-tailed martingale mislead. E. Errors: `USAGE`.
 */
export function refitGeometricVariance(refit: Refit, t: number): number {
  assertRefit('G2', refit, t);
  return Math.exp(t * (logVarianceStep(refit) + digammaOffset((refit.n - 1) / 2)));
}

/**
 * G1, G3: E W2^2 = E mu^2 + E sigma^2 - 2 E sigma + 1; t/n + 2 (1 - c4^t) unbiased, 2 (1 - c_ML^t) for mle, lambda = 1.
 *
 * Grows without end unbiased, is bounded by 2 for mle. E. Errors: `USAGE`.
 */
export function refitW2(refit: Refit, t: number): number {
  const variance = Math.expm1(t * logVarianceStep(refit));
  return refitMeanSquare(refit, t) + variance - 2 * Math.expm1(t * logSdStep(refit));
}

/**
 * G7: E sigma^2 of a pool of t blocks of n, mle, lambda = 1: product of 1 - 1 / (n k^2) over k <= t.
 *
 * E mu^2 is 1 less that. It is W8 too. `n` >= 1, `t` >= 0. E. Errors: `USAGE`. Cost: t steps.
 */
export function accumulatedVariance(n: number, t: number): number {
  assertInRange('G7', 'n', n, { min: 1, whole: true });
  assertInRange('G7', 't', t, TIME);
  let log = 0;
  for (let k = 1; k <= t; k++) log += Math.log1p(-1 / (n * k * k));
  return Math.exp(log);
}

/** G7 in the long run: sin(x) / x, x = pi / sqrt(n). Source: Euler's product. E. Errors: `USAGE`. */
export function accumulatedVarianceLimit(n: number): number {
  assertInRange('G7', 'n', n, { min: 1, whole: true });
  const x = Math.PI / Math.sqrt(n);
  return n === 1 ? 0 : Math.sin(x) / x;
}

/** Rise of E W2^2 per generation to first order in 1/n, both estimators, lambda = 1: 3 / (2n). A. Errors: `USAGE`. */
export function refitW2Rate(n: number): number {
  assertInRange('G1', 'n', n, SAMPLES);
  return 3 / (2 * n);
}
