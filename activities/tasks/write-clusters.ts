/**
 * Judges the disjoint sets and writes a row per member. Sets come in chunks of bounded size: memory
 * holds what is known of a chunk's members, and the shingles of three texts.
 */
import {
  type JudgedCluster,
  judgeCluster,
  type Measure,
} from '../../core/cluster/judge-cluster.js';
import type { ClusterMember } from '../../core/cluster/leader.js';
import { similarityOf, type TextKernel } from '../../engines/text-kernel.js';
import { ColumnWriter } from '../../storage/columns.js';
import type { Build, ShardProfile } from '../build-context.js';
import { type ClusterRow, clusterBatch } from '../cluster-columns.js';
import { createMemberReader } from './member-reader.js';
import { locate, ShingleReader } from './shingle-reader.js';

/** Members of one chunk, or of one set where that has more: about 1 KB each. */
const CHUNK_MEMBERS = 65_536;

export interface WriteClustersOptions {
  readonly build: Build;
  readonly profiles: readonly ShardProfile[];
  readonly kernel: TextKernel;
  /** Each sorted. */
  readonly sets: readonly number[][];
  readonly path: string;
}

export interface ClusterCounts {
  readonly rows: number;
  readonly labelledLost: number;
  readonly templates: number;
  readonly templateDocuments: number;
  readonly chainedDocuments: number;
}

function* chunksOf(sets: readonly number[][]): Generator<number[][]> {
  let chunk: number[][] = [];
  let members = 0;
  for (const set of sets) {
    if (chunk.length > 0 && members + set.length > CHUNK_MEMBERS) {
      yield chunk;
      chunk = [];
      members = 0;
    }
    chunk.push(set);
    members += set.length;
  }
  if (chunk.length > 0) yield chunk;
}

/** Exact similarity of members by their texts, which are read as they are asked for. */
async function measureOf(
  clusters: readonly (readonly ClusterMember[])[],
  { profiles, kernel }: Pick<WriteClustersOptions, 'profiles' | 'kernel'>,
): Promise<{ measure: Measure; close: () => void }> {
  const unequal = clusters.filter((members) =>
    members.some((m) => m.digest !== members[0]!.digest),
  );
  const documents = Uint32Array.from(unequal.flat(), ({ document }) => document).sort();
  const places = await locate(profiles, documents);
  const placeOf = new Map(Array.from(documents, (document, i) => [document, places[i]!]));
  const reader = new ShingleReader(kernel);
  const read = ({ document }: ClusterMember) => reader.read(placeOf.get(document)!);
  /** The last two references: a leader, and the oldest labelled copy. */
  const held = new Map<number, BigUint64Array>();
  const shinglesOf = (reference: ClusterMember): BigUint64Array => {
    const known = held.get(reference.document);
    if (known !== undefined) return known;
    if (held.size === 2) held.delete(held.keys().next().value!);
    const shingles = read(reference);
    held.set(reference.document, shingles);
    return shingles;
  };
  return {
    measure: (member, reference) => similarityOf(read(member), shinglesOf(reference)),
    close: () => reader.close(),
  };
}

function rowsOf({ kind, texts, places }: JudgedCluster): ClusterRow[] {
  return places.map(({ leader, speaker, ...place }) => ({
    ...place,
    ...{ kind, texts },
    isLeader: leader.copy.document === place.document,
    leader: linkedCopy(leader),
    speaker: speaker === null ? null : linkedCopy(speaker),
  }));
}

function linkedCopy({
  copy,
  jaccard,
  containment,
  isDirect,
}: JudgedCluster['places'][0]['leader']) {
  const { source, id, date, label } = copy;
  return { source, id, date, label, jaccard, containment, isDirect };
}

export async function writeClusters(options: WriteClustersOptions): Promise<ClusterCounts> {
  const { build, profiles, sets, path } = options;
  const threshold = build.recipe.nearDuplicates.jaccard;
  const readMembers = await createMemberReader(build);
  const writer = new ColumnWriter(path);
  const counts = { labelledLost: 0, templates: 0, templateDocuments: 0, chainedDocuments: 0 };
  for (const chunk of chunksOf(sets)) {
    const wanted = chunk.flat().sort((a, b) => a - b);
    const members = await readMembers(profiles, wanted);
    const clusters = chunk.map((set) => set.map((document) => members.get(document)!));
    const { measure, close } = await measureOf(clusters, options);
    const judged = clusters.map((cluster) => judgeCluster(cluster, { measure, threshold }));
    close();
    for (const cluster of judged) tally(counts, cluster);
    const rows = judged.flatMap(rowsOf).sort((a, b) => a.document - b.document);
    writer.write(clusterBatch(rows));
  }
  if (writer.rows === 0) writer.write(clusterBatch([]));
  const rows = writer.rows;
  await writer.close();
  return { rows, ...counts };
}

function tally(
  counts: { -readonly [K in Exclude<keyof ClusterCounts, 'rows'>]: number },
  { kind, places, isLabelLost }: JudgedCluster,
): void {
  if (isLabelLost) counts.labelledLost++;
  counts.chainedDocuments += places.filter(({ leader }) => !leader.isDirect).length;
  if (kind !== 'template') return;
  counts.templates++;
  counts.templateDocuments += places.length;
}
