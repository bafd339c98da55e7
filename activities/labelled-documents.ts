/** Documents with their labels: two column files of one shard, batch beside batch. */
import { join } from 'node:path';
import { isHuman } from '../core/mix/anchor-account.js';
import { type Facets, hostOf } from '../core/plan/facets.js';
import { assert } from '../core/schema/failure.js';
import type { StratumKey } from '../core/schema/plan.js';
import { findArtifact } from '../storage/artifact.js';
import { type Columns, readColumns } from '../storage/columns.js';
import { digestOf } from '../storage/digest.js';
import {
  type Build,
  keptPerBuild,
  missingArtifact,
  openProfiles,
  type ShardProfile,
} from './build-context.js';
import { calibrationKey } from './calibration.js';
import { type AnchoredShard, findAnchored } from './held-documents.js';
import {
  LABELS_FILE,
  type LabelColumns,
  type LabelSummary,
  labelColumns,
  labelsMadeOf,
} from './label-columns.js';
import { openClusters } from './open-clusters.js';
import { type DocumentColumns, documentColumns } from './profile-columns.js';

export interface LabelledShard {
  readonly profile: ShardProfile;
  readonly labels: string;
  readonly summary: LabelSummary;
  /** Where its anchored documents stand; null where the build has no anchor. */
  readonly anchored: AnchoredShard | null;
}

/** Digest of what the shards hold: labels, and which documents are anchored. */
export function labelledDigest(build: Build, shards: readonly LabelledShard[]): string {
  const { workspace } = build.context;
  const labels = shards.map((shard) => shard.labels.slice(workspace.length));
  const anchored = shards.flatMap((shard) => (shard.anchored === null ? [] : [shard.anchored.key]));
  return digestOf([...labels, ...anchored]);
}

/** All shards with their labels, every one of which must have been made. */
export const openLabelledShards = keptPerBuild(findLabelledShards);

async function findLabelledShards(build: Build): Promise<LabelledShard[]> {
  const profiles = await openProfiles(build);
  const clusters = await openClusters(build);
  const { workspace } = build.context;
  const shards: LabelledShard[] = [];
  for (const profile of profiles) {
    const madeOf = labelsMadeOf(build, profile.shard, {
      profileKey: profile.key,
      clustersKey: clusters.key,
      calibrationKey: await calibrationKey(build),
    });
    const record = await findArtifact({ workspace, kind: 'labels', madeOf });
    if (record === null) throw missingArtifact('labels', profile.shard.pinned.file);
    const labels = join(workspace, record.files[LABELS_FILE]!.path);
    const anchored = await findAnchored(build, profile.shard.index);
    shards.push({ profile, labels, summary: record.summary as LabelSummary, anchored });
  }
  return shards;
}

export interface LabelledBatch {
  readonly length: number;
  readonly documents: DocumentColumns;
  readonly labels: LabelColumns;
  /** Tokens that the anchor's version held of the row as human text; 0 where it held none. */
  readonly heldTokens: (row: number) => number;
  /** Position of the grant that it was held under. */
  readonly heldGrant: (row: number) => number;
  /** Whether it was held, and is human text still. */
  readonly anchored: (row: number) => boolean;
}

const NONE = () => 0;

/** Columns of a file that stands beside the profile, batch by batch. */
async function nextBeside(
  beside: AsyncGenerator<Columns>,
  rows: number,
  what: string,
): Promise<Columns> {
  const next = await beside.next();
  assert(!next.done && next.value.length === rows, `${what} and profile differ in batches`);
  return next.value;
}

export async function* labelledBatches(shard: LabelledShard): AsyncGenerator<LabelledBatch> {
  const labels = readColumns(shard.labels);
  const held = shard.anchored === null ? null : readColumns(shard.anchored.path);
  try {
    for await (const batch of readColumns(shard.profile.documents)) {
      const { length } = batch;
      const columns = labelColumns(await nextBeside(labels, length, 'labels'));
      const beside = held === null ? null : await nextBeside(held, length, 'held documents');
      const [tokens, grants] = [beside?.u32('heldTokens'), beside?.u32('heldGrant')];
      const heldTokens = tokens === undefined ? NONE : (row: number) => tokens[row]!;
      yield {
        length,
        documents: documentColumns(batch),
        labels: columns,
        heldTokens,
        heldGrant: grants === undefined ? NONE : (row) => grants[row]!,
        anchored: (row) => heldTokens(row) > 0 && isHuman(columns.label(row)),
      };
    }
  } finally {
    await labels.return(undefined);
    await held?.return(undefined);
  }
}

/** The stratum of one row. */
export function stratumKeyOf(
  source: string,
  { documents, labels, anchored }: LabelledBatch,
  row: number,
  facets: Facets,
): StratumKey {
  return {
    source,
    domain: labels.domain(row),
    label: labels.label(row),
    modelFamily: labels.modelFamily(row),
    grantId: labels.grantId(row),
    lineageDepth: labels.lineageDepths[row]!,
    site: facets.site(hostOf(documents.url(row))),
    language: facets.language(labels.language(row)),
    anchored: anchored(row),
  };
}
