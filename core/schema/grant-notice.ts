/** Notices that a grant ends soon or has ended: one line of the ledger per grant, end and stage. */
import { z } from 'zod';
import { grant } from './grant.js';

/** `notice`: it ends within its notice period; `expired`, `revoked`: it no longer holds. */
export const GRANT_STAGES = ['notice', 'expired', 'revoked'] as const;
export const grantStage = z.enum(GRANT_STAGES);
export type GrantStage = z.infer<typeof grantStage>;

export const grantNoticeLine = z.strictObject({
  /** Name of the mix whose grants were looked at. */
  mix: z.string(),
  grantId: z.string(),
  stage: grantStage,
  /** First day on which it no longer holds; null where only its status says that it ended. */
  endsOn: z.string().nullable(),
  /** Logical date of the look. */
  day: z.string(),
  /** Whether the recipe has it, or published versions alone. */
  inRecipe: z.boolean(),
  /** Published versions with text under it, oldest first. */
  versions: z.array(z.strictObject({ version: z.string(), tokens: z.int(), documents: z.int() })),
  sentence: z.string(),
});
export type GrantNoticeLine = z.infer<typeof grantNoticeLine>;

/** Grants in the recipe that a manifest holds; they are as complete as a recipe's. */
export const grantsOfManifest = z.looseObject({ grants: z.array(grant) });
