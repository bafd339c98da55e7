/** Small texts for the n-gram loop, and its probabilities once more from the textbook, with maps and loops. */
import { derive } from '../core/random/draw.js';
import { RandomStream } from '../core/random/stream.js';
import type { WordSample } from '../core/schema/risk.js';
import { fitTables } from '../core/simulate/ngram/fit.js';
import { createTables, type NgramTables, type Order } from '../core/simulate/ngram/tables.js';

/** Tables of a text of word codes. */
export function tablesOf(words: readonly number[], vocabulary: number, order: Order): NgramTables {
  const tables = createTables(vocabulary, words.length);
  fitTables(tables, Int32Array.from(words), words.length, order);
  return tables;
}

/** Words of a skewed law with some memory: about Zipf, and now and then the follower of the last word. */
export function chainWords(count: number, vocabulary: number, stream: RandomStream): number[] {
  const words: number[] = [];
  let last = 0;
  for (let i = 0; i < count; i++) {
    const isFollower = stream.uniform() < 0.4;
    last = isFollower
      ? (last * 7 + 3) % vocabulary
      : Math.floor(vocabulary ** stream.uniform() - 1) % vocabulary;
    words.push(last);
  }
  return words;
}

/** A sample of documents of about 60 words. */
export function chainSample(documents: number, vocabulary: number, seed: number): WordSample {
  const stream = new RandomStream(derive(seed, 'test sample'));
  return {
    domain: 'made up',
    vocabulary: Array.from({ length: vocabulary }, (_, i) => `w${i}`),
    documents: Array.from({ length: documents }, (_, d) => ({
      ...{ id: `d${d}`, language: 'x' },
      words: chainWords(20 + stream.below(80), vocabulary, stream),
    })),
  };
}

/** Interpolated Kneser-Ney of a circular text as in Chen and Goodman (1999), by counting in maps. */
export class Textbook {
  readonly #words: readonly number[];
  readonly #discount: number;
  readonly #trigrams = new Map<string, number>();
  readonly #bigrams = new Map<string, number>();

  constructor(words: readonly number[], discount: number) {
    this.#words = words;
    this.#discount = discount;
    const n = words.length;
    words.forEach((u, i) => {
      const [v, w] = [words[(i + 1) % n]!, words[(i + 2) % n]!];
      add(this.#bigrams, `${u} ${v}`);
      add(this.#trigrams, `${u} ${v} ${w}`);
    });
  }

  /** P(w) by distinct bigrams that end in w; `outcomes` spreads the discounted mass, null discounts nothing. */
  lowest(w: number, outcomes: number | null): number {
    const types = [...this.#bigrams.keys()];
    const count = types.filter((key) => key.endsWith(` ${w}`)).length;
    if (outcomes === null) return count / types.length;
    const seen = new Set(this.#words).size;
    const spread = (this.#discount * seen) / types.length / outcomes;
    return Math.max(count - this.#discount, 0) / types.length + spread;
  }

  /** P(w) by copies. */
  unigram(w: number, outcomes: number | null): number {
    const n = this.#words.length;
    const count = this.#words.filter((word) => word === w).length;
    if (outcomes === null) return count / n;
    const seen = new Set(this.#words).size;
    return (Math.max(count - this.#discount, 0) + (this.#discount * seen) / outcomes) / n;
  }

  /** P(w | v) by copies of (v, w): the highest order of a bigram model. */
  bigram(v: number, w: number, outcomes: number | null): number {
    const counts = startingWith(this.#bigrams, `${v} `);
    return this.#interpolate(counts, `${v} ${w}`, this.lowest(w, outcomes));
  }

  /** P(w | v) by distinct trigrams (., v, w). */
  continuation(v: number, w: number, outcomes: number | null): number {
    const counts = new Map<string, number>();
    for (const key of this.#trigrams.keys()) {
      const [, middle, last] = key.split(' ');
      if (middle === String(v)) add(counts, `${middle} ${last}`);
    }
    return this.#interpolate(counts, `${v} ${w}`, this.lowest(w, outcomes));
  }

  trigram(u: number, v: number, w: number, outcomes: number | null): number {
    const counts = startingWith(this.#trigrams, `${u} ${v} `);
    return this.#interpolate(counts, `${u} ${v} ${w}`, this.continuation(v, w, outcomes));
  }

  #interpolate(counts: ReadonlyMap<string, number>, key: string, lower: number): number {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (total === 0) return lower;
    const kept = Math.max((counts.get(key) ?? 0) - this.#discount, 0);
    return (kept + this.#discount * counts.size * lower) / total;
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function startingWith(counts: ReadonlyMap<string, number>, prefix: string): Map<string, number> {
  return new Map([...counts].filter(([key]) => key.startsWith(prefix)));
}
