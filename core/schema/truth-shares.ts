/** What text with one label really is: shares with intervals, since no label is certain. */
import { z } from 'zod';

const share = z.number().min(0).max(1);

/** `measured`: from random reviews; `assumed`: from the policy's thresholds; `unknown`: nothing is known. */
export const SHARE_BASES = ['measured', 'assumed', 'unknown'] as const;

export const shareEstimate = z.strictObject({
  point: share,
  /** Interval of the stated confidence, two-sided; [0, 1] where nothing is known. */
  low: share,
  high: share,
  confidence: z.number().gt(0).lt(1),
  basis: z.enum(SHARE_BASES),
  /** Reviews that it rests on. */
  reviews: z.int().min(0),
});
export type ShareEstimate = z.infer<typeof shareEstimate>;

/** Shares of the tokens of a stratum that really are of each truth class. */
export const truthShares = z.strictObject({
  human_authored: shareEstimate,
  human_edited: shareEstimate,
  synthetic: shareEstimate,
});
export type TruthShares = z.infer<typeof truthShares>;
