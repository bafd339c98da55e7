/** Activities of approval: the packet is drafted, each word and each end is recorded, those who owe are reminded. */
import type { ApprovalOpenedLine } from '../core/schema/approval-lines.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import type { ApprovalPolicy } from '../core/schema/recipe.js';
import { appendLedger } from '../storage/ledger.js';
import { APPROVAL_OPENED_LINE } from './approval-lines.js';
import type { Dependencies } from './index.js';
import {
  type ApprovalCaseInput,
  closeApproval,
  type RecordApprovalInput,
  recordApproval,
  type StandingApproval,
  standingApproval,
} from './record-approval.js';
import { type RecordDelegationInput, recordDelegation } from './record-delegation.js';
import { type RemindInput, remind } from './remind.js';
import { createRunTask, guardActivity } from './run-task.js';
import type { DraftApprovalInput } from './tasks/draft-approval.js';

export interface OpenApprovalInput extends DraftApprovalInput {
  readonly policy: ApprovalPolicy;
  readonly dueAtMs: number;
}

/** The packet, and what stands in the ledger of it: a build that is run again finds its answers. */
export interface OpenedApproval extends StandingApproval {
  readonly packet: ArtifactRef;
}

async function open(input: OpenApprovalInput, packet: ArtifactRef): Promise<OpenedApproval> {
  const { mix, policy, requestedBy, context } = input;
  const { workspace, buildId: by } = context;
  const dueAt = new Date(input.dueAtMs).toISOString();
  const about = { planSha256: input.plan.sha256, recipeFingerprint: context.recipeFingerprint };
  const body: ApprovalOpenedLine = { mix, packet, requestedBy, policy, dueAt, ...about };
  const key = `approval-opened/${mix}/${by}`;
  await appendLedger(workspace, { key, kind: APPROVAL_OPENED_LINE, by, body });
  const standing = await standingApproval({ workspace, mix, packet }, policy);
  return { packet, ...standing };
}

export function createApprovalActivities({ pool }: Dependencies) {
  const runTask = createRunTask(pool);
  return {
    /** Writes what people approve, and says in the ledger that they are asked. */
    async draftApproval(input: OpenApprovalInput): Promise<OpenedApproval> {
      const { policy: _policy, dueAtMs: _dueAtMs, ...draft } = input;
      const packet = await runTask<ArtifactRef>('draft-approval', draft);
      return guardActivity(input.context.workspace, () => open(input, packet));
    },

    /** Judges one person's word on a plan and writes it to the ledger, accepted or refused. */
    recordApproval: (input: RecordApprovalInput) =>
      guardActivity(input.workspace, () => recordApproval(input)),

    /** Writes down how an approval ended. */
    closeApproval: (input: ApprovalCaseInput) =>
      guardActivity(input.workspace, () => closeApproval(input)),

    /** Writes down that one person answers for another. */
    recordDelegation: (input: RecordDelegationInput) =>
      guardActivity(input.workspace, () => recordDelegation(input)),

    /** Writes down who owes an answer. */
    remind: (input: RemindInput) => guardActivity(input.workspace, () => remind(input)),
  };
}
