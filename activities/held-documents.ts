/**
 * Human documents that an earlier version held, and where they are in the shards of a build. A document
 * is known by source and id: its text may have changed, it is the same document.
 *
 * `held`: of one published version, a file per source with an entry per document, sorted by the first 16
 * bytes of the SHA-256 of its id, so that no two ids meet. `anchored`: of one shard, a column beside its profile.
 * Both are artifacts of their own, so labels stay as they are cached whatever the anchor is.
 */
import { join } from 'node:path';
import type { HeldTally } from '../core/mix/anchor-account.js';
import { assert } from '../core/schema/failure.js';
import type { PublishedMix } from '../core/schema/pins.js';
import { type ArtifactRecord, artifactKey, findArtifact } from '../storage/artifact.js';
import { type Build, keptPerBuild, missingArtifact, profileKeys } from './build-context.js';

const HELD_VERSION = 'held@1';
const ANCHORED_VERSION = 'anchored@1';
export const HELD_KIND = 'held';
export const ANCHORED_KIND = 'anchored';
export const ANCHORED_FILE = 'anchored.arrow';

/** Bytes of an id's digest that are compared. */
export const ID_BYTES = 16;

export interface HeldSummary {
  readonly version: string;
  /** Tokenizer that its tokens were counted by. */
  readonly tokenizer: string;
  readonly documents: number;
  readonly tokens: number;
  /** Sources with human documents; the file of source i is `heldFile(i)`. */
  readonly sources: readonly string[];
  /** Grants as they stand in its rows; entries name them by position. */
  readonly grants: readonly string[];
  readonly tallies: readonly HeldTally[];
}

export interface AnchoredSummary {
  /** Rows of the shard that the version held as human text. */
  readonly documents: number;
}

export function heldFile(source: number): string {
  return `source-${String(source).padStart(5, '0')}.arrow`;
}

export function heldMadeOf({ manifestSha256 }: PublishedMix): unknown {
  return { activity: HELD_VERSION, manifestSha256 };
}

/** The version whose human text is to stay; null where there is none. */
export function anchorOf(build: Build): PublishedMix | null {
  return build.pins.previous?.anchor ?? null;
}

/** What an earlier version held, which must have been read; null where nothing is to stay. */
export const openHeld = keptPerBuild(
  async (build): Promise<{ record: ArtifactRecord; summary: HeldSummary } | null> => {
    const anchor = anchorOf(build);
    if (anchor === null) return null;
    const { workspace } = build.context;
    const record = await findArtifact({
      ...{ workspace, kind: HELD_KIND },
      madeOf: heldMadeOf(anchor),
    });
    if (record === null) throw missingArtifact('documents held', anchor.version);
    return { record, summary: record.summary as HeldSummary };
  },
);

export function anchoredMadeOf(build: Build, shard: number): unknown {
  const anchor = anchorOf(build);
  assert(anchor !== null, 'a build without an anchor looks for no documents of it');
  return {
    activity: ANCHORED_VERSION,
    held: artifactKey(heldMadeOf(anchor)),
    source: build.shards[shard]!.source.name,
    profile: profileKeys(build)[shard],
  };
}

export interface AnchoredShard {
  readonly key: string;
  readonly path: string;
}

/** The column of one shard, which must have been made; null where nothing is to stay. */
export async function findAnchored(build: Build, shard: number): Promise<AnchoredShard | null> {
  if (anchorOf(build) === null) return null;
  const { workspace } = build.context;
  const madeOf = anchoredMadeOf(build, shard);
  const record = await findArtifact({ workspace, kind: ANCHORED_KIND, madeOf });
  if (record === null)
    throw missingArtifact('anchored documents', build.shards[shard]!.pinned.file);
  return { key: record.key, path: join(workspace, record.files[ANCHORED_FILE]!.path) };
}
