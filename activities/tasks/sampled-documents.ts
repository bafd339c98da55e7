/** The human documents of a domain that the n-gram loop gets, as words, in the order of their draws. */
import { type FileHandle, open } from 'node:fs/promises';
import { byCode } from '../../core/plan/stratum.js';
import type { WordSample } from '../../core/schema/risk.js';
import { wordsOf } from '../../core/simulate/measure/words.js';
import { asWritten, type DuckDBConnection, queryRows, quote } from '../../engines/duckdb.js';
import type { MeasureInputs } from '../domain-measures.js';
import { bytesAt } from '../shard-texts.js';
import { HUMAN, type WordCounts } from '../word-counts.js';
import { ownCopy } from './type-counter.js';

interface Sampled {
  readonly source: string;
  readonly id: string;
  readonly language: string;
  readonly u: number;
  readonly words: Uint32Array;
}

/** Numbers words as they come. */
class Vocabulary {
  readonly #numbers = new Map<string, number>();

  number(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(ownCopy(word), this.#numbers.size);
    return this.#numbers.size - 1;
  }

  /** Words in code order, and the place there of every number. */
  sorted(): { words: string[]; places: Uint32Array } {
    const words = [...this.#numbers.keys()].sort();
    const places = new Uint32Array(words.length);
    words.forEach((word, place) => {
      places[this.#numbers.get(word)!] = place;
    });
    return { words, places };
  }
}

async function readShard(
  connection: DuckDBConnection,
  counts: WordCounts,
  { domain, rate }: MeasureInputs,
  vocabulary: Vocabulary,
): Promise<Sampled[]> {
  const sampled: Sampled[] = [];
  const source = counts.shard.profile.shard.source.name;
  const handle = await open(counts.shard.profile.texts, 'r');
  const query = `select ${asWritten('id')}, language, u, textOffset, textBytes
    from read_parquet(${quote(counts.documents)}, hive_partitioning = false)
    where domain = ${quote(domain)} and family = ${quote(HUMAN)} and u < ${quote(String(rate))}::double`;
  try {
    for await (const rows of queryRows(connection, query))
      for (const row of rows)
        sampled.push({
          ...{ source, id: String(row.id), language: String(row.language), u: Number(row.u) },
          words: await readWords(handle, row, vocabulary),
        });
  } finally {
    await handle.close();
  }
  return sampled;
}

async function readWords(
  handle: FileHandle,
  row: Record<string, unknown>,
  vocabulary: Vocabulary,
): Promise<Uint32Array> {
  const bytes = await bytesAt(handle, Number(row.textOffset), Number(row.textBytes));
  return Uint32Array.from(wordsOf(bytes.toString('utf8')), (word) => vocabulary.number(word));
}

/** Words are numbered in code order, documents ordered by their draw, so shards do not matter. */
export async function readWordSample(
  connection: DuckDBConnection,
  inputs: MeasureInputs,
): Promise<WordSample> {
  const sampled: Sampled[] = [];
  const vocabulary = new Vocabulary();
  for (const counts of inputs.counts)
    for (const one of await readShard(connection, counts, inputs, vocabulary)) sampled.push(one);
  sampled.sort((a, b) => a.u - b.u || byCode(a.source, b.source) || byCode(a.id, b.id));
  const { words: names, places } = vocabulary.sorted();
  const documents = sampled.map(({ id, language, words }) => ({
    ...{ id, language },
    words: Array.from(words, (word) => places[word]!),
  }));
  return { domain: inputs.domain, vocabulary: names, documents };
}
