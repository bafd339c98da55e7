/** Matches of a build's documents with own outputs, shard by shard. */
import { join } from 'node:path';
import type { OwnOutputHit } from '../core/schema/own-output.js';
import { artifactKey, findArtifact } from '../storage/artifact.js';
import { readColumns } from '../storage/columns.js';
import { type Build, missingArtifact, profileKeys } from './build-context.js';
import { indexMadeOf } from './own-output-index.js';

const MATCHES_VERSION = 'matches@3';
export const MATCHES_KIND = 'matches';
export const MATCHES_FILE = 'matches.arrow';

/** Hits by row of the shard; rows without any are absent. */
export type ShardMatches = ReadonlyMap<number, readonly OwnOutputHit[]>;

export interface MatchSummary {
  readonly documents: number;
  /** Documents with a hit, by the method of their first. */
  readonly matched: Readonly<Record<string, number>>;
}

const NONE: ShardMatches = new Map();

/** Matches of one shard, which must have been made; none where the recipe names no own outputs. */
export async function readMatches(build: Build, shard: number): Promise<ShardMatches> {
  if (build.recipe.ownOutputs.length === 0) return NONE;
  const { workspace } = build.context;
  const madeOf = matchesMadeOf(build, shard);
  const record = await findArtifact({ workspace, kind: MATCHES_KIND, madeOf });
  if (record === null) throw missingArtifact('matches', build.shards[shard]!.pinned.file);
  const matches = new Map<number, OwnOutputHit[]>();
  for await (const batch of readColumns(join(workspace, record.files[MATCHES_FILE]!.path))) {
    const hits = batch.text('hits');
    batch.u32('row').forEach((row, i) => {
      matches.set(row, JSON.parse(hits(i)) as OwnOutputHit[]);
    });
  }
  return matches;
}

export function matchesMadeOf(build: Build, shard: number): unknown {
  return {
    activity: MATCHES_VERSION,
    profile: profileKeys(build)[shard],
    indexes: build.pins.ownOutputs.map(({ name }) => artifactKey(indexMadeOf(build, name))),
  };
}

/** Content addresses of the matches of all shards: part of the address of every label. */
export function matchKeys(build: Build): string[] {
  if (build.recipe.ownOutputs.length === 0) return [];
  return build.shards.map(({ index }) => artifactKey(matchesMadeOf(build, index)));
}
