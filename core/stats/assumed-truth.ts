/**
 * What text of one label really is, where nobody has reviewed it. A label needs a posterior of its
 * threshold t, so at least the share t of such text is of the named class and at most 1 - t of each
 * other class, if posteriors are calibrated. Of unknown text nothing is known.
 */
import { type Label, TRUTH_LABELS, type TruthLabel } from '../schema/label.js';
import type { ShareEstimate, TruthShares } from '../schema/truth-shares.js';

/** Stated with bounds that are no quantiles, so that it says nothing; they are never re-scaled. */
const NOMINAL_CONFIDENCE = 0.95;

type Bounds = Pick<ShareEstimate, 'point' | 'low' | 'high' | 'basis'>;

function sharesOf(boundsOf: (label: TruthLabel) => Bounds): TruthShares {
  const estimates = TRUTH_LABELS.map((label): [TruthLabel, ShareEstimate] => [
    label,
    { ...boundsOf(label), confidence: NOMINAL_CONFIDENCE, reviews: 0 },
  ]);
  return Object.fromEntries(estimates) as TruthShares;
}

/** A decimal without the dust of a subtraction: 1 - 0.95 is 0.05. */
const tidy = (share: number) => Number(share.toFixed(12));

/** [0, 1] for every class; points are even. */
export const UNKNOWN_TRUTH: TruthShares = sharesOf(() => {
  return { point: tidy(1 / 3), low: 0, high: 1, basis: 'unknown' };
});

/**
 * Shares of text with `label`: [t, 1] of the class that it names, [0, 1 - t] of the others, the points
 * in the middle (they sum to 1); `UNKNOWN_TRUTH` for `unknown`. `thresholds` in [0, 1].
 */
export function assumedTruth(
  label: Label,
  thresholds: Readonly<Record<TruthLabel, number>>,
): TruthShares {
  if (label === 'unknown') return UNKNOWN_TRUTH;
  const t = thresholds[label];
  return sharesOf((of) =>
    of === label
      ? { point: tidy((1 + t) / 2), low: t, high: 1, basis: 'assumed' }
      : { point: tidy((1 - t) / 4), low: 0, high: tidy(1 - t), basis: 'assumed' },
  );
}
