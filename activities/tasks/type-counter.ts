/**
 * Copies of every word by domain, family, language and group of documents. Memory holds at most a million types;
 * more are handed to the database, which sums them up and spills.
 */
import { assert } from '../../core/schema/failure.js';
import { GROUPS } from '../../core/simulate/measure/groups.js';
import {
  CHUNK_ROWS,
  type DuckDBConnection,
  RowSink,
  type TableColumn,
} from '../../engines/duckdb.js';

/** Whose words they are. */
export interface Bucket {
  readonly domain: string;
  readonly family: string;
  readonly language: string;
}

const TYPES_HELD = 1_000_000;
const TABLE = 'counted';
const COLUMNS: readonly TableColumn[] = [
  ...(['domain', 'family', 'language', 'word'] as const).map((name) => ({
    name,
    type: 'text' as const,
  })),
  ...(['parts', 'grp', 'copies'] as const).map((name) => ({ name, type: 'integer' as const })),
];
/** Engines cut a long word out of its text without copying, and keep the text with it. */
const WORD_CUT_LEAST = 13;

/** The word, without the text that it was cut from. */
export function ownCopy(word: string): string {
  if (word.length < WORD_CUT_LEAST) return word;
  return Buffer.from(word, 'utf16le').toString('utf16le');
}

/** Types of one bucket: `counts[20 type + group]`. */
class BucketTypes {
  readonly types = new Map<string, number>();
  counts = new Uint32Array(GROUPS * 1024);

  /** Whether the word is new here. */
  add(word: string, group: number): boolean {
    const known = this.types.get(word);
    const type = known ?? this.types.size;
    if (known === undefined) this.#insert(word, type);
    const at = type * GROUPS + group;
    this.counts[at] = this.counts[at]! + 1;
    return known === undefined;
  }

  #insert(word: string, type: number): void {
    this.types.set(ownCopy(word), type);
    if ((type + 1) * GROUPS <= this.counts.length) return;
    const grown = new Uint32Array(this.counts.length * 2);
    grown.set(this.counts);
    this.counts = grown;
  }
}

export class TypeCounter {
  readonly #sink: RowSink;
  readonly #held: number;
  readonly #buckets = new Map<string, { bucket: Bucket; its: BucketTypes }>();
  #types = 0;

  private constructor(sink: RowSink, held: number) {
    this.#sink = sink;
    this.#held = held;
  }

  /** `held`: types in memory before they are handed on. */
  static async create(connection: DuckDBConnection, held = TYPES_HELD): Promise<TypeCounter> {
    return new TypeCounter(await RowSink.create(connection, TABLE, COLUMNS), held);
  }

  /** Counts words and terms of several words of one document. */
  add(bucket: Bucket, group: number, words: readonly string[], phrases: readonly string[]): void {
    const key = `${bucket.domain}\u001f${bucket.family}\u001f${bucket.language}`;
    const found = this.#buckets.get(key) ?? { bucket, its: new BucketTypes() };
    this.#buckets.set(key, found);
    for (const word of words) if (found.its.add(word, group)) this.#types++;
    for (const phrase of phrases) if (found.its.add(phrase, group)) this.#types++;
    if (this.#types > this.#held) this.#flush();
  }

  #flush(): void {
    for (const { bucket, its } of this.#buckets.values()) {
      const rows = new Rows(this.#sink, bucket);
      for (const [word, type] of its.types)
        for (let group = 0; group < GROUPS; group++) {
          const copies = its.counts[type * GROUPS + group]!;
          if (copies > 0) rows.add(word, group, copies);
        }
      rows.flush();
    }
    this.#buckets.clear();
    this.#types = 0;
  }

  /** Hands on the rest; the answer is the query of all sums in the order of their keys. */
  close(): string {
    this.#flush();
    this.#sink.close();
    const keys = 'domain, family, language, word, parts, grp';
    return `select ${keys}, sum(copies)::bigint as copies from ${TABLE} group by all order by ${keys}`;
  }
}

/** Rows of one bucket on their way to the database, chunk by chunk. */
class Rows {
  readonly #sink: RowSink;
  readonly #bucket: Bucket;
  #words: string[] = [];
  #parts: number[] = [];
  #groups: number[] = [];
  #copies: number[] = [];

  constructor(sink: RowSink, bucket: Bucket) {
    this.#sink = sink;
    this.#bucket = bucket;
  }

  add(word: string, group: number, copies: number): void {
    assert(copies < 2 ** 31, 'copies of a word in one shard fit 31 bits');
    this.#words.push(word);
    this.#parts.push(word.split(' ').length);
    this.#groups.push(group);
    this.#copies.push(copies);
    if (this.#words.length === CHUNK_ROWS) this.flush();
  }

  flush(): void {
    const { length } = this.#words;
    const { domain, family, language } = this.#bucket;
    const same = [domain, family, language].map((text) => new Array<string>(length).fill(text));
    this.#sink.append([...same, this.#words, this.#parts, this.#groups, this.#copies]);
    [this.#words, this.#parts, this.#groups, this.#copies] = [[], [], [], []];
  }
}
