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

/** The random sample of a seed: who is in it, and the chance that each of its documents had. */
export interface DrawnSample {
  readonly fraction: number;
  has(document: Pick<ReviewDecision, 'source' | 'id'>): boolean;
}

/** `sample`: the random sample of the build's seed; its documents all have its chance, whoever picked them. */
export function reviewedTruth(
  decisions: readonly ReviewDecision[],
  sample: DrawnSample | null = null,
): ReviewedTruth | null {
  const labels = new Set(decisions.map(({ label }) => label));
  labels.delete('unknown');
  const [label] = labels;
  if (labels.size !== 1 || label === undefined || label === 'unknown') return null;
  if (sample !== null && decisions.some((decision) => sample.has(decision)))
    return { label, isRandom: true, weight: 1 / sample.fraction };
  const random = decisions.filter(({ isRandom }) => isRandom);
  const counted = random.length > 0 ? random : decisions;
  const chance = Math.min(...counted.map(({ inclusionProbability }) => inclusionProbability));
  return { label, isRandom: random.length > 0, weight: 1 / chance };
}
