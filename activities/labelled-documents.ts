/** Documents with their labels: two column files of one shard, batch beside batch. */
import { join } from 'node:path';
import { type Facets, hostOf } from '../core/plan/facets.js';
import { assert } from '../core/schema/failure.js';
import type { StratumKey } from '../core/schema/plan.js';
import { findArtifact } from '../storage/artifact.js';
import { readColumns } from '../storage/columns.js';
import {
  type Build,
  keptPerBuild,
  missingArtifact,
  openProfiles,
  type ShardProfile,
} from './build-context.js';
import { calibrationKey } from './calibration.js';
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
    shards.push({ profile, labels, summary: record.summary as LabelSummary });
  }
  return shards;
}

export interface LabelledBatch {
  readonly length: number;
  readonly documents: DocumentColumns;
  readonly labels: LabelColumns;
  /** Whether the previous version held the row as human text. */
  readonly anchored: (row: number) => boolean;
}

export async function* labelledBatches(shard: LabelledShard): AsyncGenerator<LabelledBatch> {
  const labels = readColumns(shard.labels);
  try {
    for await (const batch of readColumns(shard.profile.documents)) {
      const beside = await labels.next();
      assert(
        !beside.done && beside.value.length === batch.length,
        'labels and profile differ in batches',
      );
      yield {
        length: batch.length,
        documents: documentColumns(batch),
        labels: labelColumns(beside.value),
        anchored: () => false,
      };
    }
  } finally {
    await labels.return(undefined);
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
