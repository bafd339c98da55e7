/**
 * One packet answered by one reviewer: judged, then written to the ledger whatever the judgement.
 * The line's key is packet and reviewer, so a retry, or the same answer sent twice, finds the line
 * that stands and adds none.
 */

import { isSamePerson } from '../core/review/person.js';
import { type Seat, seatsOf } from '../core/review/seats.js';
import { reviewPayload } from '../core/review/signed-payload.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { canonicalJson } from '../core/schema/canonical.js';
import { assert } from '../core/schema/failure.js';
import type { ReviewPolicy } from '../core/schema/recipe.js';
import {
  type ReviewDecision,
  type ReviewLine,
  reviewDecision,
  reviewLine,
} from '../core/schema/review.js';
import type {
  MachineView,
  Packet,
  PacketDocument,
  PacketEntry,
  Refusal,
  ReviewAnswer,
  ReviewInput,
  ReviewOpenedLine,
  ReviewOutcome,
  ReviewRefusedLine,
} from '../core/schema/review-packet.js';
import { digestOf, sha256 } from '../storage/digest.js';
import { appendLedger, type LedgerEntry, readLedger } from '../storage/ledger.js';
import { delegationsIn } from './approval-lines.js';
import { REVIEW_LINE } from './decisions.js';
import { readMachineViews, readPacket } from './review-packets.js';
import { signatureState } from './signed-lines.js';

export const REVIEW_OPENED_LINE = 'review-opened';
export const REVIEW_REFUSED_LINE = 'review-refused';

export interface RecordReviewInput {
  readonly workspace: string;
  /** name@version. */
  readonly mix: string;
  readonly index: ArtifactRef;
  /** The packet of that id, if this review has one. */
  readonly entry: Pick<PacketEntry, 'packet' | 'sha256'> | null;
  /** Empty: anyone may decide. */
  readonly reviewers: readonly string[];
  readonly answer: ReviewInput;
  /** Absent in reviews that an earlier release runs. */
  readonly keys?: ReviewPolicy['keys'];
  readonly signatures?: ReviewPolicy['signatures'];
  /** When it came in, ms since 1970. */
  readonly atMs?: number;
  /** Workflow and run, as the ledger names them. */
  readonly by: string;
}

export function documentName({ source, id }: Pick<PacketDocument, 'source' | 'id'>): string {
  return `${source}/${id}`;
}

/** Digest of what was answered, whatever the order of the answers. */
export function answersDigest(answers: readonly ReviewAnswer[]): string {
  return sha256(canonicalJson([...answers].sort((a, b) => (a.document < b.document ? -1 : 1))));
}

/** The answers that decisions hold. */
export function answersOf(decisions: readonly ReviewDecision[]): ReviewAnswer[] {
  return decisions.map(({ label, editDirection, transformedBy, reason, ...document }) => ({
    document: documentName(document),
    ...{ label, editDirection, transformedBy, reason },
  }));
}

interface Refused {
  readonly refusal: Refusal;
  readonly sentence: string;
}

function refused(refusal: Refusal, sentence: string): Refused {
  return { refusal, sentence };
}

/** Names that one list has and the other lacks, as a sentence; '' where none. */
function mismatch(shown: Packet, answers: readonly ReviewAnswer[]): string {
  const wanted = new Set(shown.documents.map(documentName));
  const given = answers.map(({ document }) => document);
  const strange = given.find((name) => !wanted.has(name));
  if (strange !== undefined) return `${strange} is not in the packet`;
  const open = [...wanted].filter((name) => !given.includes(name));
  if (open.length > 0) return `${open.length} of ${wanted.size} documents have no answer`;
  return given.length === wanted.size ? '' : 'a document is answered twice';
}

/**
 * A text of this packet that the reviewer decided on in another packet; null where none. Another spelling of
 * the name, or the same key under another name, is the same pair of eyes.
 */
function seenBefore(
  entries: readonly LedgerEntry[],
  { reviewer, packet, signature }: ReviewInput,
  shown: Packet,
): PacketDocument | null {
  const seen = new Set<string>();
  for (const { kind, body } of entries) {
    if (kind !== REVIEW_LINE) continue;
    const line = reviewLine.parse(body);
    const key = line.signature?.publicKey;
    const isTheirs =
      isSamePerson(line.reviewer, reviewer) || (key !== undefined && key === signature?.publicKey);
    if (!isTheirs || line.packet === packet) continue;
    for (const { textSha256 } of line.decisions) seen.add(textSha256);
  }
  return shown.documents.find(({ textSha256 }) => seen.has(textSha256)) ?? null;
}

interface Judged {
  readonly shown: Packet;
  readonly seat: Seat;
  readonly isSigned: boolean;
}

/** Whose seat the answer is given from and how far it is proven, or why it is not taken. */
function judgePerson(
  { mix, reviewers, answer, keys = {}, signatures = 'optional', atMs = 0 }: RecordReviewInput,
  entries: readonly LedgerEntry[],
): Omit<Judged, 'shown'> | Refused {
  const { reviewer } = answer;
  const [seat] = seatsOf(reviewers, delegationsIn(entries, mix, 'review'), reviewer, atMs);
  if (seat === undefined)
    return refused('not_a_reviewer', `${reviewer} is not among the reviewers of the recipe`);
  const payload = reviewPayload(mix, answer);
  const state = signatureState(payload, answer.signature, { keys, who: reviewer });
  if (state === 'bad')
    return refused('bad_signature', `not signed by the key that the recipe names for ${reviewer}`);
  if (state === 'none' && signatures === 'required')
    return refused('unsigned', 'the recipe takes signed answers only');
  return { seat, isSigned: state === 'good' };
}

/** The packet that was shown, or why the answer is not taken. */
async function judge(input: RecordReviewInput): Promise<Judged | Refused> {
  const { workspace, index, entry, answer } = input;
  const { reviewer, packet: id, packetSha256, answers } = answer;
  const entries = await readLedger(workspace);
  const person = judgePerson(input, entries);
  if ('refusal' in person) return person;
  if (entry === null)
    return refused('unknown_packet', `packet ${id} is not asked about in this review`);
  if (entry.sha256 !== packetSha256)
    return refused(
      'stale_packet',
      `packet ${id} was drafted anew: shown ${packetSha256.slice(0, 12)}, now ${entry.sha256.slice(0, 12)}`,
    );
  const shown = await readPacket(workspace, index, entry);
  const wrong = mismatch(shown, answers);
  if (wrong !== '') return refused('incomplete', `a packet is answered whole: ${wrong}`);
  const seen = seenBefore(entries, answer, shown);
  if (seen !== null)
    return refused(
      'seen_before',
      `${reviewer} decided on ${documentName(seen)} in another packet; a second look needs another person`,
    );
  return { shown, ...person };
}

function decisionsOf(
  { mix, answer }: RecordReviewInput,
  { shown, isSigned }: Judged,
): ReviewDecision[] {
  const byName = new Map(answer.answers.map((item) => [item.document, item]));
  return shown.documents.map((document) => {
    const given = byName.get(documentName(document));
    assert(given !== undefined, 'every document has an answer');
    const { source, id, textSha256, domain, why, inclusionProbability, isRandom } = document;
    const { label, editDirection, transformedBy, reason } = given;
    return reviewDecision.parse({
      ...{ source, id, textSha256, domain, why, inclusionProbability, isRandom },
      ...{ label, transformedBy, reason, reviewer: answer.reviewer },
      editDirection: label === 'human_edited' ? (editDirection ?? 'unknown') : null,
      authMethod: isSigned ? 'signed' : 'self-declared',
      ...{ mix, packet: answer.packet, seed: shown.seed },
    });
  });
}

/** Key of an accepted answer: one line per packet, reviewer and correction. */
export function reviewKey(mix: string, { packet, reviewer, again }: ReviewInput): string {
  const key = `review/${mix}/${packet}/${reviewer}`;
  return again === 0 ? key : `${key}/${again}`;
}

async function viewsOf({ workspace, index, answer }: RecordReviewInput): Promise<MachineView[]> {
  const { views } = await readMachineViews(workspace, index, answer.packet);
  return views.map(({ source, id, label, unknownReason, posterior, conflict }) => ({
    ...{ source, id, label, unknownReason, posterior, conflict },
  }));
}

/** The line less its decisions: what the signature needs stands in it, and only where there is one. */
function lineOf(
  { mix, answer: { packet, packetSha256, reviewer, signature, again } }: RecordReviewInput,
  { seat }: Judged,
): Omit<ReviewLine, 'decisions'> {
  return {
    ...{ mix, packet, packetSha256, reviewer },
    ...(seat.onBehalfOf === null ? {} : { onBehalfOf: seat.onBehalfOf }),
    ...(signature === undefined ? {} : { signature, again }),
  };
}

export async function recordReview(input: RecordReviewInput): Promise<ReviewOutcome> {
  const { workspace, mix, answer, by, atMs = 0 } = input;
  const { packet, packetSha256, reviewer } = answer;
  const judged = await judge(input);
  if ('refusal' in judged) {
    const body: ReviewRefusedLine = { mix, packet, packetSha256, reviewer, ...judged };
    const key = `review-refused/${mix}/${digestOf({ ...answer, refusal: judged.refusal, atMs })}`;
    const kind = REVIEW_REFUSED_LINE;
    const { sequence, hash } = await appendLedger(workspace, { key, kind, by, body });
    return { accepted: false, ledgerSequence: sequence, ledgerHash: hash, ...judged };
  }
  const decisions = decisionsOf(input, judged);
  const body: ReviewLine = { ...lineOf(input, judged), decisions };
  const key = reviewKey(mix, answer);
  const entry = await appendLedger(workspace, { key, kind: REVIEW_LINE, by, body });
  const held = reviewLine.parse(entry.body).decisions;
  return {
    accepted: true,
    ledgerSequence: entry.sequence,
    ledgerHash: entry.hash,
    answersSha256: answersDigest(answersOf(held)),
    machine: await viewsOf(input),
  };
}

/** The ledger's line that a build asks people about these packets; one per build. */
export async function recordOpened(
  workspace: string,
  body: ReviewOpenedLine,
  by: string,
): Promise<number> {
  const key = `review-opened/${body.mix}/${by}`;
  return (await appendLedger(workspace, { key, kind: REVIEW_OPENED_LINE, by, body })).sequence;
}
