/**
 * Labels of a shard, row by row beside its profile: verdict, evidence, grant, and whether the
 * document can be chosen or why not.
 */
import type { ClusterKind } from '../core/cluster/template.js';
import { LABELS, type Label } from '../core/schema/label.js';
import type { Columns } from '../storage/columns.js';
import type { Build, BuildShard } from './build-context.js';
import { judgementOf } from './cluster-columns.js';
import { contaminationKeys } from './contamination.js';

export const LABELS_FILE = 'labels.arrow';
const LABELS_VERSION = 'labels@5';

/** Outcomes before selection. A refusal of the grant is an outcome by its own name. */
export const AVAILABLE = 'available';
export const DUPLICATE = 'duplicate';
export const HOLDOUT = 'holdout';
export const CONTAMINATED = 'contaminated';
/** Withdrawn; a refusal of the grant has the same name where its grant is. */
export const RETRACTED = 'retracted';

export interface LabelSummary {
  readonly documents: number;
  readonly byLabel: Readonly<Record<string, number>>;
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly conflicts: number;
  /** Warnings of grants, e.g. one that expires within its notice days. */
  readonly warnings: readonly string[];
  /** By benchmark, then by domain. */
  readonly contamination: Readonly<Record<string, Readonly<Record<string, ContaminationTally>>>>;
}

/** Documents with items of one benchmark. */
export interface ContaminationTally {
  /** Left out for it. */
  readonly documentsDropped: number;
  readonly tokensDropped: number;
  /** With hits that leave the document where it is: 8-grams, or a benchmark whose action is `flag`. */
  readonly documentsFlagged: number;
}

export interface LabelAddress {
  readonly profileKey: string;
  readonly clustersKey: string;
  readonly calibrationKey: string;
}

export function labelsMadeOf(build: Build, shard: BuildShard, address: LabelAddress): unknown {
  const { recipe } = build;
  return {
    activity: LABELS_VERSION,
    source: shard.source.name,
    ...address,
    judgement: judgementOf(build),
    holdoutShare: recipe.output.holdoutShare,
    contamination: contaminationKeys(build)[shard.index] ?? null,
    actions: recipe.benchmarks.map(({ name, action }) => `${name}: ${action}`),
  };
}

export interface LabelColumns {
  readonly length: number;
  readonly label: (row: number) => Label;
  readonly domain: (row: number) => string;
  readonly modelFamily: (row: number) => string;
  readonly grantId: (row: number) => string;
  readonly outcome: (row: number) => string;
  /** A sentence for an outcome that is not `available`. */
  readonly reason: (row: number) => string;
  readonly editDirection: (row: number) => string;
  readonly unknownReason: (row: number) => string;
  readonly syntheticKind: (row: number) => string;
  /** Joined by `,`. */
  readonly transformedBy: (row: number) => string;
  readonly language: (row: number) => string;
  readonly loop: (row: number) => string;
  /** Benchmark items found in it, as JSON; '' where there are none. */
  readonly contamination: (row: number) => string;
  readonly lineageDepths: Uint32Array;
  /** Posterior of each truth class, and the conflict K of the evidence. */
  readonly humanAuthored: Float64Array;
  readonly humanEdited: Float64Array;
  readonly synthetic: Float64Array;
  readonly conflicts: Float64Array;
  /** Raw score of the text statistics, log odds; NaN where there is none. */
  readonly textScores: Float64Array;
  /** Label that it would have if nobody had decided on it; '' where nobody has. */
  readonly blindLabel: (row: number) => string;
  readonly evidence: (row: number) => string;
  /** '' for a document without copies. */
  readonly clusterKind: (row: number) => ClusterKind | '';
  readonly leader: (row: number) => string;
}

export function labelColumns(columns: Columns): LabelColumns {
  const codes = columns.u8('label');
  return {
    length: columns.length,
    label: (row) => LABELS[codes[row]!]!,
    domain: columns.text('domain'),
    modelFamily: columns.text('modelFamily'),
    grantId: columns.text('grantId'),
    outcome: columns.text('outcome'),
    reason: columns.text('reason'),
    editDirection: columns.text('editDirection'),
    unknownReason: columns.text('unknownReason'),
    syntheticKind: columns.text('syntheticKind'),
    transformedBy: columns.text('transformedBy'),
    language: columns.text('language'),
    loop: columns.text('loop'),
    contamination: columns.text('contamination'),
    lineageDepths: columns.u32('lineageDepth'),
    humanAuthored: columns.f64('humanAuthored'),
    humanEdited: columns.f64('humanEdited'),
    synthetic: columns.f64('synthetic'),
    conflicts: columns.f64('conflict'),
    textScores: columns.f64('textScore'),
    blindLabel: columns.text('blindLabel'),
    evidence: columns.text('evidence'),
    clusterKind: columns.text('clusterKind') as LabelColumns['clusterKind'],
    leader: columns.text('leader'),
  };
}
