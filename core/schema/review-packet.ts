/**
 * A packet: documents that one reviewer answers together. What the reviewer sees (`packet`) and what
 * the machine thinks (`machineViews`) are two files: the second is opened after the answer. The
 * digest of the first says what was shown.
 */
import { z } from 'zod';
import { decisionSignature } from './approval.js';
import { artifactRef } from './artifact.js';
import { evidence } from './evidence.js';
import { editDirection, label, unknownReason } from './label.js';
import { LIMITS } from './limits.js';
import { reviewPolicy } from './recipe.js';
import { reviewedDocument, reviewReason, transformation } from './review.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A piece of a text: UTF-16 code units from `start`. */
export const textPiece = z.strictObject({ start: z.int().min(0), text: z.string() });
export type TextPiece = z.infer<typeof textPiece>;

export const packetDocument = z.strictObject({
  ...reviewedDocument.shape,
  created: z.string().nullable(),
  url: z.string().nullable(),
  language: z.string().nullable(),
  tokens: z.int().min(0),
  why: reviewReason,
  /**
   * Chance with which the document came into a packet, in (0, 1]. Of a random pick: that of the
   * random draw, the same for all of a build. Of any other: that of coming in by whatever way.
   */
  inclusionProbability: z.number().gt(0).max(1),
  isRandom: z.boolean(),
  /** The whole text, or its beginning and its end. */
  pieces: z.array(textPiece).min(1),
  /** Length of the whole text in UTF-16 code units. */
  characters: z.int().min(0),
});
export type PacketDocument = z.infer<typeof packetDocument>;

/** `second`: its documents stand in a first packet too, and need another reviewer. */
export const packetRound = z.enum(['first', 'second']);
export type PacketRound = z.infer<typeof packetRound>;

export const packet = z.strictObject({
  schemaVersion: z.literal(1),
  /** Twelve hex digits of the digest of its round and its documents' sources, ids and texts. */
  packet: z.string().regex(/^[0-9a-f]{12}$/),
  round: packetRound,
  /** Seed of the draw. */
  seed: z.int(),
  documents: z.array(packetDocument).min(1),
});
export type Packet = z.infer<typeof packet>;

/** What the machine made of one document. */
export const machineView = z.strictObject({
  source: z.string(),
  id: z.string(),
  label,
  unknownReason: unknownReason.nullable(),
  /** Posterior of human_authored, human_edited, synthetic. */
  posterior: z.tuple([z.number(), z.number(), z.number()]),
  conflict: z.number().min(0).max(1),
});
export type MachineView = z.infer<typeof machineView>;

export const machineViews = z.strictObject({
  schemaVersion: z.literal(1),
  packet: z.string(),
  views: z.array(
    z.strictObject({
      ...machineView.shape,
      evidence: z.array(evidence),
      /** Benchmark items in it, as its labels hold them; '' where there are none. */
      contamination: z.string(),
    }),
  ),
});
export type MachineViews = z.infer<typeof machineViews>;

export const packetEntry = z.strictObject({
  packet: z.string(),
  /** Digest of the packet's file: of what a reviewer is shown. */
  sha256,
  round: packetRound,
  documents: z.int().min(1),
  /** Documents by the reason for which they stand in it. */
  reasons: z.partialRecord(reviewReason, z.int().min(1)),
});
export type PacketEntry = z.infer<typeof packetEntry>;

/** All packets of a build, with the frame that they were drawn from. */
export const packetIndex = z.strictObject({
  schemaVersion: z.literal(1),
  /** Documents that the random sample is of: usable in the mix, decided or not. */
  frame: z.int().min(0),
  /** Distinct documents in the packets, and those of them in the random sample. */
  documents: z.int().min(0),
  random: z.int().min(0),
  packets: z.array(packetEntry).max(LIMITS.reviewPackets),
});
export type PacketIndex = z.infer<typeof packetIndex>;

export const reviewAnswer = z.strictObject({
  /** `source/id`. */
  document: z.string().min(1).max(4_096),
  label,
  editDirection: editDirection.nullable(),
  transformedBy: z.array(transformation).max(10),
  reason: z.string().max(LIMITS.reviewReasonCharacters),
});
export type ReviewAnswer = z.infer<typeof reviewAnswer>;

/** One packet, answered whole by one reviewer. */
export const reviewInput = z.strictObject({
  packet: z.string().min(1).max(64),
  packetSha256: sha256,
  reviewer: z.string().min(1).max(200),
  answers: z.array(reviewAnswer).min(1).max(200),
  /** 0: the first answer; n: the n-th correction of it. */
  again: z.int().min(0).max(10_000),
  signature: decisionSignature.optional(),
});
export type ReviewInput = z.infer<typeof reviewInput>;

/** Why an answer is refused; stable codes. */
export const REFUSALS = [
  'not_a_reviewer',
  'unknown_packet',
  'stale_packet',
  'incomplete',
  'seen_before',
  'unsigned',
  'bad_signature',
] as const;
export const refusal = z.enum(REFUSALS);
export type Refusal = z.infer<typeof refusal>;

export const reviewOutcome = z.discriminatedUnion('accepted', [
  z.strictObject({
    accepted: z.literal(true),
    ledgerSequence: z.int(),
    /** Hash of that line; answers of older releases have none. */
    ledgerHash: z.string().optional(),
    /** Digest of the answers that the ledger holds under this key: those of the first call. */
    answersSha256: sha256,
    machine: z.array(machineView),
  }),
  z.strictObject({
    accepted: z.literal(false),
    ledgerSequence: z.int(),
    ledgerHash: z.string().optional(),
    refusal,
    sentence: z.string(),
  }),
]);
export type ReviewOutcome = z.infer<typeof reviewOutcome>;

/** Body of a ledger line of kind `review-opened`: which packets people are asked about. */
export const reviewOpenedLine = z.strictObject({
  mix: z.string(),
  index: artifactRef,
  packets: z.int(),
  documents: z.int(),
  reviewers: z.array(z.string()),
  deadlineSeconds: z.int(),
});
export type ReviewOpenedLine = z.infer<typeof reviewOpenedLine>;

/** Body of a ledger line of kind `review-refused`: an answer that was not taken, and why. */
export const reviewRefusedLine = z.strictObject({
  mix: z.string(),
  packet: z.string(),
  packetSha256: z.string(),
  reviewer: z.string(),
  refusal,
  sentence: z.string(),
});
export type ReviewRefusedLine = z.infer<typeof reviewRefusedLine>;

/** What starts the review of a build's packets; complete, and parsed again on replay. */
export const reviewMixInput = z.strictObject({
  schemaVersion: z.literal(1),
  /** name@version. */
  mix: z.string(),
  workspace: z.string(),
  index: artifactRef,
  packets: z.array(packetEntry.omit({ reasons: true })),
  /** Who may decide; empty: anyone who gives a name. */
  reviewers: z.array(z.string()),
  /** Milliseconds since 1970, UTC. */
  dueAtMs: z.number(),
  /** What earlier runs of this workflow saw. */
  answeredBy: z.record(z.string(), z.array(z.string())),
  refused: z.int(),
  /** Answers that one run takes before it continues as new. */
  answersPerRun: z.int().min(1),
  /** Absent in reviews that an earlier release started: then nobody signs and nobody is reminded. */
  keys: reviewPolicy.shape.keys.optional(),
  signatures: reviewPolicy.shape.signatures.optional(),
  reminderSeconds: reviewPolicy.shape.reminderSeconds.optional(),
});
export type ReviewMixInput = z.infer<typeof reviewMixInput>;
