/**
 * Character n-grams of the beginning of a text as a sparse unit vector.
 *
 * text -> scoring form -> its first `TEXT_CHARACTERS` UTF-16 units -> 2-, 3- and 4-grams hashed to
 * 2^bits buckets -> 1 + ln(count), L2 norm 1. White space is one blank and only the beginning counts, so
 * neither layout nor length can stand for style. One table is reused: nothing is allocated per n-gram.
 */
import { assert } from '../../schema/failure.js';
import { scoringForm } from '../scoring-form.js';

/** How much of a text is read, in UTF-16 units of its scoring form: texts are compared at one length. */
export const TEXT_CHARACTERS = 1024;
/** UTF-8 bytes that always hold that much, but for text that is mostly white space. */
export const TEXT_BYTES = 4 * TEXT_CHARACTERS;
const GRAMS = 3 * TEXT_CHARACTERS;
const LOGS = Float64Array.from({ length: GRAMS + 1 }, (_, n) => (n === 0 ? 0 : 1 + Math.log(n)));

/** The form in which style is read: the scoring form of the beginning of a text. */
export function textForm(text: string): string {
  return scoringForm(text.slice(0, TEXT_BYTES)).slice(0, TEXT_CHARACTERS);
}

export class TextGrams {
  readonly #shift: number;
  readonly #counts: Uint16Array;
  /** Buckets of the last text, in the order in which they first occurred, and their values. */
  readonly buckets = new Uint32Array(GRAMS);
  readonly values = new Float64Array(GRAMS);
  length = 0;

  /** `bits`: binary logarithm of the number of buckets, 8 to 20. */
  constructor(bits: number) {
    assert(bits >= 8 && bits <= 20, `2^${bits} buckets of n-grams`);
    this.#shift = 32 - bits;
    this.#counts = new Uint16Array(2 ** bits);
  }

  /** Reads a text into `buckets`, `values` and `length`; a text of fewer than two units has none. */
  read(text: string): void {
    const form = textForm(text);
    const shift = this.#shift;
    const counts = this.#counts;
    const buckets = this.buckets;
    let used = 0;
    let [a, b, c] = [0, 0, 0];
    for (let i = 0; i < form.length; i++) {
      const d = form.charCodeAt(i) + 1;
      const two = Math.imul(c, 0x85ebca6b) ^ Math.imul(d, 0xc2b2ae35);
      const three = Math.imul(two, 0x9e3779b1) ^ Math.imul(b, 0x27d4eb2f) ^ 0x1b873593;
      const four = Math.imul(three, 0x9e3779b1) ^ Math.imul(a, 0x165667b1) ^ 0x5bd1e995;
      if (i > 0) used += count(counts, buckets, used, spread(two) >>> shift);
      if (i > 1) used += count(counts, buckets, used, spread(three) >>> shift);
      if (i > 2) used += count(counts, buckets, used, spread(four) >>> shift);
      a = b;
      b = c;
      c = d;
    }
    this.length = used;
    this.#weigh();
  }

  /** Counts to values of a unit vector; the table is empty again. */
  #weigh(): void {
    let squares = 0;
    for (let i = 0; i < this.length; i++) {
      const bucket = this.buckets[i]!;
      const value = LOGS[this.#counts[bucket]!]!;
      this.#counts[bucket] = 0;
      this.values[i] = value;
      squares += value * value;
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let i = 0; i < this.length; i++) this.values[i]! *= scale;
  }
}

function spread(mixed: number): number {
  return Math.imul(mixed ^ (mixed >>> 15), 0x9e3779b1);
}

/** Counts one n-gram; 1 if it is the first of its bucket, which is then listed, else 0. */
function count(counts: Uint16Array, buckets: Uint32Array, used: number, bucket: number): 0 | 1 {
  const before = counts[bucket]!;
  counts[bucket] = before + 1;
  if (before !== 0) return 0;
  buckets[used] = bucket;
  return 1;
}
