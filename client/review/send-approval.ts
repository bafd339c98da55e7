/** Sends one person's word on a plan to the build that waits for it: an update, taken or refused on record. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { approvalPayload } from '../../core/review/signed-payload.js';
import type {
  ApprovalInput,
  ApprovalOutcome,
  ApprovalRefusal,
  ApprovalState,
} from '../../core/schema/approval.js';
import { Failure } from '../../core/schema/failure.js';
import type { Session } from '../build/session.js';
import { type PrivateKey, signWith } from './private-key.js';

type Asked = Pick<Session, 'client'>;

const REMEDIES: Readonly<Record<ApprovalRefusal, string>> = {
  not_an_approver: 'ask one of the approvers of the recipe, or have one hand over to you',
  requester: 'ask another person; `requester_approves: yes` in the recipe allows it',
  stale_packet: 'look at the plan as it is now: ballast review list',
  decided_already: 'ask another approver',
  unsigned: 'sign it with: --key FILE',
  bad_signature: 'sign with the key whose public part stands under review.keys of the recipe',
  closed: 'see how it ended: ballast review list',
};

function notWaiting(mix: string, found: string): Failure {
  return new Failure('APPROVAL_REFUSED', {
    subject: `plan of ${mix}`,
    expected: 'a build that waits for approval',
    found,
    where: `build-mix/${mix}`,
    remedy: 'see what waits: ballast review list',
  });
}

/** What the build of a mix waits for. @throws Failure APPROVAL_REFUSED where no build waits */
export async function askApproval({ client }: Asked, mix: string): Promise<ApprovalState> {
  const handle = client.workflow.getHandle(`build-mix/${mix}`);
  try {
    const state = await handle.query<ApprovalState | null>('approval');
    if (state === null) throw notWaiting(mix, 'one that asks nobody now');
    return state;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw notWaiting(mix, 'none of that name');
    throw error;
  }
}

export interface SendingApproval extends Omit<ApprovalInput, 'signature'> {
  /** name@version. */
  readonly mix: string;
  /** Of the approver; null: unsigned. */
  readonly key: PrivateKey | null;
}

export type AcceptedApproval = Extract<ApprovalOutcome, { accepted: true }>;

function refused(
  { mix, approver }: SendingApproval,
  { refusal, sentence, ledgerSequence }: Extract<ApprovalOutcome, { accepted: false }>,
): Failure {
  return new Failure(
    'APPROVAL_REFUSED',
    {
      subject: `answer of ${approver} to the plan of ${mix}`,
      expected: 'an answer that the build takes',
      found: sentence,
      where: `build-mix/${mix}; on record as line ${ledgerSequence} of the ledger`,
      remedy: REMEDIES[refusal],
    },
    { refusal, ledgerSequence },
  );
}

/** The build's answer; a refusal is thrown. */
export async function sendApproval(
  { client }: Asked,
  sending: SendingApproval,
): Promise<AcceptedApproval> {
  const { mix, key, ...said } = sending;
  const signature = key === null ? null : signWith(key, approvalPayload(mix, said));
  const handle = client.workflow.getHandle(`build-mix/${mix}`);
  try {
    const outcome = await handle.executeUpdate<ApprovalOutcome, [ApprovalInput]>('approve', {
      args: [{ ...said, signature }],
    });
    if (!outcome.accepted) throw refused(sending, outcome);
    return outcome;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw notWaiting(mix, 'one that has ended');
    throw error;
  }
}
