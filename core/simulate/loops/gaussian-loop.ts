/**
 * The Gaussian loop: fit a normal law, draw n from it, fit again. Drawn from sufficient statistics, which is exact:
 * of a block of n normal draws only its mean (normal) and its sum of squared distances (variance times chi-square of
 * n - 1) enter a fit, and pools of blocks join by their means and sums. Without human data a chain of
 * variances is kept in logs, since it underflows. Only `accumulate-subsample` needs the points themselves.
 */
import { chiSquare, logChiSquare, normal } from '../../random/samplers.js';
import type { RandomStream } from '../../random/stream.js';
import type { GaussianLoop } from '../closed-forms/gaussian-moments.js';

/** A fit: mean, and the logarithm of the variance, both in units of the true law. */
export interface Fit {
  mean: number;
  logVariance: number;
}

/** Points, their mean, and their sum of squared distances from it. */
interface Block {
  size: number;
  mean: number;
  squares: number;
}

/** Chains t = 1 .. last of one replicate; `seen` gets the fit of each t. */
export function gaussianChain(
  stream: RandomStream,
  loop: GaussianLoop,
  last: number,
  seen: (t: number, fit: Fit) => void,
): void {
  const isClosed = loop.policy === 'replace' && loop.humanShare === 0;
  const isSubsampled = loop.policy === 'accumulate-subsample';
  const chain = isClosed ? replacedChain : isSubsampled ? subsampledChain : pooledChain;
  chain(stream, loop, last, seen);
}

function degrees({ estimator }: GaussianLoop, points: number): number {
  return estimator === 'mle' ? points : points - 1;
}

function replacedChain(
  stream: RandomStream,
  loop: GaussianLoop,
  last: number,
  seen: (t: number, fit: Fit) => void,
): void {
  const { n, lambda } = loop;
  const logScale = Math.log(lambda) - Math.log(degrees(loop, n));
  const fit: Fit = { mean: 0, logVariance: 0 };
  for (let t = 1; t <= last; t++) {
    fit.mean += Math.sqrt((lambda * Math.exp(fit.logVariance)) / n) * normal(stream);
    fit.logVariance += logScale + logChiSquare(stream, n - 1);
    seen(t, fit);
  }
}

/** A block of `size` draws from N(mean, variance). */
function drawBlock(stream: RandomStream, size: number, mean: number, variance: number): Block {
  const place = mean + Math.sqrt(variance / size) * normal(stream);
  const squares = size > 1 ? variance * chiSquare(stream, size - 1) : 0;
  return { size, mean: place, squares };
}

const EMPTY: Block = { size: 0, mean: 0, squares: 0 };

/** Both blocks as one. Source: Chan, Golub & LeVeque, Am. Stat. 37, 1983. */
function joined(a: Block, b: Block): Block {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const size = a.size + b.size;
  const apart = b.mean - a.mean;
  return {
    size,
    mean: a.mean + (apart * b.size) / size,
    squares: a.squares + b.squares + apart * apart * a.size * (b.size / size),
  };
}

function pooledChain(
  stream: RandomStream,
  loop: GaussianLoop,
  last: number,
  seen: (t: number, fit: Fit) => void,
): void {
  const { n, lambda } = loop;
  const humans = Math.round(loop.humanShare * n);
  const synthetic = n - humans;
  const fixed = loop.human === 'fixed' && humans > 0 ? drawBlock(stream, humans, 0, 1) : null;
  let pool = EMPTY;
  const fit: Fit = { mean: 0, logVariance: 0 };
  let variance = 1;
  for (let t = 1; t <= last; t++) {
    const human = fixed ?? (humans > 0 ? drawBlock(stream, humans, 0, 1) : EMPTY);
    const made = synthetic > 0 ? drawBlock(stream, synthetic, fit.mean, lambda * variance) : EMPTY;
    const block = joined(human, made);
    pool = loop.policy === 'accumulate' ? joined(pool, block) : block;
    variance = pool.squares / degrees(loop, pool.size);
    fit.mean = pool.mean;
    fit.logVariance = Math.log(variance);
    seen(t, fit);
  }
}

/** The pool's points are kept; n of them, drawn without replacement by swaps to its front, are fitted. */
function subsampledChain(
  stream: RandomStream,
  loop: GaussianLoop,
  last: number,
  seen: (t: number, fit: Fit) => void,
): void {
  const { n, lambda } = loop;
  const humans = Math.round(loop.humanShare * n);
  const fixed = Float64Array.from({ length: loop.human === 'fixed' ? humans : 0 }, () =>
    normal(stream),
  );
  const pool = new Float64Array(n * last);
  const fit: Fit = { mean: 0, logVariance: 0 };
  for (let t = 1; t <= last; t++) {
    const from = n * (t - 1);
    const spread = Math.sqrt(lambda * Math.exp(fit.logVariance));
    for (let i = 0; i < n; i++) {
      const human = i < humans;
      pool[from + i] = human ? (fixed[i] ?? normal(stream)) : fit.mean + spread * normal(stream);
    }
    if (t > 1) bringToFront(stream, pool, n, n * t);
    fitPoints(pool, n, degrees(loop, n), fit);
    seen(t, fit);
  }
}

/** Puts a random sample without replacement of the first `size` points at the front. Source: Knuth, TAOCP 2, 3.4.2. */
function bringToFront(stream: RandomStream, pool: Float64Array, count: number, size: number): void {
  for (let i = 0; i < count; i++) {
    const j = i + stream.below(size - i);
    const swapped = pool[i] ?? 0;
    pool[i] = pool[j] ?? 0;
    pool[j] = swapped;
  }
}

function fitPoints(pool: Float64Array, count: number, divisor: number, fit: Fit): void {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += pool[i] ?? 0;
  mean /= count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += ((pool[i] ?? 0) - mean) ** 2;
  fit.mean = mean;
  fit.logVariance = Math.log(squares / divisor);
}
