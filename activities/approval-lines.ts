/** What the ledger holds of one approval: the answers to one packet, and who handed over to whom. */
import type { Delegation } from '../core/review/seats.js';
import type { ApprovalAnswer } from '../core/schema/approval.js';
import {
  type ApprovalLine,
  approvalLine,
  approvalOpenedLine,
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

/** Packets of a mix that show one plan of one recipe: who asked, or what waited for review, may differ. */
function packetsOfPlan(
  entries: readonly LedgerEntry[],
  mix: string,
  packetSha256: string | null,
): ReadonlySet<string> {
  const opened = entries
    .filter(({ kind }) => kind === APPROVAL_OPENED_LINE)
    .map(({ body }) => approvalOpenedLine.parse(body))
    .filter((line) => line.mix === mix);
  const own = opened.find(({ packet }) => packet.sha256 === packetSha256);
  const same = opened.filter(
    ({ planSha256, recipeFingerprint }) =>
      planSha256 === own?.planSha256 && recipeFingerprint === own.recipeFingerprint,
  );
  return new Set(same.map(({ packet }) => packet.sha256));
}

/**
 * Answers that stand for one packet of a mix, oldest first: those to it, and rejections of any packet of the
 * same plan, which stays rejected whoever asks for it again.
 */
export function approvalsIn(
  entries: readonly LedgerEntry[],
  mix: string,
  packetSha256: string | null,
): HeldApproval[] {
  const held = entries
    .filter(({ kind }) => kind === APPROVAL_LINE)
    .map(({ body, sequence }) => ({ line: approvalLine.parse(body), sequence }));
  const samePlan = packetsOfPlan(entries, mix, packetSha256);
  return held.filter(
    ({ line }) =>
      line.mix === mix &&
      (line.packetSha256 === packetSha256 ||
        (line.decision === 'reject' && samePlan.has(line.packetSha256))),
  );
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
