/**
 * The approval of a plan, where the recipe asks for it: draft what would be written, wait for people until the
 * deadline, go on or end. A rejection, or silence where the recipe lets silence reject, ends the build.
 */
import { ApplicationFailure, upsertSearchAttributes } from '@temporalio/workflow';
import type { ApprovalPacket } from '../core/schema/approval.js';
import type { ManifestApproval } from '../core/schema/approval-lines.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { type FailureParts, failureMessage } from '../core/schema/failure.js';
import type { ApprovalPolicy, Execution, ReviewPolicy } from '../core/schema/recipe.js';
import type { ApprovalDesk } from './approval-desk.js';
import type { BuildStory } from './build-story.js';
import type { GateOutcome } from './judge-collapse.js';
import { sendReminder, untilDue } from './remind.js';
import { ReviewDueAt, ReviewState } from './search-attributes.js';
import { heavy, light } from './steps.js';
import { tellOutside } from './tell.js';

export interface PassApprovalInput {
  readonly desk: ApprovalDesk;
  readonly execution: Execution;
  readonly policy: ReviewPolicy | null;
  readonly gate: GateOutcome;
  readonly inventory: ArtifactRef;
  readonly review: ApprovalPacket['review'];
  readonly story: BuildStory;
}

/** How the plan was approved; null where the recipe asks nobody. */
export async function passApproval(input: PassApprovalInput): Promise<ManifestApproval | null> {
  const policy = input.policy?.approval ?? null;
  if (policy === null) return null;
  const { desk, story } = input;
  story.enter('approve', policy.approvals);
  const dueAtMs = Date.now() + policy.deadlineSeconds * 1000;
  desk.onChange = () => tell(input, policy, dueAtMs);
  const packet = await open(input, policy, dueAtMs);
  upsertSearchAttributes([
    { key: ReviewState, value: 'open' },
    { key: ReviewDueAt, value: new Date(dueAtMs) },
  ]);
  try {
    return await decided(input, policy, { packet, dueAtMs });
  } finally {
    // Decided, cancelled or failed: nobody is waited for any more.
    upsertSearchAttributes([
      { key: ReviewState, value: stateOf(desk) },
      { key: ReviewDueAt, value: null },
    ]);
  }
}

/** As the attribute says it; `cancelled` where it ended before it was decided. */
function stateOf(desk: ApprovalDesk): string {
  const state = desk.state()?.state ?? 'open';
  return state === 'open' ? 'cancelled' : state;
}

/** Waits, and writes down how it ended. */
async function decided(
  input: PassApprovalInput,
  policy: ApprovalPolicy,
  { packet, dueAtMs }: { readonly packet: ArtifactRef; readonly dueAtMs: number },
): Promise<ManifestApproval> {
  const { desk, execution } = input;
  await untilDecided(input, dueAtMs);
  const { requestedBy, workspace } = execution;
  const closed = await light.closeApproval.executeWithOptions(
    { summary: `write down how the approval of plan ${packet.sha256.slice(0, 12)} ended` },
    [{ ...{ workspace, mix: desk.mix, packet, policy, requestedBy, dueAtMs }, by: byOf(input) }],
  );
  desk.close(closed.end);
  if (closed.end === 'rejected' || closed.end === 'expired') throw endOf(desk, closed);
  return closed;
}

const byOf = ({ gate }: PassApprovalInput) => gate.pinned.context.buildId;

/** Writes the packet; from then on it can be approved. */
async function open(
  { desk, execution, gate, inventory, review }: PassApprovalInput,
  policy: ApprovalPolicy,
  dueAtMs: number,
): Promise<ArtifactRef> {
  const { pinned, plan, risk } = gate;
  const summary = `write down what would be written, for ${policy.approvals} to approve`;
  const opened = await heavy.draftApproval.executeWithOptions({ summary }, [
    {
      ...{ context: pinned.context, mix: desk.mix, requestedBy: execution.requestedBy },
      ...{ plan: plan.ref, inventory, risk, review, previousVersion: pinned.previousVersion },
      ...{ policy, dueAtMs },
    },
  ]);
  desk.open(opened, dueAtMs);
  const { approvers } = policy;
  const details = { approvers, missing: opened.missing, packetSha256: opened.packet.sha256 };
  const sentence = `${desk.mix} ${waitingFor(desk, dueAtMs)}`;
  if (!desk.isSettled) tellOutside({ kind: 'approval-opened', mix: desk.mix, sentence, details });
  return opened.packet;
}

/** Until people have decided, or the deadline; a word that came in before it is still judged. */
async function untilDecided(input: PassApprovalInput, dueAtMs: number): Promise<void> {
  const { desk, execution, policy } = input;
  await untilDue({
    ...{ what: 'the approval', dueAtMs, reminderSeconds: policy?.reminderSeconds ?? [] },
    isOver: () => desk.isSettled,
    remind: (secondsBefore) =>
      sendReminder({
        ...{ workspace: execution.workspace, mix: desk.mix, scope: 'approval' },
        ...{ owners: desk.owners, sentence: waitingFor(desk, dueAtMs), dueAtMs, secondsBefore },
      }),
  });
  await desk.idle();
}

/** Whom the build waits for, until when, and what to type. */
function waitingFor({ mix, owners, standing }: ApprovalDesk, dueAtMs: number): string {
  const { missing } = standing;
  const whom = owners.length === 0 ? 'anyone but who asked' : owners.slice(0, 5).join(', ');
  const due = new Date(dueAtMs).toISOString().slice(0, 16).replace('T', ' ');
  const what = missing === 1 ? 'approval' : 'approvals';
  return `waits for ${missing} ${what} (${whom}) until ${due} UTC: ballast review approve ${mix}`;
}

function tell({ desk, story }: PassApprovalInput, policy: ApprovalPolicy, dueAtMs: number): void {
  const { missing, answers, settled } = desk.standing;
  const done = policy.approvals - missing;
  const last = answers.at(-1);
  const state = desk.state()?.state ?? 'open';
  const said = last === undefined ? '' : `${last.approver}: ${last.decision}`;
  const note = settled === 'open' && state === 'open' ? waitingFor(desk, dueAtMs) : said;
  story.reach('approve', done, note || `${state} by the deadline`);
}

function endOf(desk: ApprovalDesk, { end, answers, packetSha256 }: ManifestApproval) {
  const against = answers.find(({ decision }) => decision === 'reject');
  const packet = packetSha256.slice(0, 12);
  const { policy } = desk;
  const parts: FailureParts =
    against === undefined
      ? {
          ...{ subject: `plan of ${desk.mix}`, expected: `${policy?.approvals} approvals in time` },
          found: `${policy!.approvals - desk.standing.missing} before the deadline`,
          where: `plan ${packet}`,
          remedy: 'build it again: what was approved of this plan still counts',
        }
      : {
          ...{ subject: `plan of ${desk.mix}`, expected: 'a plan that people approve' },
          found: `rejected by ${against.approver}${against.reason === '' ? '' : `: ${against.reason}`}`,
          where: `plan ${packet}`,
          remedy: 'change the recipe, or choose a new version: this plan stays rejected',
        };
  const code = end === 'rejected' ? 'APPROVAL_REJECTED' : 'APPROVAL_EXPIRED';
  const details = { packetSha256, end, answers };
  return ApplicationFailure.nonRetryable(failureMessage(parts), code, { parts, details });
}
