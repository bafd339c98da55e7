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
import type { ShareEstimate, TruthShares } from '../schema/truth-shares.js';
import { type Bounds, boundAt } from '../stats/bound-at.js';
import { estimateTruthShares } from '../stats/truth-shares.js';
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

/** Of text without label and reviews: [0, 1] of every class. */
const UNKNOWN_TRUTH = estimateTruthShares(
  { label: 'unknown', own: null, domain: null, flags: null },
  { thresholds: { human_authored: 0, human_edited: 0, synthetic: 0 }, confidence: 0.95 },
);

export type TruthOf = (key: StratumKey) => TruthShares;

/** Truth shares by stratum; of text that the inventory does not know, nothing is known. */
export function truthsOf(inventory: Pick<Inventory, 'strata'>): TruthOf {
  const truths = new Map(inventory.strata.map((stratum) => [keyText(stratum), stratum.truth]));
  return (key) => truths.get(keyText(key)) ?? UNKNOWN_TRUTH;
}

export type BoundOf = (estimate: ShareEstimate, confidence: number) => Bounds;

/** `boundAt` that remembers: estimates are often pooled over many strata. */
export function rememberedBounds(): BoundOf {
  const known = new Map<string, Bounds>();
  const byEstimate = new Map<number, Map<ShareEstimate, Bounds>>();
  const boundOf = (estimate: ShareEstimate, confidence: number) => {
    const { point, low, high, basis } = estimate;
    const question = [point, low, high, estimate.confidence, basis, confidence].join(' ');
    const bounds = known.get(question) ?? boundAt(estimate, confidence);
    known.set(question, bounds);
    return bounds;
  };
  return (estimate, confidence) => {
    const own = byEstimate.get(confidence) ?? new Map<ShareEstimate, Bounds>();
    byEstimate.set(confidence, own);
    const bounds = own.get(estimate) ?? boundOf(estimate, confidence);
    own.set(estimate, bounds);
    return bounds;
  };
}

/** Millionths in [0, 1e6] for which a token of the stratum counts, its place (source, depth) aside. */
export function weightOf(
  cap: ConfidentCap,
  { key, truth }: { readonly key: StratumKey; readonly truth: TruthShares },
  boundOf: BoundOf = boundAt,
): number {
  if (key.label === 'unknown' && cap.provenance.includes('unknown') && cap.modelFamily === null)
    return WHOLE_WEIGHT;
  const isMaximum = cap.limit.kind.startsWith('max');
  if (cap.modelFamily !== null && !mayBeOfFamily(key, cap.modelFamily, isMaximum)) return 0;
  const classes = TRUTH_LABELS.filter(
    (label) =>
      cap.provenance.includes(label) && (cap.modelFamily === null || label === 'synthetic'),
  );
  const bounds = (label: TruthLabel) => boundOf(truth[label], cap.confidence);
  const millionths = shareBound(classes, bounds)[isMaximum ? 'upper' : 'lower'] * WHOLE_WEIGHT;
  // The dust of a float product is no reason to round a whole number of millionths up or down.
  const tidy = Number(millionths.toPrecision(12));
  return isMaximum ? Math.ceil(tidy) : Math.floor(tidy);
}

/** Whose models wrote text that is not labelled synthetic, nobody knows: it counts where that is worse. */
function mayBeOfFamily(key: StratumKey, family: string, isMaximum: boolean): boolean {
  return key.label === 'synthetic' ? familyOf(key) === family : isMaximum;
}

/** Bounds of the share of text that is of one of the classes. */
function shareBound(
  classes: readonly TruthLabel[],
  boundsOf: (label: TruthLabel) => Bounds,
): Bounds {
  const [first] = classes;
  if (first === undefined) return { lower: 0, upper: 0 };
  if (classes.length === 1) return boundsOf(first);
  const rest = TRUTH_LABELS.find((label) => !classes.includes(label));
  if (rest === undefined) return { lower: 1, upper: 1 };
  const { lower, upper } = boundsOf(rest);
  return { lower: 1 - upper, upper: 1 - lower };
}
