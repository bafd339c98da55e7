/** One person's word on a plan: an update of the build, which takes or refuses it on record. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { ApprovalInput, ApprovalOutcome } from '../../core/schema/approval.js';
import { Failure } from '../../core/schema/failure.js';
import type { Session } from '../build/session.js';
import { buildOf } from './approval-page.js';
import type { ApprovalMessage } from './page-messages.js';

export async function giveApproval(
  { mix, packetSha256, approver, decision, reason }: ApprovalMessage,
  session: () => Promise<Session>,
): Promise<Extract<ApprovalOutcome, { accepted: true }>> {
  if (decision === 'reject' && reason === '') throw noReason(mix);
  const input: ApprovalInput = { packetSha256, approver, decision, reason, signature: null };
  const handle = (await session()).client.workflow.getHandle(buildOf(mix));
  let outcome: ApprovalOutcome;
  try {
    outcome = await handle.executeUpdate<ApprovalOutcome, [ApprovalInput]>('approve', {
      args: [input],
      updateId: `${packetSha256.slice(0, 12)}:${approver}:${decision}`,
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw closed(mix);
    throw error;
  }
  if (outcome.accepted) return outcome;
  throw new Failure(
    'APPROVAL_REFUSED',
    {
      subject: `${decision} of ${approver}`,
      expected: 'a decision that the build takes',
      found: outcome.sentence,
      where: `${buildOf(mix)}; on record as line ${outcome.ledgerSequence} of the ledger`,
      remedy: 'look at the plan as it is now; the recipe says who may approve it',
    },
    { refusal: outcome.refusal, ledgerSequence: outcome.ledgerSequence },
  );
}

function noReason(mix: string): Failure {
  return new Failure('USAGE', {
    subject: `plan of ${mix}`,
    expected: 'a reason with a rejection',
    found: 'none',
    where: 'reason',
    remedy: 'say in a sentence what would have to change',
  });
}

function closed(mix: string): Failure {
  return new Failure('APPROVAL_REFUSED', {
    subject: `plan of ${mix}`,
    expected: 'a build that waits for approval',
    found: 'one that has ended, or that this server does not know',
    where: buildOf(mix),
    remedy: 'see the builds that run: ballast status',
  });
}
