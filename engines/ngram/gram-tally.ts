/** Distinct grams of one document found in each field, and the longest run of them. */
import type { GramIndex } from './gram-index.js';

export class GramTally {
  readonly #index: GramIndex;
  /** Document in which each gram was last seen. */
  readonly #seen: Uint32Array;
  #document = 1;
  readonly #found: Uint32Array;
  /** Run under way and longest run per field: [first, last] places of grams. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #bestFirst: Int32Array;
  readonly #bestLast: Int32Array;
  #at = 0;
  /** Fields found in this document, in order of their first gram. */
  touched: number[] = [];

  constructor(index: GramIndex) {
    const fields = index.totals.length;
    this.#index = index;
    this.#seen = new Uint32Array(index.count);
    this.#found = new Uint32Array(fields);
    this.#first = new Int32Array(fields);
    this.#last = new Int32Array(fields);
    this.#bestFirst = new Int32Array(fields);
    this.#bestLast = new Int32Array(fields);
  }

  /** Forgets the document before. */
  reset(): void {
    for (const field of this.touched) this.#found[field] = 0;
    this.touched = [];
    this.#document++;
  }

  /** Counts a gram that starts at word `at`; its second occurrence counts nothing. */
  add(gram: number, at: number): void {
    if (this.#seen[gram] === this.#document) return;
    this.#seen[gram] = this.#document;
    this.#at = at;
    this.#index.eachField(gram, this.#count);
  }

  readonly #count = (field: number): void => {
    const at = this.#at;
    const isFirst = this.#found[field]!++ === 0;
    if (isFirst) this.touched.push(field);
    if (isFirst || this.#last[field] !== at - 1) this.#first[field] = at;
    this.#last[field] = at;
    const best = this.#bestLast[field]! - this.#bestFirst[field]!;
    if (!isFirst && at - this.#first[field]! <= best) return;
    this.#bestFirst[field] = this.#first[field]!;
    this.#bestLast[field] = at;
  };

  has(field: number): boolean {
    return this.#found[field]! > 0;
  }

  /** Share of the field's grams that stand in the document. */
  ratio(field: number): number {
    return this.#found[field]! / this.#index.totals[field]!;
  }

  /** First and last word of the longest run of grams. */
  run(field: number): readonly [first: number, last: number] {
    return [this.#bestFirst[field]!, this.#bestLast[field]! + this.#index.size - 1];
  }
}
