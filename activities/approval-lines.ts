/** What the ledger holds of one approval: the answers to one packet, and who handed over to whom. */
import type { Delegation } from '../core/review/seats.js';
import type { ApprovalAnswer } from '../core/schema/approval.js';
import {
  type ApprovalLine,
  approvalLine,
  type DecisionScope,
  delegationLine,
} from '../core/schema/approval-lines.js';
import type { LedgerEntry } from '../core/schema/ledger.js';

export const APPROVAL_OPENED_LINE = 'approval-opened';
export const APPROVAL_LINE = 'approval';
export const APPROVAL_REFUSED_LINE = 'approval-refused';
export const APPROVAL_CLOSED_LINE = 'approval-closed';
export const DELEGATION_LINE = 'delegation';
export const DELEGATION_REFUSED_LINE = 'delegation-refused';
export const REMINDER_LINE = 'reminder';

export interface HeldApproval {
  readonly line: ApprovalLine;
  readonly sequence: number;
}

/** Accepted answers to one packet of a mix, oldest first. */
export function approvalsIn(
  entries: readonly LedgerEntry[],
  mix: string,
  packetSha256: string | null,
): HeldApproval[] {
  const held = entries
    .filter(({ kind }) => kind === APPROVAL_LINE)
    .map(({ body, sequence }) => ({ line: approvalLine.parse(body), sequence }));
  return held.filter(({ line }) => line.mix === mix && line.packetSha256 === packetSha256);
}

/** Delegations of a mix, oldest first. */
export function delegationsIn(
  entries: readonly LedgerEntry[],
  mix: string,
  scope: DecisionScope,
): Delegation[] {
  return entries
    .filter(({ kind }) => kind === DELEGATION_LINE)
    .map(({ body }) => delegationLine.parse(body))
    .filter((line) => line.mix === mix && line.scope === scope);
}

export function answerOf({ line, sequence }: HeldApproval): ApprovalAnswer {
  const { approver, decision, reason, authMethod, onBehalfOf } = line;
  return { approver, decision, reason, ledgerSequence: sequence, authMethod, onBehalfOf };
}
