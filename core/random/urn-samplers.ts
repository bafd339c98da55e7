/**
 * Exact samplers of many counts at once: a multinomial over types, and draws without replacement. Both rest on the
 * probabilities and samplers of one count.
 */
import { assert } from '../schema/failure.js';
import { logHypergeometric } from './count-probability.js';
import { binomial } from './count-samplers.js';
import type { RandomStream } from './stream.js';

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
