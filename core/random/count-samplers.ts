/**
 * Exact samplers of counts on a RandomStream: Poisson, binomial, multinomial, hypergeometric. Below a mean of 30
 * the distribution function is inverted from 0 upwards; above it a transformed rejection with the probabilities
 * of count-probability.ts is used. Never a normal approximation: that gives negative counts and immortal types.
 */
import { assert } from '../schema/failure.js';
import { logBinomial, logHypergeometric, logPoisson } from './count-probability.js';
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

/** Types of a block of a multinomial: blocks that get no draw are passed over as one. */
const BLOCK_TYPES = 64;
/** Draws of a block up to which each looks for its type; more of them go type by type. */
const SEARCHED_DRAWS_MAX = 16;

/**
 * Multinomial counts: n >= 0 draws over types of `weights` >= 0, which need not sum to 1.
 *
 * Formula: block by block, and type by type in it, Binomial(what is left, weight / weights from there on); few draws
 * of a block are placed one by one. `out` has the length of `weights`, is another array, and is overwritten.
 * Cost: O(types) additions, O(min(types, n)) binomials. Error: exact in law up to the 53 bits of a uniform.
 */
export function multinomial(
  stream: RandomStream,
  n: number,
  weights: ArrayLike<number>,
  out: Float64Array,
): void {
  assert(out.length === weights.length, 'multinomial: out and weights differ in length');
  assert((out as ArrayLike<number>) !== weights, 'multinomial: out is the array of weights');
  const rests = sumBlocks(weights, out);
  const total = rests[0] ?? 0;
  if (n > 0 && !(total > 0 && total < Infinity))
    assert(false, `multinomial: weights sum to ${total}`);
  let left = n;
  for (let block = 0, start = 0; start < out.length; block++, start += BLOCK_TYPES) {
    const end = Math.min(start + BLOCK_TYPES, out.length);
    const draws = left === 0 ? 0 : binomial(stream, left, out[start]! / (rests[block]! || 1));
    left -= draws;
    if (draws === 0) out.fill(0, start, end);
    else if (draws <= SEARCHED_DRAWS_MAX) placeDraws(stream, draws, out, start, end);
    else splitDraws(stream, draws, weights, out, start, end);
  }
}

/**
 * Sums from each type to the end of its block, into `out`; result: sums from each block to the end. Sums run from the far
 * end on, so the last block, and type, of any weight has chance exactly 1.
 */
function sumBlocks(weights: ArrayLike<number>, out: Float64Array): Float64Array {
  const rests = new Float64Array(Math.ceil(out.length / BLOCK_TYPES));
  let rest = 0;
  for (let block = rests.length - 1; block >= 0; block--) {
    const start = block * BLOCK_TYPES;
    let sum = 0;
    for (let i = Math.min(start + BLOCK_TYPES, out.length) - 1; i >= start; i--) {
      sum += weights[i]!;
      out[i] = sum;
    }
    rest += sum;
    rests[block] = rest;
  }
  return rests;
}

/** Each draw finds its type by the sums to the block's end: the last type whose sum is above a uniform point. */
function placeDraws(
  stream: RandomStream,
  draws: number,
  out: Float64Array,
  start: number,
  end: number,
): void {
  const found: number[] = [];
  const sum = out[start]!;
  for (let k = 0; k < draws; k++) {
    const point = stream.uniform() * sum;
    let i = start;
    while (i + 1 < end && out[i + 1]! > point) i++;
    found.push(i);
  }
  out.fill(0, start, end);
  for (const i of found) out[i]!++;
}

function splitDraws(
  stream: RandomStream,
  draws: number,
  weights: ArrayLike<number>,
  out: Float64Array,
  start: number,
  end: number,
): void {
  let left = draws;
  for (let i = start; i < end; i++) {
    const weight = weights[i]!;
    const count = left === 0 || weight === 0 ? 0 : binomial(stream, left, weight / out[i]!);
    out[i] = count;
    left -= count;
  }
}

/**
 * The marked among `drawn` items, taken without replacement from `marked` + `unmarked`.
 *
 * Inversion outwards from the mode. Cost: O(standard deviation). Error: exact in law up to the 53 bits of a uniform.
 */
export function hypergeometric(
  stream: RandomStream,
  urn: { marked: number; unmarked: number; drawn: number },
): number {
  const { marked, unmarked, drawn } = urn;
  const all = marked + unmarked;
  if (!(marked >= 0 && unmarked >= 0 && drawn >= 0 && drawn <= all && Number.isSafeInteger(all))) {
    assert(
      false,
      `hypergeometric: cannot draw ${drawn} of ${marked} marked and ${unmarked} unmarked`,
    );
  }
  const [low, high] = [Math.max(0, drawn - unmarked), Math.min(drawn, marked)];
  if (low === high) return low;
  const mode = Math.min(high, Math.max(low, Math.floor((drawn + 1) * ((marked + 1) / (all + 2)))));
  const top = Math.exp(logHypergeometric(mode, urn));
  for (;;) {
    let left = stream.uniform() - top;
    if (left < 0) return mode;
    let [up, down, atUp, atDown] = [mode, mode, top, top];
    while (up < high || down > low) {
      if (up < high) {
        atUp *= ((marked - up) / (up + 1)) * ((drawn - up) / (unmarked - drawn + up + 1));
        up++;
        left -= atUp;
        if (left < 0) return up;
      }
      if (down > low) {
        atDown *= (down / (marked - down + 1)) * ((unmarked - drawn + down) / (drawn - down + 1));
        down--;
        left -= atDown;
        if (left < 0) return down;
      }
      if (atUp + atDown < 1e-300) break;
    }
  }
}
