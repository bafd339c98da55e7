/**
 * What a token of a stratum counts for in a cap that holds at a confidence: not its label, but how
 * much of such text really is of the cap's labels. A maximum counts the one-sided upper bound of that
 * share, a minimum the lower bound, in whole millionths rounded against us. So the cap stays one linear
 * row with integer coefficients. Why sums of such bounds are enough: docs/explanation/plan.md.
 *
 * A set of classes is bounded by one interval: a class by its own, two classes by that of the third
 * (their share is 1 less its share), all three are the whole.
 */
import { type Label, TRUTH_LABELS, type TruthLabel } from '../schema/label.js';
import type { Inventory, StratumKey } from '../schema/plan.js';
import type { Cap } from '../schema/recipe.js';
import type { TruthShares } from '../schema/truth-shares.js';
import { UNKNOWN_TRUTH } from '../stats/assumed-truth.js';
import { boundAt } from '../stats/bound-at.js';
import { familyOf, keyText } from './stratum.js';

/** Weight of a token that counts whole. */
export const WHOLE_WEIGHT = 1_000_000;

/** A cap that counts truths, not labels. */
export type ConfidentCap = Cap & {
  readonly confidence: number;
  readonly provenance: readonly Label[];
};

/** Without labels to count (`recipe-checks` refuses that) a confidence has nothing to act on. */
export function isConfident(cap: Cap): cap is ConfidentCap {
  return cap.confidence !== null && cap.provenance !== null;
}

export type TruthOf = (key: StratumKey) => TruthShares;

/** Truth shares by stratum; of text that the inventory does not know, nothing is known. */
export function truthsOf(inventory: Pick<Inventory, 'strata'>): TruthOf {
  const truths = new Map(inventory.strata.map((stratum) => [keyText(stratum), stratum.truth]));
  return (key) => truths.get(keyText(key)) ?? UNKNOWN_TRUTH;
}

/** Millionths in [0, 1e6] for which a token of the stratum counts, its place (source, depth) aside. */
export function weightOf(cap: ConfidentCap, key: StratumKey, truth: TruthShares): number {
  if (key.label === 'unknown' && cap.provenance.includes('unknown') && cap.modelFamily === null)
    return WHOLE_WEIGHT;
  const isMaximum = cap.limit.kind.startsWith('max');
  if (cap.modelFamily !== null && !mayBeOfFamily(key, cap.modelFamily, isMaximum)) return 0;
  const classes = TRUTH_LABELS.filter(
    (label) =>
      cap.provenance.includes(label) && (cap.modelFamily === null || label === 'synthetic'),
  );
  const millionths = shareBound(truth, classes, cap.confidence, isMaximum) * WHOLE_WEIGHT;
  // The dust of a float product is no reason to round a whole number of millionths up or down.
  const tidy = Number(millionths.toPrecision(12));
  return isMaximum ? Math.ceil(tidy) : Math.floor(tidy);
}

/** Whose models wrote text that is not labelled synthetic, nobody knows: it counts where that is worse. */
function mayBeOfFamily(key: StratumKey, family: string, isMaximum: boolean): boolean {
  return key.label === 'synthetic' ? familyOf(key) === family : isMaximum;
}

function shareBound(
  truth: TruthShares,
  classes: readonly TruthLabel[],
  confidence: number,
  isUpper: boolean,
): number {
  const [first] = classes;
  if (first === undefined) return 0;
  if (classes.length === TRUTH_LABELS.length) return 1;
  if (classes.length === 1) {
    const { lower, upper } = boundAt(truth[first], confidence);
    return isUpper ? upper : lower;
  }
  const rest = TRUTH_LABELS.find((label) => !classes.includes(label))!;
  const { lower, upper } = boundAt(truth[rest], confidence);
  return 1 - (isUpper ? lower : upper);
}
