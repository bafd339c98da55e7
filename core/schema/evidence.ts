/** Evidence: one reason for a label, from one family of witnesses, with its strength. */
import { z } from 'zod';
import { editDirection, label, unknownReason } from './label.js';

export const EVIDENCE_FAMILIES = ['declaration', 'allow_list', 'cluster'] as const;
export const evidenceFamily = z.enum(EVIDENCE_FAMILIES);
export type EvidenceFamily = z.infer<typeof evidenceFamily>;

/** T1 decides alone; T2 decides if nothing strong opposes; T3 never decides. */
export const evidenceTier = z.enum(['T1', 'T2', 'T3']);
export type EvidenceTier = z.infer<typeof evidenceTier>;

export const evidence = z.strictObject({
  family: evidenceFamily,
  tier: evidenceTier,
  /** The label that it speaks for. */
  supports: label,
  /** Log-likelihood ratio (natural log) for `supports` against the other truth classes, >= 0. */
  strength: z.number().min(0),
  /** Stable reason code, e.g. `declared_by_source`, `allow_list_before_date`. */
  reason: z.string(),
  /** One sentence for people: the allow-list's reason, the declared value, the leader's id. */
  detail: z.string(),
  /** Where it was read: a field name, `allow_lists[2]`, a cluster leader. */
  field: z.string(),
});
export type Evidence = z.infer<typeof evidence>;

export const verdict = z.strictObject({
  label,
  editDirection: editDirection.nullable(),
  unknownReason: unknownReason.nullable(),
  modelFamily: z.string().nullable(),
  /** Posterior over human_authored, human_edited, synthetic; sums to 1. */
  posterior: z.tuple([z.number(), z.number(), z.number()]),
  evidence: z.array(evidence),
});
export type Verdict = z.infer<typeof verdict>;
