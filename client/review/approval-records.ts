/** Approvals as the workspace alone knows them: who was asked for what, who answered, how it ended. */

import {
  APPROVAL_CLOSED_LINE,
  APPROVAL_OPENED_LINE,
  APPROVAL_REFUSED_LINE,
  answerOf,
  approvalsIn,
} from '../../activities/approval-lines.js';
import { REVIEW_OPENED_LINE } from '../../activities/record-review.js';
import { formatCount, plural } from '../../core/report/format.js';
import { approvalsMissing } from '../../core/review/judge-approval.js';
import type { ApprovalAnswer, ApprovalPacket } from '../../core/schema/approval.js';
import {
  type ApprovalEnd,
  type ApprovalOpenedLine,
  approvalClosedLine,
  approvalOpenedLine,
  approvalRefusedLine,
} from '../../core/schema/approval-lines.js';
import { Failure } from '../../core/schema/failure.js';
import type { LedgerEntry } from '../../core/schema/ledger.js';
import { reviewOpenedLine } from '../../core/schema/review-packet.js';
import { readLedger } from '../../storage/ledger.js';
import type { Output } from '../terminal/output.js';
import { answerText } from './approval-text.js';
import { askRunning } from './review-queue.js';

export interface ListedApproval {
  readonly mix: string;
  readonly packetSha256: string;
  /** `waits`, or how it ended; `gone` where its build ended before anybody decided. */
  readonly state: 'waits' | 'gone' | ApprovalEnd;
  readonly dueAt: string;
  readonly approvers: readonly string[];
  readonly approvals: number;
  readonly missing: number;
  readonly answers: readonly ApprovalAnswer[];
  readonly refused: number;
}

/** The newest approval of each mix, by the ledger. */
function newestOf(entries: readonly LedgerEntry[]) {
  const opened = entries.filter(({ kind }) => kind === APPROVAL_OPENED_LINE);
  const lines = opened.map(({ body, by }) => ({ ...approvalOpenedLine.parse(body), by }));
  return new Map(lines.map((line) => [line.mix, line]));
}

function endIn(entries: readonly LedgerEntry[], mix: string, by: string): ApprovalEnd | null {
  const closed = entries.filter(({ kind, by: who }) => kind === APPROVAL_CLOSED_LINE && who === by);
  const lines = closed.map(({ body }) => approvalClosedLine.parse(body));
  return lines.find((line) => line.mix === mix)?.end ?? null;
}

/** @param address of the server that is asked whether the builds still run; none has to */
export async function listedApprovals(
  workspace: string,
  mix: string | undefined,
  address: string | undefined,
): Promise<ListedApproval[]> {
  const entries = await readLedger(workspace);
  const newest = [...newestOf(entries).values()].filter(
    (line) => mix === undefined || line.mix === mix,
  );
  const open = newest.filter((line) => endIn(entries, line.mix, line.by) === null);
  const running = await askRunning(
    open.map((line) => line.mix),
    address,
  );
  const refused = entries
    .filter(({ kind }) => kind === APPROVAL_REFUSED_LINE)
    .map(({ body }) => approvalRefusedLine.parse(body));
  return newest.map(({ mix: name, by, packet, policy, dueAt }) => {
    const held = approvalsIn(entries, name, packet.sha256);
    const waits = running.get(name) === false ? 'gone' : 'waits';
    return {
      ...{ mix: name, packetSha256: packet.sha256, dueAt },
      state: endIn(entries, name, by) ?? waits,
      ...{ approvers: policy.approvers, approvals: policy.approvals },
      missing: approvalsMissing(
        policy,
        held.map(({ line }) => line),
      ),
      answers: held.map(answerOf),
      refused: refused.filter((line) => line.mix === name).length,
    };
  });
}

/** What people were last asked to approve of a mix, and the packet's place. @throws Failure APPROVAL_REFUSED */
export async function openedApproval(workspace: string, mix: string): Promise<ApprovalOpenedLine> {
  const { by: _by, ...line } = newestOf(await readLedger(workspace)).get(mix) ?? { by: null };
  if ('packet' in line) return line;
  throw new Failure('APPROVAL_REFUSED', {
    subject: `plan of ${mix}`,
    expected: 'a build that asks for approval',
    found: 'none in this workspace',
    where: workspace,
    remedy: 'see what waits: ballast review list',
  });
}

/** Whether a mix, or any, asks about documents too. */
export async function isReviewed(workspace: string, mix: string | undefined): Promise<boolean> {
  const opened = (await readLedger(workspace)).filter(({ kind }) => kind === REVIEW_OPENED_LINE);
  return opened.some(({ body }) => mix === undefined || reviewOpenedLine.parse(body).mix === mix);
}

export function printApprovals(output: Output, approvals: readonly ListedApproval[]): void {
  if (approvals.length === 0) return;
  const rows = approvals.map((approval) => [
    ...[approval.mix, approval.packetSha256.slice(0, 12), approval.state.replaceAll('_', ' ')],
    approval.state === 'waits' ? `${approval.missing} of ${approval.approvals}` : '',
    `${approval.dueAt.slice(0, 16).replace('T', ' ')} UTC`,
    approval.approvers.join(', ') || 'anyone',
    approval.answers.map(answerText).join('; '),
  ]);
  const columns = ['mix', 'plan', 'state', 'missing', 'until', 'approvers', 'answers'];
  output.table('approval of plans', columns, rows);
  const refused = approvals.reduce((sum, approval) => sum + approval.refused, 0);
  if (refused > 0) output.line(`${plural(refused, 'answer')} refused; the ledger says why`);
}

/** What is approved, as people read it. */
export function printApprovalPacket(output: Output, packet: ApprovalPacket, sha256: string): void {
  const { mix, tokensAllocated, domains, provenance, requestedBy, previousVersion } = packet;
  const share = (tokens: number) =>
    `${((100 * tokens) / Math.max(1, tokensAllocated)).toFixed(1)} %`;
  const rows = [
    ...domains.map(({ domain, tokens }) => [`domain ${domain}`, tokens, share(tokens)]),
    ...provenance.map(({ label, tokens }) => [label.replaceAll('_', ' '), tokens, share(tokens)]),
  ];
  output.table(`${mix}: plan ${sha256.slice(0, 12)}`, ['what', 'tokens', 'share'], rows);
  const { review, riskDecision, riskPage, capsAdded } = packet;
  output.line(`${formatCount(tokensAllocated)} tokens; asked for by ${requestedBy}`);
  if (previousVersion !== null) output.line(`version before: ${previousVersion}`);
  if (riskDecision !== null) output.line(`risk of collapse: ${riskDecision}, ${riskPage}`);
  if (capsAdded.length > 0) output.line(`caps that the gate added: ${capsAdded.join(', ')}`);
  if (review !== null && review.packets > 0)
    output.line(`${plural(review.documents, 'document')} still wait for review`);
}
