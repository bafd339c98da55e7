/**
 * Least squares on labels of the model before (R1-R3): r rows of d independent standard normal features, noise
 * sigma^2. t = 1 is the first fit, on true labels. Error: E |w_t - w*|^2, the excess test error. n is r here.
 */
import { assertInRange, type Range, refuse, SHARE, TIME } from './formula.js';

export interface Regression {
  /** Rows r of a fit, more than d + 1. */
  readonly rows: number;
  /** Features d >= 1. */
  readonly dim: number;
  /** Standard deviation of the noise, >= 0. */
  readonly sigma: number;
}

const DIM: Range = { min: 1, max: 1e9, whole: true };
const NON_NEGATIVE: Range = { min: 0 };

/** d / (r - d - 1): expected trace of the inverse of X'X. */
function traceOfInverse(form: string, { rows, dim, sigma }: Regression): number {
  assertInRange(form, 'd', dim, DIM);
  assertInRange(form, 'r', rows, { min: 1, max: 1e12, whole: true });
  assertInRange(form, 'sigma', sigma, NON_NEGATIVE);
  if (rows <= dim + 1) refuse(form, 'r', `more than d + 1 = ${dim + 1}`, String(rows));
  return dim / (rows - dim - 1);
}

/**
 * R1: error after t refits that each replace the labels, t sigma^2 d / (r - d - 1), same or fresh design.
 *
 * t >= 0. Units of sigma^2. E. Errors: `USAGE`. Source: Gerstgrasser et al. 2024, arXiv 2404.01413.
 */
export function replacedError(regression: Regression, t: number): number {
  const trace = traceOfInverse('R1', regression);
  assertInRange('R1', 't', t, TIME);
  return t * regression.sigma ** 2 * trace;
}

/**
 * R2: error where each fit has all labels so far on the same design matrix, sigma^2 d / (r - d - 1) (1 + 1/4 + .. + 1/t^2).
 *
 * A new design in each generation has a smaller error and no such form. t >= 0. E. Errors: `USAGE`. Source:
 * Gerstgrasser et al. 2024; Dey and Donoho 2024, arXiv 2410.22812.
 */
export function accumulatedError(regression: Regression, t: number): number {
  const trace = traceOfInverse('R2', regression);
  assertInRange('R2', 't', t, TIME);
  let sum = 0;
  for (let i = t; i >= 1; i--) sum += 1 / (i * i);
  return regression.sigma ** 2 * trace * sum;
}

/** R2 in the long run: sigma^2 d / (r - d - 1) pi^2 / 6. E. Errors: `USAGE`. */
export function accumulatedErrorLimit(regression: Regression): number {
  return regression.sigma ** 2 * traceOfInverse('R2', regression) * (Math.PI ** 2 / 6);
}

/**
 * R3: error where a share p of the labels comes from a model that is off by a distance c.
 *
 * About p^2 c^2 + (sigma^2 + p (1 - p) c^2 (1 + 2/d)) d / (r - d - 1). `share` p in [0, 1], `shift` c >= 0. A, of
 * relative order d / r in its second term. Errors: `USAGE`. Source: Dohmatob et al. 2025, ICLR (Strong model collapse).
 */
export function shiftedLabelsError(
  regression: Regression & { readonly share: number; readonly shift: number },
): number {
  const trace = traceOfInverse('R3', regression);
  const { share, shift, sigma, dim } = regression;
  assertInRange('R3', 'p', share, SHARE);
  assertInRange('R3', 'c', shift, NON_NEGATIVE);
  const mixed = share * (1 - share) * shift ** 2 * (1 + 2 / dim);
  return (share * shift) ** 2 + (sigma ** 2 + mixed) * trace;
}

/** R3 without end of data: p^2 c^2, which no number of rows removes. E. Errors: `USAGE`. */
export function shiftedLabelsFloor(share: number, shift: number): number {
  assertInRange('R3', 'p', share, SHARE);
  assertInRange('R3', 'c', shift, NON_NEGATIVE);
  return (share * shift) ** 2;
}
