/**
 * Sorts entries of two 32-bit words by the second word, then the first: a radix sort from the least
 * digit up, which skips digits that all entries share. Cost: linear, at most 6 passes; as much
 * memory again as the entries take.
 */
import { assert } from '../schema/failure.js';

const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;

interface Digit {
  /** 0: the first word of an entry, 1: the second. */
  readonly word: number;
  readonly shift: number;
}

/** Least significant first. */
const ORDER: readonly Digit[] = [0, 1].flatMap((word) =>
  [0, DIGIT_BITS, 2 * DIGIT_BITS].map((shift) => ({ word, shift })),
);

/** Sorts the first `count` entries of `words` in place; entries stand end to end. */
export function radixSort(words: Uint32Array, count: number): void {
  assert(words.length >= count * 2, 'there are fewer words than count says');
  let from: Uint32Array = words;
  let to: Uint32Array = new Uint32Array(count * 2);
  for (const digit of ORDER) {
    const starts = startsOf(from, count, digit);
    if (starts === null) continue;
    scatter({ from, to, count, starts, digit });
    [from, to] = [to, from];
  }
  if (from !== words) words.set(from.subarray(0, count * 2));
}

/** Where the entries of each value of a digit begin; null where all have the same. */
function startsOf(words: Uint32Array, count: number, { word, shift }: Digit): Uint32Array | null {
  const counts = new Uint32Array(DIGITS);
  for (let at = word; at < count * 2; at += 2) counts[(words[at]! >>> shift) & (DIGITS - 1)]!++;
  let start = 0;
  for (let value = 0; value < DIGITS; value++) {
    const size = counts[value]!;
    if (size === count) return null;
    counts[value] = start;
    start += size;
  }
  return counts;
}

interface Pass {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly count: number;
  readonly starts: Uint32Array;
  readonly digit: Digit;
}

function scatter({ from, to, count, starts, digit }: Pass): void {
  const { word, shift } = digit;
  for (let at = 0; at < count * 2; at += 2) {
    const place = 2 * starts[(from[at + word]! >>> shift) & (DIGITS - 1)]!++;
    to[place] = from[at]!;
    to[place + 1] = from[at + 1]!;
  }
}
