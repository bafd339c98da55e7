/**
 * Which fields of a benchmark's items hold which n-gram. Every gram that is added is known by number;
 * only grams that are evidence lead to fields. A field counts once per gram however often it holds it.
 */
import { GramTable, Roller } from './gram-table.js';
import type { Words } from './words.js';

/** The words of one field of one item, by number in the vocabulary. */
export interface FieldWords {
  readonly ids: Int32Array;
}

export class GramIndex {
  readonly size: number;
  readonly #table = new GramTable();
  readonly #roller: Roller;
  readonly #vocabulary: readonly string[];
  readonly #fields: readonly FieldWords[];
  /** Where each gram was first seen: a field, and the place of its first word there. */
  readonly #seenIn: number[] = [];
  readonly #seenAt: number[] = [];
  readonly #lastField: number[] = [];
  #pairs: number[] = [];
  #offsets = new Uint32Array(1);
  #postings = new Uint32Array(0);
  #totals = new Uint32Array(0);
  #words: Words;

  constructor(
    size: number,
    vocabulary: readonly string[],
    fields: readonly FieldWords[],
    words: Words,
  ) {
    this.size = size;
    this.#roller = new Roller(size);
    this.#vocabulary = vocabulary;
    this.#fields = fields;
    this.#words = words;
  }

  get count(): number {
    return this.#table.count;
  }

  /** Evidential grams of each field: the denominators of ratios. */
  get totals(): Uint32Array {
    return this.#totals;
  }

  /** Adds the gram of `words` that starts at `start`; with `isEvidence` it leads to `field`. */
  add(words: Words, field: number, start: number, isEvidence: boolean): void {
    this.#words = words;
    this.#roller.hashAt(words, start);
    const { low, high } = this.#roller;
    let gram = this.#table.find(low, high, this.#isSame, start);
    if (gram < 0) {
      gram = this.#table.add(low, high);
      this.#seenIn.push(field);
      this.#seenAt.push(start);
      this.#lastField.push(-1);
    }
    if (!isEvidence || this.#lastField[gram] === field) return;
    this.#lastField[gram] = field;
    this.#pairs.push(gram, field);
  }

  /** Sorts fields by gram; nothing may be added after. */
  seal(): void {
    const pairs = this.#pairs;
    const offsets = new Uint32Array(this.count + 1);
    this.#totals = new Uint32Array(this.#fields.length);
    for (let at = 0; at < pairs.length; at += 2) {
      offsets[pairs[at]! + 1]!++;
      this.#totals[pairs[at + 1]!]!++;
    }
    for (let gram = 0; gram < this.count; gram++) offsets[gram + 1]! += offsets[gram]!;
    const next = offsets.slice();
    this.#postings = new Uint32Array(pairs.length / 2);
    for (let at = 0; at < pairs.length; at += 2)
      this.#postings[next[pairs[at]!]!++] = pairs[at + 1]!;
    this.#offsets = offsets;
    this.#pairs = [];
    this.#table.seal();
  }

  /** False: no gram has a hash with this lower half. */
  mayHold(low: number): boolean {
    return this.#table.mayHold(low);
  }

  /** Number of the gram that starts at `start` and has this hash, or -1; the words are compared. */
  find(words: Words, low: number, high: number, start: number): number {
    this.#words = words;
    return this.#table.find(low, high, this.#isSame, start);
  }

  /** The same, for a gram that was not rolled to. */
  findAt(words: Words, start: number): number {
    this.#roller.hashAt(words, start);
    const { low, high } = this.#roller;
    return this.mayHold(low) ? this.find(words, low, high, start) : -1;
  }

  readonly #isSame = (gram: number, start: number): boolean => {
    const { ids } = this.#fields[this.#seenIn[gram]!]!;
    const first = this.#seenAt[gram]!;
    for (let i = 0; i < this.size; i++)
      if (!this.#words.isWord(start + i, this.#vocabulary[ids[first + i]!]!)) return false;
    return true;
  };

  /** Calls `visit` for every field that a gram leads to. */
  eachField(gram: number, visit: (field: number) => void): void {
    for (let at = this.#offsets[gram]!; at < this.#offsets[gram + 1]!; at++)
      visit(this.#postings[at]!);
  }
}
