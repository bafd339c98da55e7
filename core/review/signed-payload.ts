/**
 * What a person signs: canonical JSON that names its purpose, the mix, what was shown (by digest) and all that was
 * said, so that a signature says nothing about anything else. The same bytes follow from the ledger's line
 * alone, so that an auditor needs neither server nor client.
 */
import type { ApprovalInput, DecisionSignature } from '../schema/approval.js';
import { approvalLine, type DelegationInput, delegationLine } from '../schema/approval-lines.js';
import { canonicalJson } from '../schema/canonical.js';
import type { LedgerEntry } from '../schema/ledger.js';
import { reviewLine } from '../schema/review.js';
import type { ReviewAnswer, ReviewInput } from '../schema/review-packet.js';

export const SIGNED_PURPOSE = 'ballast-decision-v1';

function payload(
  kind: 'review' | 'approval' | 'delegation',
  said: Record<string, unknown>,
): string {
  return canonicalJson({ purpose: SIGNED_PURPOSE, kind, ...said });
}

export function approvalPayload(
  mix: string,
  { packetSha256, approver, decision, reason }: Omit<ApprovalInput, 'signature'>,
): string {
  return payload('approval', { mix, packetSha256, who: approver, decision, reason });
}

/** As the ledger keeps it: a direction with edited text alone, `unknown` where none is said. */
function keptAnswer({ document, label, editDirection, transformedBy, reason }: ReviewAnswer) {
  const direction = label === 'human_edited' ? (editDirection ?? 'unknown') : null;
  return { document, label, editDirection: direction, transformedBy, reason };
}

/** Answers in the order of their documents' names, whatever order they were given in. */
export function reviewPayload(
  mix: string,
  { packetSha256, reviewer, answers, again }: Omit<ReviewInput, 'signature' | 'packet'>,
): string {
  const said = answers.map(keptAnswer).sort((a, b) => (a.document < b.document ? -1 : 1));
  return payload('review', { mix, packetSha256, who: reviewer, again, answers: said });
}

/** With its scope and its number, so that it cannot be sent again after it was taken back. */
export function delegationPayload(
  mix: string,
  { scope, ordinal, from, to, untilMs, reason }: Omit<DelegationInput, 'signature'>,
): string {
  return payload('delegation', { mix, scope, ordinal, who: from, to, untilMs, reason });
}

export interface SignedLine {
  /** The bytes that were signed, as text in UTF-8. */
  readonly payload: string;
  readonly who: string;
  readonly signature: DecisionSignature;
}

/** What was signed in a line of the ledger; null where it is no decision, or an unsigned one. */
export function signedPayloadOf({
  kind,
  body,
}: Pick<LedgerEntry, 'kind' | 'body'>): SignedLine | null {
  if (kind === 'approval') {
    const { signature, ...line } = approvalLine.parse(body);
    if (signature === null) return null;
    return { payload: approvalPayload(line.mix, line), who: line.approver, signature };
  }
  if (kind === 'delegation') {
    const { signature, ...line } = delegationLine.parse(body);
    if (signature === null) return null;
    return { payload: delegationPayload(line.mix, line), who: line.from, signature };
  }
  return kind === 'review' ? signedReview(body) : null;
}

function signedReview(body: unknown): SignedLine | null {
  const { mix, packetSha256, reviewer, decisions, signature, again } = reviewLine.parse(body);
  if (signature === undefined) return null;
  const answers = decisions.map(({ source, id, label, editDirection, transformedBy, reason }) => ({
    document: `${source}/${id}`,
    ...{ label, editDirection, transformedBy, reason },
  }));
  const said = { packetSha256, reviewer, answers, again: again ?? 0 };
  return { payload: reviewPayload(mix, said), who: reviewer, signature };
}
