/** How far do two texts say the same words in the same order? */

/** Places are below this: two fit one exact double. */
const PLACE_STEP = 1 << 20;

/** Pairs of places, and how many of them come in the same order in both texts at most. */
export class Order {
  #pairs = new Float64Array(256);
  #tails = new Uint32Array(256);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  add(place: number, other: number): void {
    if (this.length === this.#pairs.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.#pairs);
      this.#pairs = larger;
      this.#tails = new Uint32Array(2 * this.length);
    }
    this.#pairs[this.length++] = place * PLACE_STEP + other;
  }

  /** Longest increasing subsequence, by patience sorting (Fredman, 1975): n log n. */
  longestRun(): number {
    const pairs = this.#pairs.subarray(0, this.length).sort();
    const tails = this.#tails;
    let longest = 0;
    for (const pair of pairs) {
      const other = pair % PLACE_STEP;
      let low = 0;
      let high = longest;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (tails[middle]! < other) low = middle + 1;
        else high = middle;
      }
      tails[low] = other;
      if (low === longest) longest++;
    }
    return longest;
  }
}
