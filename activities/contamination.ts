/** Benchmark items found in a build's documents, shard by shard. */
import type { ContaminationHit } from '../core/schema/contamination.js';
import type { Build } from './build-context.js';

/** Hits by row of the shard; rows without any are absent. */
export type ShardContamination = ReadonlyMap<number, readonly ContaminationHit[]>;

const NONE: ShardContamination = new Map();

/** Hits of one shard, which must have been screened; none where the recipe names no benchmark. */
export async function readContamination(build: Build, _shard: number): Promise<ShardContamination> {
  if (build.recipe.benchmarks.length === 0) return NONE;
  throw new Error('assertion failed: benchmarks were not screened');
}

/** Content addresses of the screenings of all shards. */
export function contaminationKeys(_build: Build): string[] {
  return [];
}

/** Names of the benchmarks whose hits drop a document: 13-grams and whole items. */
export function droppedBy(build: Build, hits: readonly ContaminationHit[]): string[] {
  const drops = new Set(
    build.recipe.benchmarks.filter(({ action }) => action === 'drop').map(({ name }) => name),
  );
  const found = hits.filter(({ benchmark, kind }) => kind !== '8-gram' && drops.has(benchmark));
  return [...new Set(found.map(({ benchmark }) => benchmark))].sort();
}
