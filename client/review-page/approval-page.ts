/**
 * Builds that wait for people to approve their plan, and one of them with all that an approver is
 * shown: what would be written, what that changes against the version before, what the simulation of
 * collapse says, with its pictures. Everything is read from the files whose digests the packet holds.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { formatCount, formatShare, formatWord } from '../../core/report/format.js';
import { planDifference } from '../../core/report/plan-diff.js';
import { planDiffTables } from '../../core/report/plan-diff-tables.js';
import { riskSummaryTable } from '../../core/report/risk-summary.js';
import { leversTable, roundsTable } from '../../core/report/risk-tables.js';
import { planTables, type Table } from '../../core/report/tables.js';
import {
  type ApprovalPacket,
  type ApprovalState,
  approvalPacket,
  approvalState,
} from '../../core/schema/approval.js';
import { Failure } from '../../core/schema/failure.js';
import { inventory, plan } from '../../core/schema/plan.js';
import { riskReport } from '../../core/schema/risk.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import { mixPath } from '../../storage/workspace.js';
import { buildWorkflowId } from '../build/start-build.js';
import { planSideOf } from '../planning/diff-side.js';
import { askServer, askWorkflow } from '../review/review-queue.js';
import { visible } from '../terminal/visible.js';
import type { ApprovalList, ApprovalPage, ApprovalRow, PageTable } from './page-types.js';
import { riskPictures } from './risk-pictures.js';

/** Builds that wait which the page lists, and rows of a table of changes. */
const LISTED_MOST = 200;
const ROWS_MOST = 40;

export function shownTables(tables: readonly Table[]): PageTable[] {
  return tables
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, columns, rows }) => ({
      title: visible(title),
      columns: columns.map(({ name, align }) => ({ name: visible(name), align })),
      rows: rows.map((row) => row.map(visible)),
    }));
}

function rowOf(state: ApprovalState): ApprovalRow {
  const approvers = state.answers.filter(({ decision }) => decision === 'approve');
  return {
    ...{ mix: state.mix, state: state.state, dueAt: new Date(state.dueAtMs).toISOString() },
    approvals: new Set(approvers.map(({ approver }) => approver)).size,
    approvalsNeeded: state.policy.approvals,
    answers: state.answers,
  };
}

async function stateOf(client: Client, workflowId: string): Promise<ApprovalState | null> {
  const answer = await askWorkflow<unknown>(client, workflowId, 'approval');
  const { success, data } = approvalState.safeParse(answer);
  return success ? data : null;
}

/** Every build of this workspace that waits, the one that is due first before the others. */
export async function approvalList(
  workspace: string,
  address: string | undefined,
): Promise<ApprovalList> {
  const rows = await askServer(address, async (client) => {
    const query =
      'WorkflowType = "buildMix" AND ExecutionStatus = "Running" AND MixPhase = "approve"';
    const found: ApprovalRow[] = [];
    for await (const { workflowId, memo } of client.workflow.list({ query })) {
      if (memo?.workspace !== workspace) continue;
      const state = await stateOf(client, workflowId);
      if (state !== null) found.push(rowOf(state));
      if (found.length === LISTED_MOST) break;
    }
    return found.sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
  });
  return { rows: rows ?? [], isServerThere: rows !== null };
}

function notWaiting(mix: string, where: string): Failure {
  return new Failure('APPROVAL_REFUSED', {
    subject: `plan of ${mix}`,
    expected: 'a build that waits for approval',
    found: 'none that this server knows',
    where,
    remedy: 'see the builds that run: ballast status',
  });
}

/** Id of the build of `name@version`. */
export function buildOf(mix: string): string {
  const at = mix.lastIndexOf('@');
  return buildWorkflowId(mix.slice(0, at), mix.slice(at + 1));
}

export async function approvalPage(
  workspace: string,
  mix: string,
  address: string | undefined,
): Promise<ApprovalPage> {
  const state = await askServer(address, (client) => stateOf(client, buildOf(mix)));
  if (state === null) throw notWaiting(mix, buildOf(mix));
  const packet = await readJsonArtifact(workspace, state.packet, approvalPacket);
  const planned = await readJsonArtifact(workspace, packet.plan, plan);
  const counted = await readJsonArtifact(workspace, packet.inventory, inventory);
  return {
    ...rowOf(state),
    packetSha256: state.packet.sha256,
    approvers: state.policy.approvers,
    requestedBy: visible(packet.requestedBy),
    facts: factsOf(packet, state),
    plan: shownTables([...sharesTables(packet), ...planTables(planned, counted)]),
    previousVersion: packet.previousVersion,
    changes: await changesOf(workspace, packet, planned),
    risk: await riskOf(workspace, packet),
  };
}

function factsOf(packet: ApprovalPacket, { policy }: ApprovalState): [string, string][] {
  const { review, capsAdded } = packet;
  const people = policy.approvers.length === 0 ? 'anyone who gives a name' : policy.approvers;
  return [
    ['tokens planned', formatCount(packet.tokensAllocated)],
    ['asked for by', visible(packet.requestedBy)],
    ['approvals needed', `${policy.approvals}, of ${[people].flat().join(', ')}`],
    ['without an answer', `${policy.onDeadline} when the time is up`],
    ['recipe', packet.recipeFingerprint.slice(0, 12)],
    ['plan', packet.plan.sha256.slice(0, 12)],
    ...(capsAdded.length > 0
      ? ([['caps that the risk gate added', visible(capsAdded.join(', '))]] as [string, string][])
      : []),
    ...(review === null
      ? []
      : ([['waits for review', `${review.documents} documents in ${review.packets} packets`]] as [
          string,
          string,
        ][])),
  ];
}

function sharesTables({ domains, provenance, tokensAllocated }: ApprovalPacket): Table[] {
  const table = (title: string, rows: readonly (readonly [string, number])[]): Table => ({
    title,
    columns: [
      { name: title, align: 'left' },
      { name: 'tokens', align: 'right' },
      { name: 'share', align: 'right' },
    ],
    rows: rows.map(([name, tokens]) => [
      ...[name, formatCount(tokens)],
      formatShare(tokensAllocated === 0 ? null : tokens / tokensAllocated),
    ]),
  });
  return [
    table(
      'domain',
      domains.map(({ domain, tokens }) => [domain, tokens]),
    ),
    table(
      'provenance',
      provenance.map(({ label, tokens }) => [formatWord(label), tokens]),
    ),
  ];
}

/** Against the version before; nothing where there is none, or its plan is not in this workspace. */
async function changesOf(
  workspace: string,
  { previousVersion, mix }: ApprovalPacket,
  planned: Parameters<typeof planTables>[0],
): Promise<PageTable[]> {
  if (previousVersion === null) return [];
  const name = mix.slice(0, mix.lastIndexOf('@'));
  const version = previousVersion.slice(previousVersion.lastIndexOf('@') + 1);
  const folder = join(workspace, mixPath(name, version));
  if (!existsSync(join(folder, 'plan.json'))) return [];
  const before = await planSideOf(`${name}@${version}`, workspace);
  const after = { name: mix, plan: planned, recipe: null };
  const difference = planDifference(before, after);
  return shownTables(planDiffTables(before, after, difference, { rowsMost: ROWS_MOST }));
}

async function riskOf(workspace: string, { risk }: ApprovalPacket): Promise<ApprovalPage['risk']> {
  if (risk === null) return null;
  const report = await readJsonArtifact(workspace, risk, riskReport);
  return {
    decision: report.decision,
    why: report.why.map(visible),
    tables: shownTables([riskSummaryTable(report), roundsTable(report), leversTable(report)]),
    pictures: riskPictures(report),
  };
}
