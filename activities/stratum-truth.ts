/** What the text of a stratum really is: the one place where the inventory asks. */
import type { Stratum } from '../core/schema/plan.js';
import type { TruthShares } from '../core/schema/truth-shares.js';
import { assumedTruth } from '../core/stats/assumed-truth.js';
import type { Build } from './build-context.js';

/** A stratum as it was counted, before anything is known of its truth. */
export type StratumTally = Omit<Stratum, 'truth'>;

/** Truth shares of a stratum's tokens: assumed from the thresholds of the label policy. */
export function truthOf(stratum: StratumTally, { recipe }: Build): TruthShares {
  return assumedTruth(stratum.label, recipe.labels.thresholds);
}

/** What `truthOf` depends on beside the labels: part of the inventory's address. */
export function truthMadeOf({ recipe }: Build): unknown {
  return { thresholds: recipe.labels.thresholds };
}
