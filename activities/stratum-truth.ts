/** What the text of a stratum really is: the one place where the inventory asks. */
import type { Stratum } from '../core/schema/plan.js';
import type { TruthShares } from '../core/schema/truth-shares.js';
import { estimateTruthShares } from '../core/stats/truth-shares.js';
import type { Build } from './build-context.js';

/** A stratum as it was counted, before anything is known of its truth. */
export type StratumTally = Omit<Stratum, 'truth'>;

/** Two-sided confidence of the intervals that the inventory states; caps re-scale them to theirs. */
const INTERVAL_CONFIDENCE = 0.95;

/** Truth shares of a stratum's tokens, as the thresholds of the label policy promise them. */
export function truthOf({ label }: StratumTally, { recipe }: Build): TruthShares {
  const tally = { label, own: null, domain: null, flags: null };
  const { thresholds } = recipe.labels;
  return estimateTruthShares(tally, { thresholds, confidence: INTERVAL_CONFIDENCE });
}

/** What `truthOf` depends on beside the labels: part of the inventory's address. */
export function truthMadeOf({ recipe }: Build): unknown {
  return { thresholds: recipe.labels.thresholds, confidence: INTERVAL_CONFIDENCE };
}
