/**
 * A stream of random numbers for work that draws millions of them: simulations. It is made where it
 * is used, from a key of (seed, purpose, generation, family, ...), so a retry draws the same again and
 * streams of other keys are independent. Never kept in module state, never passed between activities.
 * Generator: sfc32 (C. Doty-Humphrey, PractRand, 2010): 128 bits of state, period at least 2^32.
 */
import type { Key } from './draw.js';

export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor({ hi, lo }: Key) {
    this.#a = hi | 0;
    this.#b = lo | 0;
    this.#c = (hi ^ 0x9e3779b9) | 0;
    for (let i = 0; i < 16; i++) this.uint32();
  }

  /** Uniform whole number in [0, 2^32). */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** Uniform on [0, 1), of 53 bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 67_108_864 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** Uniform whole number in [0, n), 1 <= n <= 2^32; exact: what lies beyond the last whole multiple of n is drawn again. */
  below(n: number): number {
    const limit = 4_294_967_296 - (4_294_967_296 % n);
    let drawn = this.uint32();
    while (drawn >= limit) drawn = this.uint32();
    return drawn % n;
  }
}
