/** Sends one answered packet to its review: an update, which the review accepts or refuses. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { answersDigest } from '../../activities/record-review.js';
import { decideUpdateId, reviewWorkflowId } from '../../core/review/ids.js';
import { reviewPayload } from '../../core/review/signed-payload.js';
import { Failure } from '../../core/schema/failure.js';
import type { ReviewAnswer, ReviewInput, ReviewOutcome } from '../../core/schema/review-packet.js';
import type { Session } from '../build/session.js';
import { type PrivateKey, signWith } from './private-key.js';
import { type FoundPacket, nextNumber, refusalsOf } from './review-records.js';

export interface Sending extends FoundPacket {
  readonly reviewer: string;
  readonly answers: readonly ReviewAnswer[];
  /** Corrects an earlier answer. */
  readonly again: boolean;
  /** Of the reviewer; null: unsigned. */
  readonly key: PrivateKey | null;
}

export type Accepted = Extract<ReviewOutcome, { accepted: true }>;

function inputOf({ review, entry, reviewer, answers, again, key }: Sending): ReviewInput {
  const { packet, sha256 } = entry;
  const input = {
    ...{ packet, packetSha256: sha256, reviewer, answers: [...answers] },
    again: again ? nextNumber(review, packet, reviewer) : 0,
  };
  if (key === null) return input;
  return { ...input, signature: signWith(key, reviewPayload(review.mix, input)) };
}

function closed({ review, entry }: Sending): Failure {
  return new Failure('REVIEW_CLOSED', {
    subject: `packet ${entry.packet}`,
    expected: `an open review of ${review.mix}`,
    found: 'one that is closed, or that this server does not know',
    where: reviewWorkflowId(review.mix),
    remedy: 'build the mix again: what is undecided is asked about anew',
  });
}

function refused(
  { review, entry, reviewer }: Sending,
  { refusal, sentence, ledgerSequence }: Extract<ReviewOutcome, { accepted: false }>,
): Failure {
  return new Failure(
    'REVIEW_REFUSED',
    {
      subject: `answers of ${reviewer} to packet ${entry.packet}`,
      expected: 'an answer that the review takes',
      found: sentence,
      where: `${reviewWorkflowId(review.mix)}; on record as line ${ledgerSequence} of the ledger`,
      remedy: REMEDIES[refusal],
    },
    { refusal, ledgerSequence },
  );
}

const REMEDIES = {
  not_a_reviewer:
    'add the name to review.reviewers of the recipe and build again, then use --again',
  unknown_packet: 'list the packets with: ballast review list',
  stale_packet: 'look at the packet as it is now: ballast review show',
  incomplete: 'answer the packet whole; `unknown` says that you cannot tell',
  unsigned: 'sign it with: --key FILE',
  bad_signature: 'sign with the key whose public part stands under review.keys of the recipe',
  seen_before: 'leave the packet to another person',
} as const;

function otherAnswers({ entry, reviewer }: Sending, { ledgerSequence }: Accepted): Failure {
  return new Failure(
    'REVIEW_REFUSED',
    {
      subject: `answers of ${reviewer} to packet ${entry.packet}`,
      expected: 'the answers that were given before',
      found: 'other ones',
      where: `line ${ledgerSequence} of the ledger, which stands`,
      remedy: 'correct it with: ballast review decide .. --again',
    },
    { refusal: 'answered_before', ledgerSequence },
  );
}

/** The review's answer; a refusal is thrown. */
export async function sendAnswers(session: Session, sending: Sending): Promise<Accepted> {
  const input = inputOf(sending);
  const handle = session.client.workflow.getHandle(reviewWorkflowId(sending.review.mix));
  let outcome: ReviewOutcome;
  try {
    outcome = await handle.executeUpdate<ReviewOutcome, [ReviewInput]>('decide', {
      args: [input],
      updateId: decideUpdateId(input, refusalsOf(sending.review, input.packet, input.reviewer)),
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw closed(sending);
    throw error;
  }
  if (!outcome.accepted) throw refused(sending, outcome);
  if (outcome.answersSha256 !== answersDigest(input.answers)) throw otherAnswers(sending, outcome);
  return outcome;
}
