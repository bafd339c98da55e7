/**
 * Labels of a shard, row by row beside its profile: verdict, evidence, grant, and whether the
 * document can be chosen or why not.
 */
import { LABELS, type Label } from '../core/schema/label.js';
import type { Columns } from '../storage/columns.js';
import type { Build, BuildShard } from './build-context.js';
import { judgementOf } from './cluster-columns.js';

export const LABELS_FILE = 'labels.arrow';
const LABELS_VERSION = 'labels@2';

/** Outcomes before selection. A refusal of the grant is an outcome by its own name. */
export const AVAILABLE = 'available';
export const DUPLICATE = 'duplicate';
export const HOLDOUT = 'holdout';

export interface LabelSummary {
  readonly documents: number;
  readonly byLabel: Readonly<Record<string, number>>;
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly conflicts: number;
  /** Warnings of grants, e.g. one that expires within its notice days. */
  readonly warnings: readonly string[];
}

export interface LabelAddress {
  readonly profileKey: string;
  readonly clustersKey: string;
}

export function labelsMadeOf(build: Build, shard: BuildShard, address: LabelAddress): unknown {
  const { recipe } = build;
  return {
    activity: LABELS_VERSION,
    source: shard.source.name,
    ...address,
    judgement: judgementOf(build),
    holdoutShare: recipe.output.holdoutShare,
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
  readonly evidence: (row: number) => string;
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
    evidence: columns.text('evidence'),
    leader: columns.text('leader'),
  };
}
