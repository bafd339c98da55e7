/** Evidence: one reason for or against a label, from one family of witnesses, with its strength. */
import { z } from 'zod';
import { editDirection, label, syntheticKind, unknownReason } from './label.js';
import { transformation } from './review.js';

export const EVIDENCE_FAMILIES = [
  'review',
  'own_output',
  'credential',
  'platform',
  'date',
  'allow_list',
  'cluster',
  'declaration',
  'text_statistics',
] as const;
export const evidenceFamily = z.enum(EVIDENCE_FAMILIES);
export type EvidenceFamily = z.infer<typeof evidenceFamily>;

/** T1 decides alone; T2 decides if nothing strong opposes; T3 never decides. */
export const evidenceTier = z.enum(['T1', 'T2', 'T3']);
export type EvidenceTier = z.infer<typeof evidenceTier>;

export const evidence = z.strictObject({
  family: evidenceFamily,
  tier: evidenceTier,
  /** The label that it speaks for or against. */
  supports: label,
  direction: z.enum(['for', 'against']),
  /** Log-likelihood ratio (natural log) for `supports` against the other truth classes, >= 0. */
  strength: z.number().min(0),
  /** Stable reason code, e.g. `declared_by_source`, `allow_list_before_date`. */
  reason: z.string(),
  /** One sentence for people: the allow-list's reason, the declared value, the leader's id. */
  detail: z.string(),
  /** Where it was read: a field name, `allow_lists[2]`, a cluster leader. */
  field: z.string(),
  /** Where in the text: UTF-16 code units, [start, end); null where it is about the whole. */
  span: z.tuple([z.int().min(0), z.int().min(0)]).nullable(),
});
export type Evidence = z.infer<typeof evidence>;

export const verdict = z.strictObject({
  label,
  editDirection: editDirection.nullable(),
  unknownReason: unknownReason.nullable(),
  /** Of synthetic text: written by a language model, or by a program; null elsewhere and where nobody says. */
  syntheticKind: syntheticKind.nullable(),
  transformedBy: z.array(transformation),
  modelFamily: z.string().nullable(),
  /** Own models between this text and human text; 0 where it was not traced to one. */
  lineageDepth: z.int().min(0),
  /** The mix version whose model wrote it, where that model was trained on this mix; else null. */
  loop: z.string().nullable(),
  /** Posterior over human_authored, human_edited, synthetic; sums to 1. */
  posterior: z.tuple([z.number(), z.number(), z.number()]),
  /** Dempster-Shafer conflict K of the families, in [0, 1]: routes to review, never labels. */
  conflict: z.number().min(0).max(1),
  evidence: z.array(evidence),
});
export type Verdict = z.infer<typeof verdict>;
