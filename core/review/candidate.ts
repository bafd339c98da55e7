/** A document that may be asked about, and the reasons for asking. */
import { TRUTH_LABELS, type UnknownReason } from '../schema/label.js';
import type { LabelPolicy, ReviewPolicy } from '../schema/recipe.js';
import type { ReviewedDocument, ReviewReason } from '../schema/review.js';

/** What was decided on a text before, by one reviewer or more. */
export interface EarlierDecision {
  readonly reviewers: readonly string[];
  readonly inclusionProbability: number;
  readonly isRandom: boolean;
}

export interface Candidate extends ReviewedDocument {
  readonly tokens: number;
  readonly unknownReason: UnknownReason | '';
  readonly posterior: readonly [number, number, number];
  /** Dempster-Shafer K of its evidence, in [0, 1]. */
  readonly conflict: number;
  /** Holds eight words in a row of a benchmark item, and no longer hit. */
  readonly hasWeakHit: boolean;
  /** Largest audit rate of the allow-lists that speak for it; 0 where none does. */
  readonly auditRate: number;
  readonly decided: EarlierDecision | null;
  /** Where it stands: for the caller alone, nothing is drawn by it. */
  readonly place: unknown;
}

/** Reasons to look at a document that do not depend on a draw; the first names it in the packet. */
export const TARGETED = [
  'conflict',
  'contamination',
  'near_threshold',
  'allow_list_audit',
  'large',
] as const satisfies readonly ReviewReason[];
export type Targeted = (typeof TARGETED)[number];

/** Distance in log-odds below which a posterior is near the threshold of its label. */
export const NEAR_LOG_ODDS = 0.5;

const EPSILON = 1e-12;

function logOdds(p: number): number {
  const inside = Math.min(1 - EPSILON, Math.max(EPSILON, p));
  return Math.log(inside / (1 - inside));
}

/** True if a posterior lies within `NEAR_LOG_ODDS` of what its label needs, on either side. */
export function isNearThreshold(
  posterior: Candidate['posterior'],
  thresholds: LabelPolicy['thresholds'],
): boolean {
  return TRUTH_LABELS.some(
    (label, i) => Math.abs(logOdds(posterior[i]!) - logOdds(thresholds[label])) <= NEAR_LOG_ODDS,
  );
}

export function isConflict(
  { unknownReason, conflict }: Pick<Candidate, 'unknownReason' | 'conflict'>,
  { reviewConflict }: Pick<LabelPolicy, 'reviewConflict'>,
): boolean {
  return unknownReason === 'conflict' || conflict >= reviewConflict;
}

/** What the draft needs of the recipe. */
export interface DraftPolicy {
  readonly review: Pick<
    ReviewPolicy,
    'conflicts' | 'randomShare' | 'doubleShare' | 'documents' | 'packetSize'
  >;
  readonly labels: Pick<LabelPolicy, 'thresholds' | 'reviewConflict'>;
}
