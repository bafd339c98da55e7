/**
 * What people found a document to be, and with what chance it came to them. Reviewers who differ, and
 * those who cannot tell, leave no truth. Chance picks count by their own probability; a document that
 * was picked for a reason, too, counts once.
 */
import type { TruthLabel } from '../schema/label.js';
import type { ReviewDecision } from '../schema/review.js';

export interface ReviewedTruth {
  readonly label: TruthLabel;
  readonly isRandom: boolean;
  /** Inverse of the inclusion probability, >= 1. */
  readonly weight: number;
}

export function reviewedTruth(decisions: readonly ReviewDecision[]): ReviewedTruth | null {
  const labels = new Set(decisions.map(({ label }) => label));
  labels.delete('unknown');
  const [label] = labels;
  if (labels.size !== 1 || label === undefined || label === 'unknown') return null;
  const random = decisions.filter(({ isRandom }) => isRandom);
  const counted = random.length > 0 ? random : decisions;
  const chance = Math.min(...counted.map(({ inclusionProbability }) => inclusionProbability));
  return { label, isRandom: random.length > 0, weight: 1 / chance };
}
