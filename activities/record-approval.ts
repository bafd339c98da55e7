/**
 * One person's word on a plan: judged, then written to the ledger whatever the judgement. The line's key is
 * packet, person and decision, so a retry, or the same word sent twice, finds the line that stands.
 */
import {
  approvalsMissing,
  countingAnswers,
  judgeApproval,
  type RefusedWord,
  type Settled,
  settledBy,
  standingAnswer,
  unproven,
} from '../core/review/judge-approval.js';
import { approvalPayload } from '../core/review/signed-payload.js';
import type { ApprovalAnswer, ApprovalInput, ApprovalOutcome } from '../core/schema/approval.js';
import type {
  ApprovalClosedLine,
  ApprovalEnd,
  ApprovalLine,
  ApprovalRefusedLine,
  ManifestApproval,
} from '../core/schema/approval-lines.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { assert } from '../core/schema/failure.js';
import { foldName } from '../core/schema/fold-name.js';
import type { ApprovalPolicy, ReviewPolicy } from '../core/schema/recipe.js';
import { digestOf } from '../storage/digest.js';
import { appendLedger, readLedger } from '../storage/ledger.js';
import {
  APPROVAL_CLOSED_LINE,
  APPROVAL_LINE,
  APPROVAL_REFUSED_LINE,
  answerOf,
  approvalsIn,
  delegationsIn,
} from './approval-lines.js';
import { signatureState } from './signed-lines.js';

/** Where an approval stands, and by whose rules. */
export interface ApprovalCaseInput {
  readonly workspace: string;
  /** name@version. */
  readonly mix: string;
  /** Null while nobody is asked. */
  readonly packet: ArtifactRef | null;
  /** Null where the recipe asks nobody. */
  readonly policy: ApprovalPolicy | null;
  readonly requestedBy: string;
  readonly dueAtMs: number;
  /** Workflow and run, as the ledger names them. */
  readonly by: string;
}

export interface RecordApprovalInput extends ApprovalCaseInput {
  readonly keys: ReviewPolicy['keys'];
  readonly signatures: ReviewPolicy['signatures'];
  readonly answer: ApprovalInput;
  /** When it came in, ms since 1970. */
  readonly atMs: number;
}

export interface StandingApproval {
  readonly answers: readonly ApprovalAnswer[];
  readonly settled: Settled;
  readonly missing: number;
}

export interface RecordedApproval extends StandingApproval {
  readonly outcome: ApprovalOutcome;
}

/** What stands in the ledger of one packet. */
export async function standingApproval(
  { workspace, mix, packet }: Pick<ApprovalCaseInput, 'workspace' | 'mix' | 'packet'>,
  policy: ApprovalPolicy,
): Promise<StandingApproval> {
  const held = approvalsIn(await readLedger(workspace), mix, packet?.sha256 ?? null);
  const lines = held.map(({ line }) => line);
  return {
    answers: held.map(answerOf),
    settled: settledBy(policy, lines),
    missing: approvalsMissing(policy, lines),
  };
}

/** The line that takes the answer, an earlier one that says the same, or why it is not taken. */
async function judge(
  input: RecordApprovalInput,
  policy: ApprovalPolicy,
): Promise<ApprovalLine | RefusedWord> {
  const { workspace, mix, answer, packet, keys } = input;
  const { signatures, requestedBy, atMs, dueAtMs } = input;
  const entries = await readLedger(workspace);
  const packetSha256 = packet?.sha256 ?? null;
  const answers = approvalsIn(entries, mix, packetSha256).map(({ line }) => line);
  const delegations = delegationsIn(entries, mix, 'approval');
  const { signature, approver, decision, reason } = answer;
  const payload = approvalPayload(mix, answer);
  const state = signatureState(payload, signature, { keys, who: approver });
  const before = standingAnswer(answers, answer);
  const wrong = before === undefined ? null : unproven({ signatures }, approver, state);
  if (before !== undefined) return wrong ?? before;
  const given = { policy, signatures, requestedBy, packetSha256, answers, delegations };
  const judged = judgeApproval({ ...given, atMs, dueAtMs }, answer, state);
  if (!judged.accepted) return judged;
  return {
    ...{ mix, packetSha256: answer.packetSha256, approver, decision, reason, signature },
    onBehalfOf: judged.seat.onBehalfOf,
    authMethod: state === 'good' ? 'signed' : 'self-declared',
  };
}

async function refuse(
  { workspace, mix, answer, by }: RecordApprovalInput,
  { refusal, sentence }: Pick<ApprovalRefusedLine, 'refusal' | 'sentence'>,
): Promise<ApprovalOutcome> {
  const { packetSha256, approver, decision } = answer;
  const body: ApprovalRefusedLine = { mix, packetSha256, approver, decision, refusal, sentence };
  const key = `approval-refused/${mix}/${digestOf({ ...answer, refusal })}`;
  const entry = await appendLedger(workspace, { key, kind: APPROVAL_REFUSED_LINE, by, body });
  const { sequence: ledgerSequence, hash: ledgerHash } = entry;
  return { accepted: false, ledgerSequence, ledgerHash, refusal, sentence };
}

const NOBODY_ASKED = {
  refusal: 'closed',
  sentence: 'the recipe asks nobody to approve this build',
} as const;

export async function recordApproval(input: RecordApprovalInput): Promise<RecordedApproval> {
  const { workspace, mix, policy, by } = input;
  const nothing = { answers: [], settled: 'open', missing: 0 } as const;
  if (policy === null) return { ...nothing, outcome: await refuse(input, NOBODY_ASKED) };
  const judged = await judge(input, policy);
  if ('refusal' in judged) {
    const outcome = await refuse(input, judged);
    return { outcome, ...(await standingApproval(input, policy)) };
  }
  const { packetSha256, approver, decision } = judged;
  const key = `approval/${mix}/${packetSha256}/${foldName(approver)}/${decision}`;
  const entry = await appendLedger(workspace, { key, kind: APPROVAL_LINE, by, body: judged });
  const standing = await standingApproval(input, policy);
  const { missing } = standing;
  const { sequence: ledgerSequence, hash: ledgerHash } = entry;
  return {
    ...standing,
    outcome: { accepted: true, ledgerSequence, ledgerHash, decision, missing },
  };
}

function endOf(settled: Settled, { onDeadline }: ApprovalPolicy): ApprovalEnd {
  if (settled !== 'open') return settled;
  return onDeadline === 'approve' ? 'approved_by_deadline' : 'expired';
}

/** The end of an approval, as the ledger has it: by answers, or else by its deadline. */
export async function closeApproval(input: ApprovalCaseInput): Promise<ManifestApproval> {
  const { workspace, mix, packet, policy, by } = input;
  assert(packet !== null && policy !== null, 'an approval was opened before it is closed');
  const held = approvalsIn(await readLedger(workspace), mix, packet.sha256).map(({ line }) => line);
  const closed: ManifestApproval = {
    packetSha256: packet.sha256,
    end: endOf(settledBy(policy, held), policy),
    approvals: policy.approvals,
    answers: countingAnswers(held).map(({ signature, ...line }) => ({
      ...{ approver: line.approver, onBehalfOf: line.onBehalfOf, decision: line.decision },
      ...{ reason: line.reason, authMethod: line.authMethod },
      publicKey: signature?.publicKey ?? null,
    })),
  };
  const body: ApprovalClosedLine = { mix, ...closed };
  const key = `approval-closed/${mix}/${packet.sha256}/${by}`;
  await appendLedger(workspace, { key, kind: APPROVAL_CLOSED_LINE, by, body });
  return closed;
}
