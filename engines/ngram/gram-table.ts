/**
 * A set of n-grams of words by a 64-bit hash in two halves, with an open-addressing table and, in
 * front of it, a bit per hash, so that most grams of a document cost one look into a small array.
 *
 * hash(w_1..w_n) = sum over i of h(w_i) B^(n-i)  (mod 2^32), each half with its own h and B,
 *
 * rolled from one place to the next. Places come from the upper bits, which every word reaches. Equal
 * hashes are never taken for equal words: whoever asks compares the words.
 */
import { assert } from '../../core/schema/failure.js';
import type { Words } from './words.js';

const BASE_LO = 0x9e3779b1 | 0;
const BASE_HI = 0x27d4eb2f | 0;
/** Bits in front of the table per gram: about one in eight grams of other texts passes, at most. */
const FILTER_BITS_PER_GRAM = 8;
const NONE = -1;

function power(base: number, exponent: number): number {
  let product = 1;
  for (let i = 0; i < exponent; i++) product = Math.imul(product, base);
  return product;
}

/** Hash of one n-gram after another of a text's words. */
export class Roller {
  readonly size: number;
  readonly #outLo: number;
  readonly #outHi: number;
  low = 0;
  high = 0;

  constructor(size: number) {
    this.size = size;
    this.#outLo = power(BASE_LO, size);
    this.#outHi = power(BASE_HI, size);
  }

  /** Takes word `at` in, and word `at - size` out; the gram ends at `at`. */
  roll(words: Words, at: number): void {
    const { lows, highs } = words;
    let low = (Math.imul(this.low, BASE_LO) + lows[at]!) | 0;
    let high = (Math.imul(this.high, BASE_HI) + highs[at]!) | 0;
    const out = at - this.size;
    if (out >= 0) {
      low = (low - Math.imul(lows[out]!, this.#outLo)) | 0;
      high = (high - Math.imul(highs[out]!, this.#outHi)) | 0;
    }
    this.low = low;
    this.high = high;
  }

  /** The gram of words [start, start + size), from scratch. */
  hashAt(words: Words, start: number): void {
    this.low = 0;
    this.high = 0;
    for (let at = start; at < start + this.size; at++) {
      this.low = (Math.imul(this.low, BASE_LO) + words.lows[at]!) | 0;
      this.high = (Math.imul(this.high, BASE_HI) + words.highs[at]!) | 0;
    }
  }
}

/** Grams by number, from 0 in the order in which they were added. */
export class GramTable {
  #slots = new Int32Array(1024).fill(NONE);
  #lows = new Int32Array(512);
  #highs = new Int32Array(512);
  #filter = new Uint32Array(1);
  #filterShift = 32;
  count = 0;

  /** Number of the gram with this hash for which `isSame(gram, at)` holds, or -1. */
  find(
    low: number,
    high: number,
    isSame: (gram: number, at: number) => boolean,
    at: number,
  ): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = placeOf(low, high, mask); slots[slot]! >= 0; slot = (slot + 1) & mask) {
      const gram = slots[slot]!;
      if (this.#lows[gram] === low && this.#highs[gram] === high && isSame(gram, at)) return gram;
    }
    return NONE;
  }

  /** Adds a gram that `find` did not find; its number. */
  add(low: number, high: number): number {
    if (this.count === this.#lows.length) this.#grow();
    const gram = this.count++;
    this.#lows[gram] = low;
    this.#highs[gram] = high;
    this.#place(gram);
    return gram;
  }

  #place(gram: number): void {
    const mask = this.#slots.length - 1;
    let slot = placeOf(this.#lows[gram]!, this.#highs[gram]!, mask);
    while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.#slots[slot] = gram;
  }

  #grow(): void {
    const [lows, highs] = [this.#lows, this.#highs];
    this.#lows = new Int32Array(lows.length * 2);
    this.#highs = new Int32Array(highs.length * 2);
    this.#lows.set(lows);
    this.#highs.set(highs);
    this.#slots = new Int32Array(this.#lows.length * 2).fill(NONE);
    for (let gram = 0; gram < this.count; gram++) this.#place(gram);
  }

  /** Builds the bits in front; from here on no gram may be added. */
  seal(): void {
    const bits = Math.min(
      31,
      Math.max(10, Math.ceil(Math.log2(1 + this.count * FILTER_BITS_PER_GRAM))),
    );
    this.#filter = new Uint32Array(2 ** (bits - 5));
    this.#filterShift = 32 - bits;
    for (let gram = 0; gram < this.count; gram++) {
      const bit = this.#lows[gram]! >>> this.#filterShift;
      this.#filter[bit >>> 5]! |= 1 << (bit & 31);
    }
  }

  /** False: no gram has this hash. */
  mayHold(low: number): boolean {
    assert(this.#filterShift < 32, 'the table is sealed');
    const bit = low >>> this.#filterShift;
    return ((this.#filter[bit >>> 5]! >>> (bit & 31)) & 1) !== 0;
  }
}

/** Slots follow from both halves, so grams that share the one do not crowd. */
function placeOf(low: number, high: number, mask: number): number {
  const mixed = Math.imul(low ^ (high >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 15)) & mask;
}
