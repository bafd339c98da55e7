/**
 * What the ledger holds of approvals, delegations and reminders, and what a manifest says of an approval. All
 * of an approval can be told again from these lines: who was asked for what, who answered, how it ended.
 */
import { z } from 'zod';
import { approvalRefusal, decisionSignature } from './approval.js';
import { artifactRef } from './artifact.js';
import { approvalPolicy } from './recipe.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const authMethod = z.enum(['self-declared', 'signed']);
const decision = z.enum(['approve', 'reject']);

/** Body of a line of kind `approval-opened`: people are asked to approve this packet. */
export const approvalOpenedLine = z.strictObject({
  mix: z.string(),
  packet: artifactRef,
  /** Digest of the plan, and of the recipe: a rejection stands for every packet of the two. */
  planSha256: sha256,
  recipeFingerprint: sha256,
  requestedBy: z.string(),
  policy: approvalPolicy,
  /** ISO, UTC. */
  dueAt: z.string(),
});
export type ApprovalOpenedLine = z.infer<typeof approvalOpenedLine>;

/** Body of a line of kind `approval`: one person's word on one packet. */
export const approvalLine = z.strictObject({
  mix: z.string(),
  packetSha256: sha256,
  approver: z.string(),
  /** Who handed over to them; null where they answered for themselves. */
  onBehalfOf: z.string().nullable(),
  decision,
  reason: z.string(),
  /** `self-declared`: nobody checked who it is. */
  authMethod,
  signature: decisionSignature.nullable(),
});
export type ApprovalLine = z.infer<typeof approvalLine>;

/** Body of a line of kind `approval-refused`: a word that was not taken, and why. */
export const approvalRefusedLine = z.strictObject({
  mix: z.string(),
  /** As it was sent. */
  packetSha256: z.string(),
  approver: z.string(),
  decision,
  refusal: approvalRefusal,
  sentence: z.string(),
});
export type ApprovalRefusedLine = z.infer<typeof approvalRefusedLine>;

/** How an approval ended; `approved_by_deadline`: the recipe lets silence approve. */
export const APPROVAL_ENDS = ['approved', 'approved_by_deadline', 'rejected', 'expired'] as const;
export const approvalEnd = z.enum(APPROVAL_ENDS);
export type ApprovalEnd = z.infer<typeof approvalEnd>;

/** What the manifest of a version says of its approval. */
export const manifestApproval = z.strictObject({
  packetSha256: sha256,
  end: approvalEnd,
  /** Different people who had to approve. */
  approvals: z.int(),
  answers: z.array(
    z.strictObject({
      approver: z.string(),
      onBehalfOf: z.string().nullable(),
      decision,
      reason: z.string(),
      authMethod,
      /** Key that signed it; null where nothing was signed. */
      publicKey: z.string().nullable(),
    }),
  ),
});
export type ManifestApproval = z.infer<typeof manifestApproval>;

/** Body of a line of kind `approval-closed`. */
export const approvalClosedLine = z.strictObject({ mix: z.string(), ...manifestApproval.shape });
export type ApprovalClosedLine = z.infer<typeof approvalClosedLine>;

/** What a person is asked for: packets of documents, or the approval of a plan. */
export const decisionScope = z.enum(['review', 'approval']);
export type DecisionScope = z.infer<typeof decisionScope>;

/** A person hands over to another; `to` the same person: takes it back. */
export const delegationInput = z.strictObject({
  scope: decisionScope,
  /** Delegations of this person and scope that the ledger holds so far; any other number is refused. */
  ordinal: z.int().min(0),
  from: z.string().min(1).max(200),
  to: z.string().min(1).max(200),
  /** Milliseconds since 1970, UTC; null: until the mix is decided. */
  untilMs: z.number().nullable(),
  reason: z.string().max(2_000),
  signature: decisionSignature.nullable(),
});
export type DelegationInput = z.infer<typeof delegationInput>;

/** Body of a line of kind `delegation`. */
export const delegationLine = z.strictObject({
  mix: z.string(),
  ...delegationInput.shape,
  authMethod,
});
export type DelegationLine = z.infer<typeof delegationLine>;

export const DELEGATION_REFUSALS = [
  'not_asked',
  'other_scope',
  'past',
  'unsigned',
  'bad_signature',
  'not_next',
] as const;
export const delegationRefusal = z.enum(DELEGATION_REFUSALS);

/** Body of a line of kind `delegation-refused`: a handing over that was not taken, and why. */
export const delegationRefusedLine = z.strictObject({
  mix: z.string(),
  ...delegationInput.omit({ reason: true, signature: true }).shape,
  refusal: delegationRefusal,
  sentence: z.string(),
});
export type DelegationRefusedLine = z.infer<typeof delegationRefusedLine>;

export const delegationOutcome = z.discriminatedUnion('accepted', [
  z.strictObject({ accepted: z.literal(true), ledgerSequence: z.int() }),
  z.strictObject({
    accepted: z.literal(false),
    ledgerSequence: z.int(),
    refusal: delegationRefusal,
    sentence: z.string(),
  }),
]);
export type DelegationOutcome = z.infer<typeof delegationOutcome>;

/** Body of a line of kind `reminder`: who owed what when. */
export const reminderLine = z.strictObject({
  mix: z.string(),
  scope: decisionScope,
  /** Names of those who owe an answer; empty: anyone. */
  owes: z.array(z.string()),
  sentence: z.string(),
  /** ISO, UTC. */
  dueAt: z.string(),
  secondsBefore: z.int(),
});
export type ReminderLine = z.infer<typeof reminderLine>;
