/**
 * Builds that wait for people to approve their plan, and one of them with all that an approver is
 * shown: what would be written, what that changes against the version before, what the simulation of
 * collapse says, with its pictures. Everything is read from the files whose digests the packet holds.
 */
import { join } from 'node:path';
import { formatCount, formatShare, formatWord, plural } from '../../core/report/format.js';
import { planDifference } from '../../core/report/plan-diff.js';
import { planDiffTables } from '../../core/report/plan-diff-tables.js';
import { riskSummaryTable } from '../../core/report/risk-summary.js';
import { leversTable, roundsTable } from '../../core/report/risk-tables.js';
import { planTables, type Table } from '../../core/report/tables.js';
import { type ApprovalPacket, approvalPacket } from '../../core/schema/approval.js';
import type { ApprovalOpenedLine } from '../../core/schema/approval-lines.js';
import { assert } from '../../core/schema/failure.js';
import { inventory, plan } from '../../core/schema/plan.js';
import { riskReport } from '../../core/schema/risk.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import { haveFile } from '../../storage/remote/mirror.js';
import { mixPath } from '../../storage/workspace.js';
import { planSideOf } from '../planning/diff-side.js';
import {
  type ListedApproval,
  listedApprovals,
  openedApproval,
} from '../review/approval-records.js';
import { askServer } from '../review/review-queue.js';
import { visible } from '../terminal/visible.js';
import type { ApprovalList, ApprovalPage, ApprovalRow, PageTable } from './page-types.js';
import { riskPictures } from './risk-pictures.js';

/** Approvals that the page lists, and rows of a table of changes. */
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

function rowOf({ mix, state, dueAt, approvals, missing, answers }: ListedApproval): ApprovalRow {
  const shown = answers.map(({ approver, onBehalfOf, reason, ...answer }) => ({
    ...{ ...answer, approver: visible(approver), reason: visible(reason) },
    onBehalfOf: onBehalfOf === null ? null : visible(onBehalfOf),
  }));
  return { mix, state: state.replaceAll('_', ' '), dueAt, approvals, missing, answers: shown };
}

/** The newest approval of every mix; what waits stands first, the one that is due first before the others. */
export async function approvalList(
  workspace: string,
  address: string | undefined,
): Promise<ApprovalList> {
  const listed = await listedApprovals(workspace, undefined, address);
  const rank = ({ state, dueAt }: ListedApproval) => `${Number(state !== 'waits')} ${dueAt}`;
  listed.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const isServerThere = (await askServer(address, async () => true)) === true;
  return { rows: listed.slice(0, LISTED_MOST).map(rowOf), isServerThere };
}

export async function approvalPage(
  workspace: string,
  mix: string,
  address: string | undefined,
): Promise<ApprovalPage> {
  const opened = await openedApproval(workspace, mix);
  const [listed] = await listedApprovals(workspace, mix, address);
  assert(listed !== undefined, 'what was opened is listed');
  const packet = await readJsonArtifact(workspace, opened.packet, approvalPacket);
  const planned = await readJsonArtifact(workspace, packet.plan, plan);
  const counted = await readJsonArtifact(workspace, packet.inventory, inventory);
  return {
    ...rowOf(listed),
    packetSha256: opened.packet.sha256,
    facts: factsOf(packet, opened),
    plan: shownTables([...sharesTables(packet), ...planTables(planned, counted)]),
    previousVersion: packet.previousVersion,
    changes: await changesOf(workspace, packet, planned),
    risk: await riskOf(workspace, packet),
  };
}

function factsOf(packet: ApprovalPacket, { policy }: ApprovalOpenedLine): [string, string][] {
  const { review, capsAdded } = packet;
  const people = policy.approvers.length === 0 ? 'anyone who gives a name' : policy.approvers;
  return [
    ['tokens planned', formatCount(packet.tokensAllocated)],
    ['asked for by', visible(packet.requestedBy)],
    ['approvals needed', `${policy.approvals}, of ${visible([people].flat().join(', '))}`],
    ['without an answer', `${policy.onDeadline} when the time is up`],
    ['recipe', packet.recipeFingerprint.slice(0, 12)],
    ['plan', packet.plan.sha256.slice(0, 12)],
    ...(capsAdded.length > 0
      ? ([['caps that the risk gate added', visible(capsAdded.join(', '))]] as [string, string][])
      : []),
    ...(review === null
      ? []
      : ([
          [
            'waits for review',
            `${plural(review.documents, 'document')} in ${plural(review.packets, 'packet')}`,
          ],
        ] as [string, string][])),
  ];
}

function sharesTables({ domains, provenance, tokensAllocated }: ApprovalPacket): Table[] {
  const table = (title: string, rows: readonly (readonly [string, number])[]): Table => ({
    title: `Planned by ${title}`,
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
  if (!(await haveFile(join(folder, 'plan.json')))) return [];
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
