/**
 * Answers of the page go the way of all answers: each is judged as one of the command line, and the
 * packet is sent to its review, which accepts or refuses it on record. What is sent names the digest
 * of what the person saw, even where the packet has changed since: refusing it is the review's part.
 */
import { documentName } from '../../activities/record-review.js';
import { readPacket } from '../../activities/review-packets.js';
import { Failure } from '../../core/schema/failure.js';
import type { PacketEntry, ReviewAnswer } from '../../core/schema/review-packet.js';
import type { Session } from '../build/session.js';
import { type AnswerProblem, answerOf, isProblem, partial } from '../review/answers.js';
import type { PrivateKey } from '../review/private-key.js';
import { type ReviewRecord, readReviews } from '../review/review-records.js';
import { sendAnswers } from '../review/send-answers.js';
import type { AnswersMessage, PageAnswer } from './page-messages.js';

function badAnswer(document: string, { expected, found, remedy }: AnswerProblem): Failure {
  const parts = { subject: 'an answer', expected, found, where: document, remedy };
  return new Failure('REVIEW_ANSWERS_INVALID', parts);
}

function judgedAnswer({ document, ...written }: PageAnswer): ReviewAnswer {
  const answer = answerOf(document, { ...written, reason: written.reason.trim() });
  if (isProblem(answer)) throw badAnswer(document, answer);
  return answer;
}

/** Of the packet as it was shown: a document without an answer is refused before it is sent. */
async function assertWhole(
  workspace: string,
  review: ReviewRecord,
  entry: PacketEntry,
  answers: readonly ReviewAnswer[],
): Promise<void> {
  const packet = await readPacket(workspace, review.opened.index, entry);
  const given = new Set(answers.map(({ document }) => document));
  const open = packet.documents.flatMap((document, i) =>
    given.has(documentName(document)) ? [] : [i + 1],
  );
  if (open.length > 0) throw partial(packet, open);
}

export async function takeAnswers(
  workspace: string,
  message: AnswersMessage,
  { session, key }: { session: () => Promise<Session>; key: PrivateKey | null },
): Promise<{ ledgerSequence: number }> {
  const { mix, packet, sha256, reviewer, again } = message;
  const answers = message.answers.map(judgedAnswer);
  const [review] = await readReviews(workspace, mix);
  const known = review!.index.packets.find((entry) => entry.packet === packet);
  const shown: PacketEntry = {
    ...(known ?? { packet, round: 'first', reasons: {} }),
    ...{ sha256, documents: answers.length },
  };
  if (known?.sha256 === sha256) await assertWhole(workspace, review!, known, answers);
  const sending = { review: review!, entry: shown, reviewer, answers, again, key };
  const { ledgerSequence } = await sendAnswers(await session(), sending);
  return { ledgerSequence };
}
