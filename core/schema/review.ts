/** Decisions of people on documents: made on packets, kept in the ledger, never deleted. */
import { z } from 'zod';
import { decisionSignature } from './approval.js';
import { editDirection, label } from './label.js';

/** Why a document stands in a packet. */
export const REVIEW_REASONS = [
  'random',
  'conflict',
  'near_threshold',
  'large',
  'contamination',
  'allow_list_audit',
  'second_review',
] as const;
export const reviewReason = z.enum(REVIEW_REASONS);
export type ReviewReason = z.infer<typeof reviewReason>;

export const TRANSFORMATIONS = [
  'machine_translation',
  'human_translation',
  'ocr',
  'asr',
  'spell_check',
] as const;
export const transformation = z.enum(TRANSFORMATIONS);
export type Transformation = z.infer<typeof transformation>;

export const reviewedDocument = z.strictObject({
  source: z.string(),
  id: z.string(),
  /** Digest of the text: a decision holds for this text wherever it stands. */
  textSha256: z.string().regex(/^[0-9a-f]{64}$/),
  domain: z.string(),
});
export type ReviewedDocument = z.infer<typeof reviewedDocument>;

export const reviewDecision = z.strictObject({
  ...reviewedDocument.shape,
  /** `unknown`: the reviewer cannot tell; it is no truth, and no evidence. */
  label,
  editDirection: editDirection.nullable(),
  transformedBy: z.array(transformation),
  reason: z.string(),
  reviewer: z.string().min(1),
  /** `self-declared`: nobody checked who the reviewer is. */
  authMethod: z.enum(['self-declared', 'signed']),
  mix: z.string(),
  packet: z.string(),
  why: reviewReason,
  /** Chance with which the document came into a packet, in (0, 1]; weights are its inverse. */
  inclusionProbability: z.number().gt(0).max(1),
  /** True where it is in the random sample: only such documents estimate shares. */
  isRandom: z.boolean(),
  /** Seed of the draw of its packet; where it is not known, only `isRandom` says what chance picked. */
  seed: z.int().optional(),
});
export type ReviewDecision = z.infer<typeof reviewDecision>;

/** All decisions that a build knows, newest per document and reviewer, sorted by digest and reviewer. */
export const decisionList = z.strictObject({
  schemaVersion: z.literal(1),
  decisions: z.array(reviewDecision),
});
export type DecisionList = z.infer<typeof decisionList>;

/** Body of a ledger line of kind `review`: one packet, answered by one reviewer. */
export const reviewLine = z.strictObject({
  mix: z.string(),
  packet: z.string(),
  packetSha256: z.string(),
  reviewer: z.string(),
  decisions: z.array(reviewDecision),
  /** Who handed over to the reviewer; absent where they answered for themselves. */
  onBehalfOf: z.string().optional(),
  /** Over the answers, and which correction of them it is; absent where nothing was signed. */
  signature: decisionSignature.optional(),
  again: z.int().min(0).optional(),
});
export type ReviewLine = z.infer<typeof reviewLine>;
