/** A grant: what may be done with a text, until when, where and for how much (one row each). */
import { z } from 'zod';

export const USES = [
  'pretrain',
  'finetune',
  'eval',
  'rag',
  'synthetic_generation',
  'redistribute_text',
  'commercial',
] as const;
export const use = z.enum(USES);
export type Use = z.infer<typeof use>;

export const useRight = z.enum(['allow', 'deny', 'conditional', 'unstated']);
export type UseRight = z.infer<typeof useRight>;

/**
 * How far a licence goes, widest first; the most restrictive of several counts (Data Provenance
 * Initiative, 2023, doi:10.48550/arXiv.2310.16787). `unspecified`: commercial use is not stated.
 */
export const LICENCE_TIERS = [
  'commercial',
  'unspecified',
  'non_commercial',
  'academic_only',
] as const;
export const licenceTier = z.enum(LICENCE_TIERS);
export type LicenceTier = z.infer<typeof licenceTier>;

const isoDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .describe('ISO date YYYY-MM-DD, start of that day in UTC');

export const fee = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Decimal strings in major units; rounded once, at the end. */
  fixed: z.string().nullable(),
  perToken: z.string().nullable(),
  perDocument: z.string().nullable(),
  perEpoch: z.string().nullable(),
  cap: z.string().nullable(),
  minimum: z.string().nullable(),
  meter: z.enum(['ingested', 'in_mix', 'trained']),
});
export type Fee = z.infer<typeof fee>;

export const grant = z.strictObject({
  grantId: z.string().min(1),
  kind: z.enum(['public_licence', 'contract', 'statutory', 'own_content', 'preference_signal']),
  grantor: z.string().nullable(),
  spdxDeclared: z.string().nullable(),
  /** SPDX expression, `LicenseRef-*` or `NOASSERTION`. */
  spdxConcluded: z.string().nullable(),
  /** Text that the grant covers; null means whatever refers to it. */
  scope: z.strictObject({
    sources: z.array(z.string()).nullable(),
    contentBefore: isoDate.nullable(),
    contentAfter: isoDate.nullable(),
  }),
  validFrom: isoDate.nullable(),
  /** Half-open: the first day on which it no longer holds. */
  validUntil: isoDate.nullable(),
  noticeDays: z.int().min(0),
  uses: z.record(use, useRight),
  conditions: z.strictObject({
    attributionText: z.string().nullable(),
    shareAlike: z.boolean(),
    noDerivatives: z.boolean(),
  }),
  territory: z.strictObject({ include: z.array(z.string()), exclude: z.array(z.string()) }),
  fee: fee.nullable(),
  revokedAt: isoDate.nullable(),
  status: z.enum(['draft', 'active', 'expiring', 'expired', 'revoked', 'disputed']),
  evidence: z.array(z.strictObject({ uri: z.string(), sha256: z.string().nullable() })),
  /** What grants.yaml says beyond what decides (grantee, reviewer, ..), as written; for the record. */
  notes: z.record(z.string(), z.unknown()).optional(),
});
export type Grant = z.infer<typeof grant>;

/** Why text is not usable under its grant. */
export const GRANT_REFUSALS = [
  'no_grant',
  'grant_not_active',
  'grant_not_yet_valid',
  'grant_expired',
  'grant_revoked',
  'retracted',
  'use_denied',
  'use_unstated',
  'use_conditional',
  'territory_excluded',
  'out_of_scope',
] as const;
export type GrantRefusal = (typeof GRANT_REFUSALS)[number];
