/**
 * How much of an evaluation set is synthetic, from the labels of its items alone.
 *
 *   low  = t_s n_s / n            items labelled synthetic, each so with probability >= t_s
 *   high = 1 - (t_a n_a + t_e n_e) / n     items labelled human, by author or editor
 *
 * with t the posterior that the policy asks of each label. Unknown items may be anything, so the
 * interval is [0, 1] where all are; its middle is the point, which then says nothing. A bound on the
 * expected share, not a sampling interval: every item is labelled. Result in [0, 1], low <= high,
 * since t <= 1.
 */
import type { Label } from '../schema/label.js';
import type { LabelPolicy } from '../schema/recipe.js';
import type { ShareEstimate } from '../schema/truth-shares.js';

/** Stated with the interval; the interval holds the expected share whatever the unknown items are. */
const CONFIDENCE = 0.95;

export function syntheticShareOf(
  byLabel: Readonly<Record<Label, number>>,
  thresholds: LabelPolicy['thresholds'],
): ShareEstimate {
  const { human_authored: authored, human_edited: edited, synthetic, unknown } = byLabel;
  const known = authored + edited + synthetic;
  const items = known + unknown;
  const part = (weight: number) => (items === 0 ? 0 : weight / items);
  const low = part(thresholds.synthetic * synthetic);
  const high = 1 - part(thresholds.human_authored * authored + thresholds.human_edited * edited);
  const basis = known === 0 ? 'unknown' : 'assumed';
  return { point: (low + high) / 2, low, high, confidence: CONFIDENCE, basis, reviews: 0 };
}
