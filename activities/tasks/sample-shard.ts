/**
 * Counts the words of one shard's usable documents by domain, kind of text and group of documents, and lists
 * its documents with their draws: all that the measures of the domains need to know of its texts.
 */
import { join } from 'node:path';
import { familyOf } from '../../core/plan/stratum.js';
import { draw, type Key } from '../../core/random/draw.js';
import { assert } from '../../core/schema/failure.js';
import { groupKey, groupOf, sampleKey } from '../../core/simulate/measure/groups.js';
import { type PhraseFinder, phraseFinder } from '../../core/simulate/measure/phrases.js';
import { wordsOf } from '../../core/simulate/measure/words.js';
import { type DuckDBConnection, quote, withDuckDb, writeParquet } from '../../engines/duckdb.js';
import { type ArtifactRecord, type Made, makeArtifact } from '../../storage/artifact.js';
import { makeScratch } from '../../storage/workspace.js';
import { type BuildContext, openBuild } from '../build-context.js';
import { AVAILABLE } from '../label-columns.js';
import {
  type LabelledBatch,
  type LabelledShard,
  openLabelledShards,
} from '../labelled-documents.js';
import { labelledTexts } from '../labelled-texts.js';
import { termLists } from '../term-lists.js';
import { HUMAN, TYPES_FILE, WORD_DOCUMENTS_FILE, wordCountsMadeOf } from '../word-counts.js';
import { DomainTallies } from './domain-tallies.js';
import { TypeCounter } from './type-counter.js';
import { WordDocuments } from './word-documents.js';

export interface SampleInput {
  readonly context: BuildContext;
  readonly shard: number;
}

const MEMORY_MEGABYTES = 512;

/** Counts documents one by one. */
class ShardCounter {
  readonly #types: TypeCounter;
  readonly #documents: WordDocuments;
  readonly #tallies = new DomainTallies();
  readonly #phrasesIn: PhraseFinder;
  readonly #groupKey: Key;
  readonly #sampleKey: Key;

  constructor(
    tables: { types: TypeCounter; documents: WordDocuments },
    phrasesIn: PhraseFinder,
    { seed, source }: { seed: number; source: string },
  ) {
    this.#types = tables.types;
    this.#documents = tables.documents;
    this.#phrasesIn = phrasesIn;
    this.#groupKey = groupKey(seed, source);
    this.#sampleKey = sampleKey(seed, source);
  }

  add({ documents, labels }: LabelledBatch, row: number, text: string): void {
    const [domain, label, tokens] = [labels.domain(row), labels.label(row), documents.tokens[row]!];
    const words = wordsOf(text);
    const isOfPeople = label === 'human_authored';
    const family = isOfPeople ? HUMAN : familyOf({ modelFamily: labels.modelFamily(row) });
    const text_ = { documents: 1, words: words.length, tokens };
    this.#tallies.add({ domain, label, family, text: text_, direction: labels.editDirection(row) });
    if (label === 'unknown' || label === 'human_edited') return;
    const id = documents.id(row);
    const group = groupOf(this.#groupKey, id);
    const language = isOfPeople ? primaryLanguage(labels.language(row)) : '';
    const phrases = isOfPeople ? this.#phrasesIn(words) : [];
    this.#types.add({ domain, family, language }, group, words, phrases);
    this.#documents.add({
      ...{ domain, family, language, id, group, words: words.length },
      u: draw(this.#sampleKey, id),
      ...{ textOffset: documents.textOffsets[row]!, textBytes: documents.textBytes[row]! },
    });
  }

  summary() {
    return this.#tallies.summary();
  }
}

/** `en` of `en-GB`: spellings of one language are no group of their own. */
function primaryLanguage(tag: string): string {
  return tag.toLowerCase().split(/[-_]/)[0]!;
}

async function countTexts(
  shard: LabelledShard,
  counter: ShardCounter,
  progress: Float64Array,
): Promise<void> {
  for await (const { batch, bytes } of labelledTexts(shard, progress))
    for (let row = 0; row < batch.length; row++)
      if (batch.labels.outcome(row) === AVAILABLE)
        counter.add(batch, row, bytes(row).toString('utf8'));
}

async function rowsOf(connection: DuckDBConnection, path: string): Promise<number> {
  const [row] = (await connection.runAndReadAll(`select count(*) from ${quote(path)}`)).getRows();
  return Number(row![0]);
}

export async function run(
  { context, shard: index }: SampleInput,
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const build = await openBuild(context);
  const shard = (await openLabelledShards(build))[index];
  assert(shard !== undefined, `no shard ${index}`);
  const lists = await termLists(build);
  const madeOf = wordCountsMadeOf(build, shard, lists);
  const { workspace, buildId } = context;
  const scratch = await makeScratch(workspace, buildId);
  const make = (folder: string): Promise<Made> =>
    withDuckDb({ memoryMegabytes: MEMORY_MEGABYTES, scratch }, async (connection) => {
      const types = await TypeCounter.create(connection);
      const documents = await WordDocuments.create(connection);
      const phrasesIn = phraseFinder([...new Set(lists.flatMap(({ phrases }) => phrases))]);
      const source = shard.profile.shard.source.name;
      const place = { seed: build.recipe.seed, source };
      const counter = new ShardCounter({ types, documents }, phrasesIn, place);
      await countTexts(shard, counter, progress);
      const rows: Record<string, number> = {};
      for (const [name, query] of [
        [TYPES_FILE, types.close()],
        [WORD_DOCUMENTS_FILE, documents.close()],
      ] as const) {
        const path = join(folder, name);
        await writeParquet(connection, { query, path, compression: 'zstd', metadata: {} });
        rows[name] = await rowsOf(connection, path);
      }
      return { rows, summary: counter.summary() };
    });
  return makeArtifact({ workspace, buildId, kind: 'word-counts', madeOf }, make);
}
