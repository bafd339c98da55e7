/**
 * Least squares by the normal equations: X'X w = X'y with a Cholesky factor, row-major. Designs here are random
 * normal ones with more rows than features, so the squared condition number costs few of the 16 digits.
 */
import { normal } from '../../random/samplers.js';
import type { RandomStream } from '../../random/stream.js';

/** Fills `out` with independent N(0, 1) draws. */
export function fillNormal(stream: RandomStream, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = normal(stream);
}

/** Adds X'X to `gram` (dim x dim, lower triangle). Cost: rows dim^2 / 2. */
export function addGram(design: Float64Array, dim: number, gram: Float64Array): void {
  for (let at = 0; at < design.length; at += dim) {
    for (let i = 0; i < dim; i++) {
      const x = design[at + i]!;
      const row = i * dim;
      for (let j = 0; j <= i; j++) gram[row + j]! += x * design[at + j]!;
    }
  }
}

/** Adds X'y to `moments` (dim). */
export function addMoments(
  design: Float64Array,
  labels: Float64Array,
  moments: Float64Array,
): void {
  const dim = moments.length;
  for (let row = 0; row < labels.length; row++) {
    const y = labels[row]!;
    const at = row * dim;
    for (let i = 0; i < dim; i++) moments[i]! += design[at + i]! * y;
  }
}

/** The lower Cholesky factor of `gram` into `factor`; NaN where it is not positive definite. */
export function cholesky(gram: Float64Array, dim: number, factor: Float64Array): void {
  for (let i = 0; i < dim; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = gram[i * dim + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * dim + k]! * factor[j * dim + k]!;
      factor[i * dim + j] = i === j ? Math.sqrt(sum) : sum / factor[j * dim + j]!;
    }
  }
}

/** w of L L' w = moments, into `out`. */
export function solveFactored(
  factor: Float64Array,
  moments: Float64Array,
  out: Float64Array,
): void {
  const dim = moments.length;
  for (let i = 0; i < dim; i++) {
    let sum = moments[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i * dim + k]! * out[k]!;
    out[i] = sum / factor[i * dim + i]!;
  }
  for (let i = dim - 1; i >= 0; i--) {
    let sum = out[i]!;
    for (let k = i + 1; k < dim; k++) sum -= factor[k * dim + i]! * out[k]!;
    out[i] = sum / factor[i * dim + i]!;
  }
}
