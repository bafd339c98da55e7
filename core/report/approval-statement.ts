/** Who approved a plan, in one sentence for card and report. */
import type { ManifestApproval } from '../schema/approval-lines.js';

function nameOf({ approver, onBehalfOf, authMethod }: ManifestApproval['answers'][number]): string {
  const behalf = onBehalfOf === null ? '' : ` for ${onBehalfOf}`;
  const proof = authMethod === 'signed' ? 'signed' : 'self-declared, nobody checked who it was';
  return `${approver}${behalf} (${proof})`;
}

export function approvalStatement({ end, answers, packetSha256 }: ManifestApproval): string {
  const names = answers.filter(({ decision }) => decision === 'approve').map(nameOf);
  const plan = `plan ${packetSha256.slice(0, 12)}`;
  if (end === 'approved') return `Approved by ${names.join(' and ')}: ${plan}.`;
  const few = names.length === 0 ? 'by nobody' : `by ${names.join(' and ')} alone`;
  return `Approved ${few} before the deadline, after which the recipe lets silence approve: ${plan}.`;
}
