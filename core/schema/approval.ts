/**
 * Approval of a plan: a packet says what would be written, people approve or reject exactly that
 * packet, and every answer, taken or refused, is a line of the ledger.
 */
import { z } from 'zod';
import { artifactRef } from './artifact.js';
import { LIMITS } from './limits.js';
import { approvalPolicy } from './recipe.js';
import { riskDecision } from './risk.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A signature over the canonical JSON of what was decided, made with a key that Temporal never sees. */
export const decisionSignature = z.strictObject({
  /** `ed25519:` and base64 of the 32 bytes of the public key. */
  publicKey: z.string(),
  /** Base64 of the 64 bytes of the signature. */
  signature: z.string(),
});
export type DecisionSignature = z.infer<typeof decisionSignature>;

/** What an approver is shown; its digest is what is approved. */
export const approvalPacket = z.strictObject({
  schemaVersion: z.literal(1),
  /** name@version. */
  mix: z.string(),
  recipeFingerprint: sha256,
  requestedBy: z.string(),
  plan: artifactRef,
  inventory: artifactRef,
  /** The report of the simulation of collapse; null where the recipe asks for none. */
  risk: artifactRef.nullable(),
  riskDecision: riskDecision.nullable(),
  /** The report's page and pictures, relative to the workspace; null where there is none. */
  riskPage: z.string().nullable(),
  tokensAllocated: z.int(),
  /** Tokens by domain and by provenance, as the plan has them. */
  domains: z.array(z.strictObject({ domain: z.string(), tokens: z.int() })),
  provenance: z.array(z.strictObject({ label: z.string(), tokens: z.int() })),
  capsAdded: z.array(z.string()),
  /** Documents that wait for review, and packets of them. */
  review: z.strictObject({ documents: z.int(), packets: z.int() }).nullable(),
  previousVersion: z.string().nullable(),
});
export type ApprovalPacket = z.infer<typeof approvalPacket>;

export const approvalInput = z.strictObject({
  /** Whole; a part of one is taken for no packet, and refused as stale. */
  packetSha256: z.string().regex(/^[0-9a-f]{12,64}$/),
  approver: z.string().min(1).max(200),
  decision: z.enum(['approve', 'reject']),
  reason: z.string().max(LIMITS.reviewReasonCharacters),
  signature: decisionSignature.nullable(),
});
export type ApprovalInput = z.infer<typeof approvalInput>;

export const APPROVAL_REFUSALS = [
  'not_an_approver',
  'requester',
  'stale_packet',
  'decided_already',
  'unsigned',
  'bad_signature',
  'closed',
] as const;
export const approvalRefusal = z.enum(APPROVAL_REFUSALS);
export type ApprovalRefusal = z.infer<typeof approvalRefusal>;

export const approvalOutcome = z.discriminatedUnion('accepted', [
  z.strictObject({
    accepted: z.literal(true),
    ledgerSequence: z.int(),
    /** Hash of that line. */
    ledgerHash: z.string().optional(),
    decision: z.enum(['approve', 'reject']),
    /** Approvals that are still missing. */
    missing: z.int(),
  }),
  z.strictObject({
    accepted: z.literal(false),
    ledgerSequence: z.int(),
    ledgerHash: z.string().optional(),
    refusal: approvalRefusal,
    sentence: z.string(),
  }),
]);
export type ApprovalOutcome = z.infer<typeof approvalOutcome>;

/** What a build waits for; the answer of its `approval` query, null while nobody is asked. */
export const approvalState = z.strictObject({
  mix: z.string(),
  /** File of the `approvalPacket`. */
  packet: artifactRef,
  policy: approvalPolicy,
  state: z.enum(['open', 'approved', 'rejected', 'expired']),
  dueAtMs: z.number(),
  answers: z.array(
    z.strictObject({
      approver: z.string(),
      decision: z.enum(['approve', 'reject']),
      reason: z.string(),
      ledgerSequence: z.int(),
      authMethod: z.enum(['self-declared', 'signed']),
      /** Whose seat it was; null where it was their own. */
      onBehalfOf: z.string().nullable(),
    }),
  ),
  refused: z.int(),
});
export type ApprovalState = z.infer<typeof approvalState>;
export type ApprovalAnswer = ApprovalState['answers'][number];
