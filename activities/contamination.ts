/**
 * Benchmark items found in a build's documents. An artifact holds the hits of one benchmark in one
 * shard, so a new benchmark is searched for by itself, and a changed shard in itself.
 */
import { join } from 'node:path';
import {
  ITEM_WORDS_LEAST,
  isContamination,
  STRONG_GRAM_WORDS,
  TELLING_WORDS_LEAST,
  WEAK_GRAM_WORDS,
} from '../core/label/contamination-rule.js';
import type { ContaminationHit } from '../core/schema/contamination.js';
import { assert } from '../core/schema/failure.js';
import type { PinnedShard } from '../core/schema/pins.js';
import type { Benchmark } from '../core/schema/recipe.js';
import type { Coverage } from '../engines/ngram/ngram-screen.js';
import { artifactKey, findArtifact } from '../storage/artifact.js';
import { readColumns } from '../storage/columns.js';
import { digestOf } from '../storage/digest.js';
import { type Build, type BuildShard, missingArtifact, profileKeys } from './build-context.js';

export const HITS_FILE = 'hits.arrow';
/** Changes whenever the same document and items may give other hits. */
const CONTAMINATION_VERSION = 'contamination@1';

export interface ContaminationSummary {
  readonly coverage: Coverage;
  /** Documents with a hit, and those that are contaminated. */
  readonly documentsFound: number;
  readonly documentsContaminated: number;
}

/** Hits by row of the shard; rows without any are absent. */
export type ShardContamination = ReadonlyMap<number, readonly ContaminationHit[]>;

export interface PinnedBenchmark {
  readonly benchmark: Benchmark;
  readonly file: PinnedShard;
}

/** The benchmarks of a build with their pinned files, in recipe order. */
export function pinnedBenchmarks({ recipe, pins }: Build): PinnedBenchmark[] {
  return recipe.benchmarks.map((benchmark) => {
    const pinned = pins.benchmarks.find(({ name }) => name === benchmark.name);
    assert(pinned !== undefined, `benchmark ${benchmark.name} is pinned`);
    return { benchmark, file: pinned.file };
  });
}

/** What the hits of one benchmark in one shard are made of. */
export function contaminationMadeOf(
  profileKey: string,
  { benchmark: { name, fields }, file: { sha256, format } }: PinnedBenchmark,
): unknown {
  return {
    activity: CONTAMINATION_VERSION,
    profile: profileKey,
    benchmark: { name, fields, sha256, format },
    rule: { STRONG_GRAM_WORDS, WEAK_GRAM_WORDS, ITEM_WORDS_LEAST, TELLING_WORDS_LEAST },
    // What is a letter is what this runtime's Unicode says.
    unicode: process.versions.unicode ?? '',
  };
}

async function openHits(build: Build, shard: BuildShard, pinned: PinnedBenchmark) {
  const { workspace } = build.context;
  const madeOf = contaminationMadeOf(profileKeys(build)[shard.index]!, pinned);
  const record = await findArtifact({ workspace, kind: 'contamination', madeOf });
  if (record === null) throw missingArtifact(`hits of ${pinned.benchmark.name}`, shard.pinned.file);
  return record;
}

/** Hits of one shard, which must have been screened; none where the recipe names no benchmark. */
export async function readContamination(build: Build, shard: number): Promise<ShardContamination> {
  const found = new Map<number, ContaminationHit[]>();
  for (const pinned of pinnedBenchmarks(build)) {
    const record = await openHits(build, build.shards[shard]!, pinned);
    for await (const batch of readColumns(
      join(build.context.workspace, record.files[HITS_FILE]!.path),
    )) {
      const [rows, hits] = [batch.u32('row'), batch.text('hits')];
      for (let i = 0; i < batch.length; i++) {
        const known = found.get(rows[i]!) ?? [];
        found.set(rows[i]!, [...known, ...(JSON.parse(hits(i)) as ContaminationHit[])]);
      }
    }
  }
  return found;
}

/** How much of a benchmark was looked for, as the screening of the first shard says. */
export async function coverageOf(build: Build, pinned: PinnedBenchmark): Promise<Coverage> {
  const record = await openHits(build, build.shards[0]!, pinned);
  return (record.summary as ContaminationSummary).coverage;
}

const knownKeys = new WeakMap<readonly BuildShard[], string[]>();

/** Content addresses of the screenings of all shards; none where the recipe names no benchmark. */
export function contaminationKeys(build: Build): string[] {
  if (build.recipe.benchmarks.length === 0) return [];
  const known = knownKeys.get(build.shards);
  if (known !== undefined) return known;
  const pinned = pinnedBenchmarks(build);
  const keys = profileKeys(build).map((profileKey) =>
    digestOf(pinned.map((one) => artifactKey(contaminationMadeOf(profileKey, one)))),
  );
  knownKeys.set(build.shards, keys);
  return keys;
}

/** Names of the benchmarks whose hits drop a document: 13-grams and whole items. */
export function droppedBy(build: Build, hits: readonly ContaminationHit[]): string[] {
  if (hits.length === 0) return [];
  const drops = new Set(
    build.recipe.benchmarks.filter(({ action }) => action === 'drop').map(({ name }) => name),
  );
  const found = hits.filter((hit) => isContamination(hit) && drops.has(hit.benchmark));
  return [...new Set(found.map(({ benchmark }) => benchmark))].sort();
}
