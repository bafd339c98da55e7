/**
 * Answers as people write them on the command line: `<number or source/id>=<label>`, then
 * `/<direction>` for edited text, `+<transformation>` as often as needed, and `:<reason>`.
 */
import { documentName } from '../../activities/record-review.js';
import { Failure } from '../../core/schema/failure.js';
import { EDIT_DIRECTIONS, LABELS } from '../../core/schema/label.js';
import { LIMITS } from '../../core/schema/limits.js';
import { suggest } from '../../core/schema/nearest.js';
import { TRANSFORMATIONS } from '../../core/schema/review.js';
import type { Packet, ReviewAnswer } from '../../core/schema/review-packet.js';

/** What is wrong with one answer. */
export interface AnswerProblem {
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

export function isProblem(value: object): value is AnswerProblem {
  return 'remedy' in value;
}

export interface WrittenAnswer {
  readonly label: string;
  /** '' where nothing is said. */
  readonly editDirection: string;
  readonly transformedBy: readonly string[];
  readonly reason: string;
}

function notOneOf(found: string, known: readonly string[], what: string): AnswerProblem {
  const remedy = suggest(found, known);
  return {
    expected: `${what}: ${known.join(', ')}`,
    found: found === '' ? 'nothing' : found,
    remedy,
  };
}

/** The answer, or what is wrong with it. */
export function answerOf(document: string, written: WrittenAnswer): ReviewAnswer | AnswerProblem {
  const label = LABELS.find((known) => known === written.label);
  if (label === undefined) return notOneOf(written.label, LABELS, 'a label');
  const direction = EDIT_DIRECTIONS.find((known) => known === written.editDirection);
  if (written.editDirection !== '' && direction === undefined)
    return notOneOf(written.editDirection, EDIT_DIRECTIONS, 'an edit direction');
  if (written.editDirection !== '' && label !== 'human_edited')
    return {
      expected: 'a direction with human_edited alone',
      found: `${label} with ${written.editDirection}`,
      remedy: 'leave the direction out, or answer human_edited',
    };
  const strange = written.transformedBy.find((name) => !TRANSFORMATIONS.some((t) => t === name));
  if (strange !== undefined) return notOneOf(strange, TRANSFORMATIONS, 'a transformation');
  if (written.reason.length > LIMITS.reviewReasonCharacters)
    return {
      expected: `a reason of at most ${LIMITS.reviewReasonCharacters} characters`,
      found: `${written.reason.length}`,
      remedy: 'shorten it',
    };
  return {
    document,
    label,
    editDirection: label === 'human_edited' ? (direction ?? 'unknown') : null,
    transformedBy: TRANSFORMATIONS.filter((name) => written.transformedBy.includes(name)),
    reason: written.reason,
  };
}

function usage(text: string, { expected, found, remedy }: AnswerProblem): Failure {
  return new Failure('USAGE', {
    subject: 'answer',
    expected,
    found,
    where: `--answer ${text}`,
    remedy,
  });
}

/** Name of the document that an answer is about, and what follows the `=`. */
function splitAnswer(text: string, packet: Packet): { document: string; rest: string } | null {
  const numbered = /^(\d+)=(.*)$/s.exec(text);
  const byNumber = numbered === null ? undefined : packet.documents[Number(numbered[1]) - 1];
  if (byNumber !== undefined) return { document: documentName(byNumber), rest: numbered![2]! };
  const names = packet.documents.flatMap((document) => [documentName(document), document.id]);
  const name = names.find((known) => text.startsWith(`${known}=`));
  if (name === undefined) return null;
  const document = packet.documents.find((known) =>
    [documentName(known), known.id].includes(name),
  )!;
  return { document: documentName(document), rest: text.slice(name.length + 1) };
}

function parseAnswer(text: string, packet: Packet): ReviewAnswer {
  const split = splitAnswer(text, packet);
  if (split === null)
    throw usage(text, {
      expected: `a document of the packet, 1 to ${packet.documents.length}, or its source/id`,
      found: text.split('=')[0]!,
      remedy: `write --answer 1=human_authored; see: ballast review show ${packet.packet}`,
    });
  const { document, rest } = split;
  const colon = rest.indexOf(':');
  const [said, reason] = colon < 0 ? [rest, ''] : [rest.slice(0, colon), rest.slice(colon + 1)];
  const [labelled = '', ...transformedBy] = said.split('+');
  const [label = '', editDirection = ''] = labelled.split('/');
  const answer = answerOf(document, {
    ...{ label: label.trim(), editDirection: editDirection.trim(), reason: reason.trim() },
    transformedBy: transformedBy.map((name) => name.trim()),
  });
  if (isProblem(answer)) throw usage(text, answer);
  return answer;
}

/** All answers of one packet; a document without one, or with two, is refused. */
export function parseAnswers(texts: readonly string[], packet: Packet): ReviewAnswer[] {
  const answers = new Map<string, ReviewAnswer>();
  for (const text of texts) {
    const answer = parseAnswer(text, packet);
    if (answers.has(answer.document))
      throw usage(text, {
        expected: 'one answer to each document',
        found: `a second answer to ${answer.document}`,
        remedy: 'leave one of them out',
      });
    answers.set(answer.document, answer);
  }
  const open = packet.documents.flatMap((document, i) =>
    answers.has(documentName(document)) ? [] : [i + 1],
  );
  if (open.length > 0) throw partial(packet, open);
  return packet.documents.map((document) => answers.get(documentName(document))!);
}

/** A packet is answered whole; `unknown` says that one cannot tell. */
export function partial({ packet, documents }: Packet, open: readonly number[]): Failure {
  return new Failure('USAGE', {
    subject: `packet ${packet}`,
    expected: `an answer to each of its ${documents.length} documents`,
    found: `none to ${open.slice(0, 20).join(', ')}${open.length > 20 ? ', ..' : ''}`,
    where: 'command line',
    remedy: 'answer the packet whole; `unknown` says that you cannot tell',
  });
}
