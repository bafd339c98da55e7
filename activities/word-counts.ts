/**
 * Word counts of a shard: which words its usable documents hold, how often, and in which group of
 * documents; and a row per document. A domain's measure is the sum of its shards' counts.
 *
 *   types.parquet      domain, family ('' for human text), language (of human text), word, parts, grp, copies;
 *                      sorted; `parts` > 1 for a term of several words
 *   documents.parquet  domain, family, language, id, grp, words, u, textOffset, textBytes; in the order of the shard
 */
import { join } from 'node:path';
import type { Label } from '../core/schema/label.js';
import { findArtifact } from '../storage/artifact.js';
import { type Build, keptPerBuild, missingArtifact } from './build-context.js';
import { type LabelledShard, openLabelledShards } from './labelled-documents.js';
import { type TermList, termLists } from './term-lists.js';

export const TYPES_FILE = 'types.parquet';
export const WORD_DOCUMENTS_FILE = 'documents.parquet';
/** Family of human text in the tables. */
export const HUMAN = '';
const WORD_COUNTS_VERSION = 'word-counts@1';

export interface TextTally {
  readonly documents: number;
  readonly words: number;
  readonly tokens: number;
}

export const NO_TEXT: TextTally = { documents: 0, words: 0, tokens: 0 };

export function sumOfTexts(a: TextTally, b: TextTally): TextTally {
  return {
    documents: a.documents + b.documents,
    words: a.words + b.words,
    tokens: a.tokens + b.tokens,
  };
}

/** What a shard holds of one domain; text of unknown origin and edited text count as neither human nor synthetic. */
export interface DomainTally {
  readonly labels: Readonly<Partial<Record<Label, TextTally>>>;
  readonly families: Readonly<Record<string, TextTally>>;
  /** Words of human_edited text by direction. */
  readonly editDirections: Readonly<Record<string, number>>;
}

export interface WordCountsSummary {
  readonly domains: Readonly<Record<string, DomainTally>>;
}

export function wordCountsMadeOf(
  build: Build,
  { labels }: LabelledShard,
  lists: readonly TermList[],
): unknown {
  const phrases = [...new Set(lists.flatMap(({ phrases }) => phrases))].sort();
  return {
    activity: WORD_COUNTS_VERSION,
    labels: labels.slice(build.context.workspace.length),
    seed: build.recipe.seed,
    phrases,
    unicode: process.versions.unicode ?? '',
  };
}

export interface WordCounts {
  readonly shard: LabelledShard;
  readonly key: string;
  readonly types: string;
  readonly documents: string;
  readonly summary: WordCountsSummary;
}

/** Word counts of all shards, every one of which must have been made. */
export const openWordCounts = keptPerBuild(findWordCounts);

async function findWordCounts(build: Build): Promise<WordCounts[]> {
  const { workspace } = build.context;
  const lists = await termLists(build);
  const counts: WordCounts[] = [];
  for (const shard of await openLabelledShards(build)) {
    const madeOf = wordCountsMadeOf(build, shard, lists);
    const record = await findArtifact({ workspace, kind: 'word-counts', madeOf });
    if (record === null) throw missingArtifact('word counts', shard.profile.shard.pinned.file);
    const at = (name: string) => join(workspace, record.files[name]!.path);
    counts.push({
      ...{ shard, key: record.key, types: at(TYPES_FILE), documents: at(WORD_DOCUMENTS_FILE) },
      summary: record.summary as WordCountsSummary,
    });
  }
  return counts;
}

/** Text of one domain in a shard that people wrote, wholly or partly. */
export function wordsOfPeople({ summary }: WordCounts, domain: string): TextTally {
  const labels = summary.domains[domain]?.labels ?? {};
  return labels.human_authored ?? NO_TEXT;
}
