/**
 * The clusters of a build, one row per document that has a copy: of what kind its cluster is, who
 * leads it and how alike the two are, who speaks for its label (JSON, empty where nobody does), which
 * copy is kept, and which exact copies oppose the document's own label (JSON, empty where none does).
 */
import type { OpposingCopy } from '../core/cluster/copies.js';
import type { Similarity } from '../core/cluster/similarity.js';
import { CLUSTER_KINDS, type ClusterKind } from '../core/cluster/template.js';
import { LABEL_POLICY } from '../core/label/policy.js';
import { LABELS, type Label, labelCode } from '../core/schema/label.js';
import type { ColumnBatch, Columns } from '../storage/columns.js';
import type { Build } from './build-context.js';
import { contaminationKeys } from './contamination.js';
import { matchKeys } from './own-output-matches.js';

export const CLUSTERS_FILE = 'clusters.arrow';
const CLUSTERS_VERSION = 'clusters@6';

export interface ClusterSummary {
  readonly documents: number;
  readonly exactGroups: number;
  readonly pairsVerified: number;
  readonly nearPairs: number;
  readonly clusters: number;
  readonly documentsRemoved: number;
  /** LSH buckets too large to be compared whole. */
  readonly boundedBuckets: number;
  /** Clusters whose kept copy is given no label, though an exact copy of it has one. */
  readonly labelledLost: number;
  /** Clusters that are a family of texts from one frame, and documents in them. */
  readonly templates: number;
  readonly templateDocuments: number;
  /** Documents of clusters that are no near-duplicates of their leader by themselves. */
  readonly chainedDocuments: number;
}

/** Another document of the cluster, its label by its own evidence, and how alike the two texts are. */
export interface LinkedRow extends Similarity {
  readonly source: string;
  readonly id: string;
  readonly date: string | null;
  readonly label: Label;
  /** True if the two are near-duplicates by themselves. */
  readonly isDirect: boolean;
}

/** A document among its copies, as it is written and read back. */
export interface ClusterRow {
  readonly document: number;
  readonly kind: ClusterKind;
  /** Distinct texts of the cluster. */
  readonly texts: number;
  readonly isLeader: boolean;
  readonly isKept: boolean;
  readonly leader: LinkedRow;
  readonly speaker: LinkedRow | null;
  readonly kept: { source: string; id: string };
  readonly opposing: readonly OpposingCopy[];
}

export function clusterBatch(rows: readonly ClusterRow[]): ColumnBatch {
  const flags = (of: (row: ClusterRow) => boolean) => Uint8Array.from(rows, (row) => +of(row));
  return {
    document: Uint32Array.from(rows, (row) => row.document),
    kind: Uint8Array.from(rows, (row) => CLUSTER_KINDS.indexOf(row.kind)),
    texts: Uint32Array.from(rows, (row) => row.texts),
    isLeader: flags((row) => row.isLeader),
    isKept: flags((row) => row.isKept),
    leaderSource: rows.map((row) => row.leader.source),
    leaderId: rows.map((row) => row.leader.id),
    leaderDate: rows.map((row) => row.leader.date ?? ''),
    leaderLabel: Uint8Array.from(rows, (row) => labelCode(row.leader.label)),
    leaderJaccard: Float64Array.from(rows, (row) => row.leader.jaccard),
    leaderContainment: Float64Array.from(rows, (row) => row.leader.containment),
    leaderIsDirect: flags((row) => row.leader.isDirect),
    speaker: rows.map(({ speaker }) => (speaker === null ? '' : JSON.stringify(speaker))),
    keptSource: rows.map((row) => row.kept.source),
    keptId: rows.map((row) => row.kept.id),
    opposing: rows.map(({ opposing }) => (opposing.length === 0 ? '' : JSON.stringify(opposing))),
  };
}

/** Reads the leader of each row. */
function leaderReader(columns: Columns): (row: number) => LinkedRow {
  const text = (name: string) => columns.text(`leader${name}`);
  const [source, id, date] = [text('Source'), text('Id'), text('Date')];
  const [label, isDirect] = [columns.u8('leaderLabel'), columns.u8('leaderIsDirect')];
  const [jaccards, containments] = [columns.f64('leaderJaccard'), columns.f64('leaderContainment')];
  return (row) => ({
    source: source(row),
    id: id(row),
    date: date(row) || null,
    label: LABELS[label[row]!]!,
    jaccard: jaccards[row]!,
    containment: containments[row]!,
    isDirect: isDirect[row] === 1,
  });
}

/** Rows of the documents [first, end). */
export function clusterRows(columns: Columns, first: number, end: number): ClusterRow[] {
  const [kind, isLeader, isKept] = [
    columns.u8('kind'),
    columns.u8('isLeader'),
    columns.u8('isKept'),
  ];
  const [keptSource, keptId] = [columns.text('keptSource'), columns.text('keptId')];
  const [speaker, opposing] = [columns.text('speaker'), columns.text('opposing')];
  const [texts, leader] = [columns.u32('texts'), leaderReader(columns)];
  const rows: ClusterRow[] = [];
  columns.u32('document').forEach((document, row) => {
    if (document < first || document >= end) return;
    rows.push({
      document,
      kind: CLUSTER_KINDS[kind[row]!]!,
      texts: texts[row]!,
      isLeader: isLeader[row] === 1,
      isKept: isKept[row] === 1,
      leader: leader(row),
      speaker: JSON.parse(speaker(row) || 'null') as LinkedRow | null,
      kept: { source: keptSource(row), id: keptId(row) },
      opposing: JSON.parse(opposing(row) || '[]') as OpposingCopy[],
    });
  });
  return rows;
}

/** What judges a document's label and grant, apart from its text: part of several addresses. */
export function judgementOf(build: Build): unknown {
  const { recipe, context, pins } = build;
  return {
    policy: LABEL_POLICY,
    labels: recipe.labels,
    decisions: context.decisions.sha256,
    // Absent where nothing is retracted: such builds keep their addresses.
    ...(context.retractions == null ? {} : { retractions: context.retractions.sha256 }),
    lineages: pins.lineages,
    matches: matchKeys(build),
    asOf: context.asOf,
    use: recipe.use,
    grants: recipe.grants,
    allowLists: recipe.allowLists,
    sources: recipe.sources.map(
      ({ name, domain, provenance, modelFamily, language, platform, grant }) => ({
        ...{ name, domain, provenance, modelFamily, language, platform, grant },
      }),
    ),
  };
}

export function clustersMadeOf(build: Build, profileKeys: readonly string[]): unknown {
  const { jaccard } = build.recipe.nearDuplicates;
  return {
    activity: CLUSTERS_VERSION,
    profiles: profileKeys,
    jaccard,
    contamination: contaminationKeys(build),
    actions: build.recipe.benchmarks.map(({ name, action }) => `${name}: ${action}`),
    judgement: judgementOf(build),
  };
}
