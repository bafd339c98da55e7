/**
 * Finds the items of benchmarks in documents. One pass over a document's words rolls two hashes: of 8
 * words, and of the 5 with which short items begin. A 13-gram can only stand where six 8-grams in a row
 * do, so it is looked up there alone. Every hit of a hash is compared word by word.
 *
 * Cost: linear in the document, whatever the number of items; memory about 100 bytes per distinct gram
 * of the items. Not shared between threads: each makes its own.
 */
import {
  byStrength,
  ITEM_WORDS_LEAST,
  isTelling,
  STRONG_GRAM_WORDS,
  TELLING_WORDS_LEAST,
  WEAK_GRAM_WORDS,
} from '../../core/label/contamination-rule.js';
import type { ContaminationHit } from '../../core/schema/contamination.js';
import { LIMITS } from '../../core/schema/limits.js';
import { GramIndex } from './gram-index.js';
import { Roller } from './gram-table.js';
import { GramTally } from './gram-tally.js';
import { Words } from './words.js';

export interface BenchmarkItem {
  readonly benchmark: string;
  /** Place in the benchmark's file, from 1. */
  readonly item: number;
  readonly fields: readonly { readonly field: string; readonly text: string }[];
}

/** How much of a benchmark can be found at all. */
export interface Coverage {
  readonly items: number;
  /** Fields looked for by 13-grams, by whole match, and by neither. */
  readonly fieldsByGram: number;
  readonly fieldsWhole: number;
  readonly fieldsUnsearched: number;
  /** Items of which no field is looked for: too short, or nothing that tells. */
  readonly itemsUnsearched: number;
}

export interface Screen {
  /** Hits of one document, benchmarks in the order given, in each the strongest first. */
  hitsIn(text: string): ContaminationHit[];
  readonly coverage: ReadonlyMap<string, Coverage>;
}

interface Field {
  readonly benchmark: string;
  readonly item: number;
  readonly field: string;
  readonly ids: Int32Array;
}

/** Six 8-grams in a row hold a 13-gram. */
const RUN_OF_STRONG = STRONG_GRAM_WORDS - WEAK_GRAM_WORDS + 1;

class ScreenBuilder {
  readonly #numbers = new Map<string, number>();
  readonly #vocabulary: string[] = [];
  readonly #telling: boolean[] = [];
  readonly #words = new Words();
  readonly fields: Field[] = [];
  readonly weak = new GramIndex(WEAK_GRAM_WORDS, this.#vocabulary, this.fields, this.#words);
  readonly strong = new GramIndex(STRONG_GRAM_WORDS, this.#vocabulary, this.fields, this.#words);
  /** Beginnings of short items. */
  readonly heads = new GramIndex(ITEM_WORDS_LEAST, this.#vocabulary, this.fields, this.#words);
  readonly coverage = new Map<string, Record<keyof Coverage, number>>();

  add({ benchmark, item, fields }: BenchmarkItem): void {
    const none = { items: 0, fieldsByGram: 0, fieldsWhole: 0, fieldsUnsearched: 0 };
    const coverage = this.coverage.get(benchmark) ?? { ...none, itemsUnsearched: 0 };
    this.coverage.set(benchmark, coverage);
    coverage.items++;
    const how = fields.map(({ field, text }) => this.#addField({ benchmark, item, field }, text));
    for (const key of how) coverage[key]++;
    if (how.every((key) => key === 'fieldsUnsearched')) coverage.itemsUnsearched++;
  }

  #addField(
    place: Omit<Field, 'ids'>,
    text: string,
  ): 'fieldsByGram' | 'fieldsWhole' | 'fieldsUnsearched' {
    const words = this.#words.cut(text);
    const ids = Int32Array.from({ length: words.count }, (_, i) => this.#numberOf(words.word(i)));
    const field = this.fields.length;
    this.fields.push({ ...place, ids });
    this.#addGrams(this.weak, words, field, true);
    if (ids.length >= STRONG_GRAM_WORDS)
      return this.#addGrams(this.strong, words, field, false) > 0
        ? 'fieldsByGram'
        : 'fieldsUnsearched';
    if (this.#tells(ids, 0, ids.length, TELLING_WORDS_LEAST.item)) {
      this.heads.add(words, field, 0, true);
      return 'fieldsWhole';
    }
    return 'fieldsUnsearched';
  }

  /** Adds a field's grams, with `all` those too that are no evidence; how many are. */
  #addGrams(index: GramIndex, words: Words, field: number, all: boolean): number {
    const { ids } = this.fields[field]!;
    let evidence = 0;
    for (let at = 0; at + index.size <= ids.length; at++) {
      const tells = this.#tells(ids, at, at + index.size, TELLING_WORDS_LEAST.gram);
      if (tells) evidence++;
      if (tells || all) index.add(words, field, at, tells);
    }
    return evidence;
  }

  /** True if words [from, to) hold `least` different words that tell something. */
  #tells(ids: Int32Array, from: number, to: number, least: number): boolean {
    let found = 0;
    for (let at = from; at < to && found < least; at++)
      if (this.#telling[ids[at]!] && ids.indexOf(ids[at]!, from) === at) found++;
    return found >= least;
  }

  #numberOf(word: string): number {
    let number = this.#numbers.get(word);
    if (number !== undefined) return number;
    number = this.#vocabulary.push(word) - 1;
    this.#telling.push(isTelling(word));
    this.#numbers.set(word, number);
    return number;
  }

  isWholeAt(words: Words, field: number, start: number): boolean {
    const { ids } = this.fields[field]!;
    if (start + ids.length > words.count) return false;
    return ids.every((id, i) => words.isWord(start + i, this.#vocabulary[id]!));
  }
}

/** The screen of these items; the same hits whatever other items are screened for besides. */
export function createScreen(items: Iterable<BenchmarkItem>): Screen {
  const builder = new ScreenBuilder();
  for (const item of items) builder.add(item);
  const { weak, strong, heads, fields, coverage } = builder;
  for (const index of [weak, strong, heads]) index.seal();
  const tallies = { weak: new GramTally(weak), strong: new GramTally(strong) };
  const whole = new Map<number, number>();
  const words = new Words();

  function scan(text: string): void {
    words.cut(text);
    whole.clear();
    tallies.weak.reset();
    tallies.strong.reset();
    if (heads.count > 0) findShortItems();
    findGrams();
  }

  function findShortItems(): void {
    const roller = new Roller(ITEM_WORDS_LEAST);
    for (let at = 0; at < words.count; at++) {
      roller.roll(words, at);
      const start = at - ITEM_WORDS_LEAST + 1;
      if (start < 0 || !heads.mayHold(roller.low)) continue;
      const gram = heads.find(words, roller.low, roller.high, start);
      if (gram < 0) continue;
      heads.eachField(gram, (field) => {
        if (!whole.has(field) && builder.isWholeAt(words, field, start)) whole.set(field, start);
      });
    }
  }

  function findGrams(): void {
    const roller = new Roller(WEAK_GRAM_WORDS);
    let run = 0;
    for (let at = 0; at < words.count; at++) {
      roller.roll(words, at);
      const start = at - WEAK_GRAM_WORDS + 1;
      if (start < 0) continue;
      const gram = weak.mayHold(roller.low) ? weak.find(words, roller.low, roller.high, start) : -1;
      run = gram < 0 ? 0 : run + 1;
      if (run === 0) continue;
      tallies.weak.add(gram, start);
      if (run < RUN_OF_STRONG) continue;
      const strongStart = at - STRONG_GRAM_WORDS + 1;
      const found = strong.findAt(words, strongStart);
      if (found >= 0) tallies.strong.add(found, strongStart);
    }
  }

  const spanOf = (first: number, last: number): [number, number] => [
    words.starts[first]!,
    words.ends[last]!,
  ];

  function hitOf(field: number, kind: ContaminationHit['kind']): ContaminationHit {
    const { benchmark, item, field: name, ids } = fields[field]!;
    const place = { benchmark, item, field: name, kind };
    if (kind === 'item') {
      const start = whole.get(field)!;
      return { ...place, ratio: 1, span: spanOf(start, start + ids.length - 1) };
    }
    const tally = kind === '13-gram' ? tallies.strong : tallies.weak;
    return { ...place, ratio: tally.ratio(field), span: spanOf(...tally.run(field)) };
  }

  function hits(): ContaminationHit[] {
    const { strong: strongly, weak: weakly } = tallies;
    const rest = weakly.touched.filter((field) => !strongly.has(field) && !whole.has(field));
    return [
      ...[...whole.keys()].map((field) => hitOf(field, 'item')),
      ...strongly.touched.map((field) => hitOf(field, '13-gram')),
      ...rest.map((field) => hitOf(field, '8-gram')),
    ];
  }

  return {
    coverage,
    hitsIn(text) {
      scan(text);
      const found = hits();
      if (found.length === 0) return found;
      return [...coverage.keys()].flatMap((name) =>
        found
          .filter(({ benchmark }) => benchmark === name)
          .sort(byStrength)
          .slice(0, LIMITS.contaminationHits),
      );
    },
  };
}
