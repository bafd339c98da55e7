/** An approval in words, for `ballast status` and `ballast review list`. */
import type { ApprovalAnswer, ApprovalState } from '../../core/schema/approval.js';

export function answerText(answer: ApprovalAnswer): string {
  const { approver, onBehalfOf, decision, authMethod } = answer;
  const behalf = onBehalfOf === null ? '' : ` for ${onBehalfOf}`;
  return `${approver}${behalf}: ${decision}${authMethod === 'signed' ? ', signed' : ''}`;
}

export function approvalText({ state, answers, policy, dueAtMs, packet }: ApprovalState): string {
  const due = new Date(dueAtMs).toISOString().slice(0, 16).replace('T', ' ');
  const whom = policy.approvers.join(', ') || 'anyone';
  const wanted = `${policy.approvals} of ${whom} until ${due} UTC`;
  const said = answers.map(answerText).join('; ') || 'no answer yet';
  return `approval  ${state}: plan ${packet.sha256.slice(0, 12)}, ${wanted}; ${said}`;
}
