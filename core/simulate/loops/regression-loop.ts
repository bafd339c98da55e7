/**
 * Regression on labels of the fit before: r rows of d standard normal features, noise sigma, true coefficients of length 1.
 * A share of the labels comes from the fit before, shifted by a vector of length c; the others from the truth.
 */
import type { RandomStream } from '../../random/stream.js';
import { addGram, addMoments, cholesky, fillNormal, solveFactored } from './least-squares.js';

export interface RegressionLoop {
  readonly rows: number;
  readonly dim: number;
  readonly sigma: number;
  /** Train on the last labels, or on those of all generations. */
  readonly policy: 'replace' | 'accumulate';
  /** One design matrix in all generations, or a new one in each. */
  readonly design: 'same' | 'fresh';
  readonly share: number;
  readonly shift: number;
}

/** One replicate, t = 1 .. last; `seen` gets |w_t - w*|^2. Cost: last x rows x dim, and x dim for fresh designs. */
export function regressionChain(
  stream: RandomStream,
  loop: RegressionLoop,
  last: number,
  seen: (t: number, error: number) => void,
): void {
  const { rows, dim, policy, design } = loop;
  const truth = new Float64Array(dim).fill(1 / Math.sqrt(dim));
  const x = new Float64Array(rows * dim);
  const y = new Float64Array(rows);
  const gram = new Float64Array(dim * dim);
  const factor = new Float64Array(dim * dim);
  const moments = new Float64Array(dim);
  const fit = Float64Array.from(truth);
  for (let t = 1; t <= last; t++) {
    const isNew = t === 1 || design === 'fresh';
    if (policy === 'replace') {
      moments.fill(0);
      if (isNew) gram.fill(0);
    }
    if (isNew) fillNormal(stream, x);
    if (isNew || policy === 'accumulate') {
      addGram(x, dim, gram);
      cholesky(gram, dim, factor);
    }
    drawLabels(stream, loop, x, { truth, fit, y });
    addMoments(x, y, moments);
    solveFactored(factor, moments, fit);
    seen(t, squaredDistance(fit, truth));
  }
}

/** y = x'(w of the row's source) + sigma noise. The shift points along the first feature. */
function drawLabels(
  stream: RandomStream,
  { rows, dim, sigma, share, shift }: RegressionLoop,
  x: Float64Array,
  { truth, fit, y }: { truth: Float64Array; fit: Float64Array; y: Float64Array },
): void {
  fillNormal(stream, y);
  for (let row = 0; row < rows; row++) {
    const isShifted = share >= 1 || (share > 0 && stream.uniform() < share);
    const source = isShifted ? fit : truth;
    const at = row * dim;
    let sum = isShifted ? shift * x[at]! : 0;
    for (let i = 0; i < dim; i++) sum += x[at + i]! * source[i]!;
    y[row] = sum + sigma * y[row]!;
  }
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/**
 * Exact variance of |w_t - w*|^2 where all labels are the last fit's and unshifted: replace, or accumulate on one design.
 *
 * Given A = (X'X)^{-1}, the error is sigma^2 f z'Az: its second moment is sigma^4 f^2 E[(tr A)^2 + 2 tr A^2], f = t (replace) or
 * sum 1/i^2, and A is inverse Wishart. Infinite for r <= d + 3. Source: von Rosen, Scand. J. Stat. 15, 1988.
 */
export function errorVariance(loop: RegressionLoop, t: number): number {
  const { rows, dim: d, sigma, policy, design } = loop;
  const free = rows - d;
  if (free <= 3) return Infinity;
  const unit = 1 / (free - 1) ** 2;
  const own = (2 * unit) / (free - 3);
  const cross = own / free;
  const traceMean = d / (free - 1);
  const traceSquare = traceMean ** 2 + d * own + d * (d - 1) * cross;
  const squareTrace = d * (own + unit) + (d * (d - 1) * (free - 1) * cross) / 2;
  let sum = 0;
  for (let i = 1; i <= t; i++) sum += policy === 'replace' ? 1 : 1 / (i * i);
  // Designs of their own: t terms of one matrix, and t (t - 1) of two independent ones.
  const isFresh = policy === 'replace' && design === 'fresh';
  const [same, apart] = isFresh ? [t, t * (t - 1)] : [sum * sum, 0];
  const second = same * (traceSquare + 2 * squareTrace) + apart * (traceMean ** 2 + 2 * d * unit);
  return sigma ** 4 * (second - (sum * traceMean) ** 2);
}
