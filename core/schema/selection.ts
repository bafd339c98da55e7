/** The selection: which documents of each stratum are written, as thresholds on keyed ranks. */
import { z } from 'zod';
import { stratumKey } from './plan.js';

export const stratumSelection = z.strictObject({
  ...stratumKey.shape,
  /** Passes in which every document is written. */
  fullPasses: z.int().min(0),
  /** In the pass after those, documents with a rank below are written .. */
  threshold: z.number().min(0).max(1),
  /** .. and these, which fill the gap before the cut. */
  extras: z.array(z.string()),
  tokensAvailable: z.int(),
  tokensPlanned: z.int(),
  tokensSelected: z.int(),
  documentsSelected: z.int(),
  /** What left so that caps hold on whole documents. */
  tokensTrimmed: z.int().min(0).default(0),
  documentsTrimmed: z.int().min(0).default(0),
});
export type StratumSelection = z.infer<typeof stratumSelection>;

export const selection = z.strictObject({
  schemaVersion: z.literal(1),
  seed: z.int(),
  strata: z.array(stratumSelection),
  trainShards: z.int().min(0),
  holdoutShards: z.int().min(0),
  holdout: z.strictObject({ documents: z.int(), tokens: z.int() }),
  /** Strata that were planned and hold no document, each with the reason. */
  notes: z.array(z.string()).default([]),
});
export type Selection = z.infer<typeof selection>;

/** Number of passes in which a document is written. */
export function passesOf(
  stratum: Pick<StratumSelection, 'fullPasses' | 'threshold' | 'extras'>,
  rank: number,
  id: string,
): number {
  const inPartial = rank < stratum.threshold || stratum.extras.includes(id);
  return stratum.fullPasses + (inPartial ? 1 : 0);
}
