/** Every history that the server has replays against this build; the audit holds; only expected failures. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';

const codePath = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  'dist',
  'worker',
  'workflow-bundle.js',
);
/** How a build of the week may end: people, the retraction, files that were meddled with. */
const EXPECTED = [
  'APPROVAL_REJECTED',
  'APPROVAL_EXPIRED',
  'BUILD_CANCELLED',
  'SOURCE_CHANGED',
  'SOURCE_MISSING',
  'SOURCE_UNREADABLE',
];

/** Histories that do not replay are kept in `folder`. */
async function judgeReplay(client, folder) {
  const wrong = [];
  const types = {};
  for await (const { workflowId, runId, type, status } of client.workflow.list()) {
    types[type] = (types[type] ?? 0) + 1;
    const handle = client.workflow.getHandle(workflowId, runId);
    const history = await handle.fetchHistory();
    const replay = { workflowBundle: { codePath } };
    await Worker.runReplayHistory(replay, history, workflowId).catch((error) => {
      const kept = join(folder, `${runId}.json`);
      writeFileSync(kept, historyToJSON(history));
      wrong.push(`${workflowId} does not replay (${kept}): ${String(error).split('\n')[0]}`);
    });
    if (status.name === 'RUNNING') wrong.push(`${workflowId} still runs`);
    if (status.name !== 'FAILED') continue;
    const error = await handle.result({ followRuns: false }).catch((found) => found);
    const code = error.cause?.type ?? error.cause?.cause?.type ?? error.message;
    if (!EXPECTED.includes(code))
      wrong.push(`${workflowId} failed: ${code}: ${error.cause?.message}`);
  }
  return { wrong, types };
}

export async function judgeHistories(week) {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { wrong, types } = await judgeReplay(week.session.client, week.folder);
  const all = Object.values(types).reduce((sum, n) => sum + n, 0);
  const kinds = Object.entries(types).sort();
  const audit = await week.run('audit', 'verify', '--workspace', week.workspace, '--json');
  const found = JSON.parse(audit.stdout || '{}');
  if (audit.code !== 0)
    wrong.push(`audit verify: exit ${audit.code}: ${JSON.stringify(found.error).slice(0, 1_500)}`);
  const unsealed = (found.mixes ?? []).filter(({ histories }) => histories === 0);
  for (const { mix } of unsealed) wrong.push(`${mix} has no sealed history`);
  return {
    wrong,
    figures: [
      [
        'histories of the server that replay',
        `${all - wrong.filter((w) => w.includes('does not replay')).length} of ${all} (${kinds.map(([type, n]) => `${type} ${n}`).join(', ')})`,
      ],
      [
        'audit verify',
        `exit ${audit.code}, ${found.replayed} sealed histories replayed, ${(found.mixes ?? []).length} versions`,
      ],
    ],
  };
}
