/**
 * Exact samplers of counts on a RandomStream: Poisson and binomial. Below a mean of 30
 * the distribution function is inverted from 0 upwards; above it a transformed rejection with the probabilities
 * of count-probability.ts is used. Never a normal approximation: that gives negative counts and immortal types.
 */
import { assert } from '../schema/failure.js';
import { logBinomial, logPoisson } from './count-probability.js';
import type { RandomStream } from './stream.js';

/** Means below this are inverted: P(0) >= e^-42 stays far above the smallest double. */
const INVERTED_BELOW_MEAN = 30;

/**
 * One Poisson count, mean >= 0. Error: exact in law up to the 53 bits of a uniform.
 *
 * Cost: O(mean) below 30, O(1) above. Source: Hormann, Insurance: Math. & Econ. 12, 1993 (PTRS).
 */
export function poisson(stream: RandomStream, mean: number): number {
  if (!(mean >= 0 && mean < 2 ** 52)) assert(false, `poisson: mean ${mean} is not in [0, 2^52)`);
  if (mean === 0) return 0;
  return mean < INVERTED_BELOW_MEAN ? poissonInverted(stream, mean) : poissonRejected(stream, mean);
}

function poissonInverted(stream: RandomStream, mean: number): number {
  const none = Math.exp(-mean);
  for (;;) {
    let left = stream.uniform();
    let probability = none;
    // Rounding may leave a last part of some 1e-16 that no count takes: then draw again.
    for (let k = 0; k < 200; k++) {
      if (left < probability) return k;
      left -= probability;
      probability *= mean / (k + 1);
    }
  }
}

function poissonRejected(stream: RandomStream, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = stream.uniform() - 0.5;
    const v = 1 - stream.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || us === 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= logPoisson(k, mean)) return k;
  }
}

/**
 * One binomial count of n >= 0 trials of chance p in [0, 1]. Error: exact in law up to the 53 bits of a uniform.
 *
 * Cost: O(n min(p, 1 - p)) below a mean of 30, O(1) above. Source: Hormann, J. Stat. Comput. Simul. 46, 1993 (BTRS).
 */
export function binomial(stream: RandomStream, n: number, p: number): number {
  // Messages are made only when they are needed: this is called for each type of each generation.
  if (!(Number.isSafeInteger(n) && n >= 0))
    assert(false, `binomial: n ${n} is no whole number >= 0`);
  if (!(p >= 0 && p <= 1)) assert(false, `binomial: p ${p} is not in [0, 1]`);
  if (p > 0.5) return n - binomialOfRarer(stream, n, 1 - p);
  return binomialOfRarer(stream, n, p);
}

function binomialOfRarer(stream: RandomStream, n: number, p: number): number {
  if (n === 0 || p === 0) return 0;
  return n * p < INVERTED_BELOW_MEAN
    ? binomialInverted(stream, n, p)
    : binomialRejected(stream, n, p);
}

function binomialInverted(stream: RandomStream, n: number, p: number): number {
  const none = Math.exp(n * Math.log1p(-p));
  const odds = p / (1 - p);
  for (;;) {
    let left = stream.uniform();
    let probability = none;
    const last = Math.min(n, 200);
    for (let k = 0; k <= last; k++) {
      if (left < probability) return k;
      left -= probability;
      probability *= ((n - k) / (k + 1)) * odds;
    }
  }
}

function binomialRejected(stream: RandomStream, n: number, p: number): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const squeeze = 0.92 - 4.2 / b;
  const atMode = logBinomial(Math.floor((n + 1) * p), n, p);
  for (;;) {
    const u = stream.uniform() - 0.5;
    const v = 1 - stream.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || k > n || us === 0) continue;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= logBinomial(k, n, p) - atMode) return k;
  }
}
