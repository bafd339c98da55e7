/**
 * Exact and near duplicates over all sources:
 * digests -> exact groups -> one document each -> LSH bands -> candidate pairs -> exact Jaccard ->
 * disjoint sets -> a leader and a kept copy per set, and what copies say about each label. The sets
 * do not depend on how the input was sharded. Memory holds one partition of keys, one chunk of pairs, and the duplicates themselves.
 */
import { join } from 'node:path';
import { bucketPairs } from '../../core/cluster/candidates.js';
import { ENTRY_WORDS } from '../../core/cluster/equal-groups.js';
import { UnionFind } from '../../core/cluster/union-find.js';
import { BANDS } from '../../engines/text-kernel.js';
import { type ArtifactRecord, type Made, makeArtifact } from '../../storage/artifact.js';
import { readColumns } from '../../storage/columns.js';
import {
  type Build,
  type BuildContext,
  openBuild,
  openProfiles,
  profileKeys,
  type ShardProfile,
} from '../build-context.js';
import { CLUSTERS_FILE, type ClusterSummary, clustersMadeOf } from '../cluster-columns.js';
import { documentColumns } from '../profile-columns.js';
import { PairVerifier } from './candidate-pairs.js';
import { KeySpill } from './key-spill.js';
import { textKernel } from './profile-shard.js';
import { writeClusters } from './write-clusters.js';

function bigEndian(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  );
}

interface Keys {
  readonly digests: KeySpill;
  readonly bands: KeySpill;
}

/** One pass over all documents: a digest key each, and a key per band where there are words. */
async function collectKeys(profiles: readonly ShardProfile[], keys: Keys): Promise<void> {
  for (const profile of profiles) {
    let document = profile.firstDocument;
    for await (const batch of readColumns(profile.documents)) {
      const { digests, bands, shingleCounts, length } = documentColumns(batch);
      const words = new Uint32Array(bands.buffer, bands.byteOffset, bands.length / 4);
      for (let row = 0; row < length; row++, document++) {
        const at = row * 32;
        const first = bigEndian(digests, at);
        keys.digests.add(
          first,
          bigEndian(digests, at + 4),
          document,
          bigEndian(digests, at + 8),
          bigEndian(digests, at + 12),
        );
        const count = shingleCounts[row]!;
        if (count === 0) continue;
        for (let band = row * BANDS.bandCount; band < (row + 1) * BANDS.bandCount; band++) {
          keys.bands.add(words[band * 2 + 1]!, words[band * 2]!, document, count, first);
        }
      }
    }
  }
}

/** Unites documents of one digest (128 bits compared); returns all but the first of each group. */
function uniteExact(digests: KeySpill, sets: UnionFind): { copies: Set<number>; groups: number } {
  const copies = new Set<number>();
  const originals = new Set<number>();
  for (const { words, positions } of digests.groups()) {
    const byRest = new Map<string, number>();
    for (const position of positions) {
      const at = position * ENTRY_WORDS;
      const document = words[at + 2]!;
      const rest = `${words[at + 3]}.${words[at + 4]}`;
      const original = byRest.get(rest);
      if (original === undefined) {
        byRest.set(rest, document);
        continue;
      }
      sets.union(original, document);
      originals.add(original);
      copies.add(document);
    }
  }
  return { copies, groups: originals.size };
}

interface NearOptions {
  readonly copies: ReadonlySet<number>;
  readonly verifier: PairVerifier;
  readonly jaccard: number;
}

/** Unites near duplicates; returns how many buckets were too large to be compared whole. */
async function uniteNear(
  bands: KeySpill,
  { copies, verifier, jaccard }: NearOptions,
): Promise<number> {
  let bounded = 0;
  for (const { words, positions } of bands.groups()) {
    const members = positions
      .map((position) => position * ENTRY_WORDS)
      .filter((at) => !copies.has(words[at + 2]!))
      .map((at) => ({
        document: words[at + 2]!,
        size: words[at + 3]!,
        digestWord: words[at + 4]!,
      }));
    if (bucketPairs(members, jaccard, (a, b) => verifier.add(a, b))) bounded++;
    if (verifier.isFull) await verifier.verify();
  }
  await verifier.verify();
  return bounded;
}

async function makeClusters(build: Build, folder: string, progress: Float64Array): Promise<Made> {
  const profiles = await openProfiles(build);
  const documents = profiles.reduce((sum, profile) => sum + profile.summary.rowsKept, 0);
  const keys: Keys = {
    digests: new KeySpill({ expected: documents, scratch: folder, name: 'digest' }),
    bands: new KeySpill({ expected: documents * BANDS.bandCount, scratch: folder, name: 'band' }),
  };
  progress[1] = 4;
  await collectKeys(profiles, keys);
  progress[0] = 1;
  const sets = new UnionFind();
  const { copies, groups } = uniteExact(keys.digests, sets);
  progress[0] = 2;
  const kernel = await textKernel({ kind: 'bytes' }, null, null);
  const threshold = build.recipe.nearDuplicates.jaccard;
  const verifier = new PairVerifier({ profiles, kernel, threshold, sets });
  const boundedBuckets = await uniteNear(keys.bands, { copies, verifier, jaccard: threshold });
  progress[0] = 3;
  const found = sets.sets();
  const path = join(folder, CLUSTERS_FILE);
  const { rows, ...counts } = await writeClusters({ build, profiles, kernel, sets: found, path });
  progress[0] = 4;
  const summary: ClusterSummary = {
    documents,
    exactGroups: groups,
    pairsVerified: verifier.verified,
    nearPairs: verifier.near,
    clusters: found.length,
    documentsRemoved: rows - found.length,
    boundedBuckets,
    ...counts,
  };
  return { rows: { [CLUSTERS_FILE]: rows }, summary };
}

export async function run(
  context: BuildContext,
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const build = await openBuild(context);
  const { workspace, buildId } = context;
  const madeOf = clustersMadeOf(build, profileKeys(build));
  return makeArtifact({ workspace, buildId, kind: 'clusters', madeOf }, (folder) =>
    makeClusters(build, folder, progress),
  );
}
