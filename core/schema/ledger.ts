/** A line of the workspace's ledger: a published version or a decision, chained to the line before. */
import { z } from 'zod';

export const ledgerEntry = z.strictObject({
  sequence: z.int().min(1),
  previous: z.string(),
  /** `${workflowId}/${runId}/${what}`: one line per key. */
  key: z.string(),
  kind: z.string(),
  at: z.string(),
  by: z.string(),
  body: z.unknown(),
  hash: z.string(),
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;
