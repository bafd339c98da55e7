/**
 * The clusters of a build, one row per document that has a copy: who leads it, the leader's own
 * label and whether the leader is known to be older, which copy is kept, and which exact copies
 * oppose the document's own label (JSON, empty where none does).
 */
import type { OpposingCopy } from '../core/cluster/copies.js';
import { LABEL_POLICY } from '../core/label/policy.js';
import { LABELS, type Label, labelCode } from '../core/schema/label.js';
import type { ColumnBatch, Columns } from '../storage/columns.js';
import type { Build } from './build-context.js';
import { matchKeys } from './own-output-matches.js';

export const CLUSTERS_FILE = 'clusters.arrow';
const CLUSTERS_VERSION = 'clusters@3';

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
}

/** A document among its copies, as it is written and read back. */
export interface ClusterRow {
  readonly document: number;
  readonly isKept: boolean;
  readonly leader: { source: string; id: string; date: string | null; label: Label };
  readonly leaderIsOlder: boolean;
  readonly kept: { source: string; id: string };
  readonly opposing: readonly OpposingCopy[];
}

export function clusterBatch(rows: readonly ClusterRow[]): ColumnBatch {
  return {
    document: Uint32Array.from(rows, (row) => row.document),
    isKept: Uint8Array.from(rows, (row) => Number(row.isKept)),
    leaderSource: rows.map((row) => row.leader.source),
    leaderId: rows.map((row) => row.leader.id),
    leaderDate: rows.map((row) => row.leader.date ?? ''),
    leaderLabel: Uint8Array.from(rows, (row) => labelCode(row.leader.label)),
    leaderIsOlder: Uint8Array.from(rows, (row) => Number(row.leaderIsOlder)),
    keptSource: rows.map((row) => row.kept.source),
    keptId: rows.map((row) => row.kept.id),
    opposing: rows.map(({ opposing }) => (opposing.length === 0 ? '' : JSON.stringify(opposing))),
  };
}

/** Rows of the documents [first, end). */
export function clusterRows(columns: Columns, first: number, end: number): ClusterRow[] {
  const [isKept, label, isOlder] = [
    columns.u8('isKept'),
    columns.u8('leaderLabel'),
    columns.u8('leaderIsOlder'),
  ];
  const [leaderSource, leaderId, leaderDate] = [
    columns.text('leaderSource'),
    columns.text('leaderId'),
    columns.text('leaderDate'),
  ];
  const [keptSource, keptId] = [columns.text('keptSource'), columns.text('keptId')];
  const opposing = columns.text('opposing');
  const rows: ClusterRow[] = [];
  columns.u32('document').forEach((document, row) => {
    if (document < first || document >= end) return;
    rows.push({
      document,
      isKept: isKept[row] === 1,
      leader: {
        source: leaderSource(row),
        id: leaderId(row),
        date: leaderDate(row) || null,
        label: LABELS[label[row]!]!,
      },
      leaderIsOlder: isOlder[row] === 1,
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
    judgement: judgementOf(build),
  };
}
