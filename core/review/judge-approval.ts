/**
 * Whether a word on a plan counts. All that stands is given: the answers before it, who handed over to whom,
 * what the signature came to. Answers are by seat; one rejection ends it, `approvals` of different people do.
 */
import type { ApprovalInput, ApprovalRefusal } from '../schema/approval.js';
import type { ApprovalLine } from '../schema/approval-lines.js';
import type { ApprovalPolicy, ReviewPolicy } from '../schema/recipe.js';
import { isRequester, isSamePerson } from './person.js';
import { type Delegation, type Seat, seatsOf } from './seats.js';

/** What a signature came to: none given, made by the person's key, or by no key of theirs. */
export type SignatureState = 'none' | 'good' | 'bad';

export interface ApprovalCase {
  readonly policy: ApprovalPolicy;
  readonly signatures: ReviewPolicy['signatures'];
  readonly requestedBy: string;
  /** Digest of the packet that people are asked about; null while there is none. */
  readonly packetSha256: string | null;
  /** Accepted answers to this packet, oldest first. */
  readonly answers: readonly ApprovalLine[];
  readonly delegations: readonly Delegation[];
  /** Ms since 1970, UTC. */
  readonly atMs: number;
  readonly dueAtMs: number;
}

export type ApprovalJudgement =
  | { readonly accepted: true; readonly seat: Seat }
  | { readonly accepted: false; readonly refusal: ApprovalRefusal; readonly sentence: string };

export type RefusedWord = Exclude<ApprovalJudgement, { accepted: true }>;

export type Settled = 'open' | 'approved' | 'rejected';

/** The answers that count: the newest of each person, and with it of each seat. */
export function countingAnswers(answers: readonly ApprovalLine[]): ApprovalLine[] {
  return answers.filter(
    (answer, i) =>
      !answers.slice(i + 1).some((later) => isSamePerson(later.approver, answer.approver)),
  );
}

/** Approvals that are still missing; 0 where there are enough. */
export function approvalsMissing(policy: ApprovalPolicy, answers: readonly ApprovalLine[]): number {
  const given = countingAnswers(answers).filter(({ decision }) => decision === 'approve').length;
  return Math.max(0, policy.approvals - given);
}

export function settledBy(policy: ApprovalPolicy, answers: readonly ApprovalLine[]): Settled {
  if (answers.some(({ decision }) => decision === 'reject')) return 'rejected';
  return approvalsMissing(policy, answers) === 0 ? 'approved' : 'open';
}

function refused(refusal: ApprovalRefusal, sentence: string): RefusedWord {
  return { accepted: false, refusal, sentence };
}

const short = (digest: string) => digest.slice(0, 12);

/** Why this packet takes no answer now; null where it does. */
function closedBy(given: ApprovalCase, packetSha256: string): ApprovalJudgement | null {
  if (given.packetSha256 === null)
    return refused('closed', 'nobody is asked to approve anything yet');
  if (given.packetSha256 !== packetSha256)
    return refused(
      'stale_packet',
      `the plan has changed: shown ${short(packetSha256)}, now ${short(given.packetSha256)}`,
    );
  const settled = settledBy(given.policy, given.answers);
  if (settled !== 'open') return refused('closed', `this packet is ${settled} already`);
  return given.atMs > given.dueAtMs ? refused('closed', 'the deadline has passed') : null;
}

/** What is wrong with the proof of a word; null where nothing is. */
export function unproven(
  { signatures }: Pick<ApprovalCase, 'signatures'>,
  who: string,
  state: SignatureState,
): RefusedWord | null {
  if (state === 'bad')
    return refused('bad_signature', `not signed by the key that the recipe names for ${who}`);
  if (state === 'none' && signatures === 'required')
    return refused('unsigned', 'the recipe takes signed answers only');
  return null;
}

/** The answer that stands in the way: of the seat, or of the key. */
function inTheWay(answers: readonly ApprovalLine[], answer: ApprovalInput, seat: Seat) {
  const others = answers.filter(({ approver }) => !isSamePerson(approver, answer.approver));
  return others.find(
    (line) =>
      isSamePerson(line.onBehalfOf ?? line.approver, seat.owner) ||
      (answer.signature !== null && line.signature?.publicKey === answer.signature.publicKey),
  );
}

function judgeSeat(given: ApprovalCase, answer: ApprovalInput, seat: Seat): ApprovalJudgement {
  const { policy, requestedBy, answers } = given;
  const { approver, decision } = answer;
  const own = answers.find((line) => isSamePerson(line.approver, approver));
  // A person has one seat: whoever answered from one changes their mind in that one.
  if (own !== undefined && !isSamePerson(own.onBehalfOf ?? own.approver, seat.owner))
    return refused('decided_already', `${approver} has answered already`);
  const asked = [approver, seat.owner].find((name) => isRequester(name, requestedBy));
  if (decision === 'approve' && !policy.requesterApproves && asked !== undefined)
    return refused('requester', `${asked} asked for this build; another person approves it`);
  const standing = inTheWay(answers, answer, seat);
  if (standing !== undefined)
    return refused(
      'decided_already',
      `${standing.approver} has answered from this seat or with this key`,
    );
  return { accepted: true, seat };
}

/** The same person's last word, where it was the same; it stands, and a second one adds nothing. */
export function standingAnswer(
  answers: readonly ApprovalLine[],
  { approver, decision, packetSha256 }: ApprovalInput,
): ApprovalLine | undefined {
  return countingAnswers(answers).find(
    (line) =>
      isSamePerson(line.approver, approver) &&
      line.decision === decision &&
      line.packetSha256 === packetSha256,
  );
}

export function judgeApproval(
  given: ApprovalCase,
  answer: ApprovalInput,
  signature: SignatureState,
): ApprovalJudgement {
  const closed = closedBy(given, answer.packetSha256);
  if (closed !== null) return closed;
  const { policy, delegations, atMs } = given;
  const seats = seatsOf(policy.approvers, delegations, answer.approver, atMs);
  if (seats.length === 0)
    return refused(
      'not_an_approver',
      `${answer.approver} is not among the approvers of the recipe`,
    );
  const wrong = unproven(given, answer.approver, signature);
  if (wrong !== null) return wrong;
  const judged = seats.map((seat) => judgeSeat(given, answer, seat));
  return judged.find(({ accepted }) => accepted) ?? judged[0]!;
}
