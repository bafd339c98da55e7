/** `ballast status`: the builds that the server knows, and where they are. */
import { defineCommand } from 'citty';
import { versionStates } from '../../activities/version-states.js';
import type { ApprovalState } from '../../core/schema/approval.js';
import type { BuildProgress } from '../../workflows/messages.js';
import { findBuild, listBuilds } from '../build/running-builds.js';
import { openSession, type Session } from '../build/session.js';
import { openWorkspace } from '../build/workspace-option.js';
import { approvalText } from '../review/approval-text.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';

async function showOne(session: Session, mix: string, output: Output): Promise<number> {
  const build = await findBuild(session.client, mix);
  const handle = session.client.workflow.getHandle(build.workflowId, build.runId);
  const { phases, current } = await handle.query<BuildProgress>('progress');
  const approval = await handle.query<ApprovalState | null>('approval').catch(() => null);
  const url = session.runUrl(build.workflowId, build.runId);
  const rows = phases
    .filter(({ total }) => total > 0)
    .map(({ phase, done, total, note }) => [phase, done, total, note]);
  output.table(
    `${build.act} of ${mix}: ${build.status.toLowerCase()}`,
    ['phase', 'done', 'of', 'what'],
    rows,
  );
  if (approval !== null) output.line(approvalText(approval));
  if (url !== null) output.line(`run  ${output.colors.cyan(url)}`);
  output.emit({ ...build, phases, current, approval, url });
  return 0;
}

export default defineCommand({
  meta: { name: 'status', description: 'Show the builds and where they are' },
  args: {
    mix: {
      type: 'positional',
      required: false,
      description: 'name@version; all builds where absent',
    },
    ...sharedArgs.workspace,
    ...sharedArgs.json,
    ...sharedArgs.address,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const session = await openSession({ address: args.address, onProgress: output.progress });
    if (args.mix !== undefined && args.mix !== '') return showOne(session, args.mix, output);
    const builds = await listBuilds(session.client);
    const states = await versionStates(await openWorkspace(args.workspace));
    const rows = builds.map(({ mix, act, status, phase, startedAt, closedAt }) => [
      mix,
      act,
      status,
      phase,
      startedAt.slice(0, 19).replace('T', ' '),
      closedAt === null
        ? ''
        : `${((Date.parse(closedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`,
    ]);
    if (rows.length === 0)
      output.line('no builds yet; start one with: ballast build -c recipe.yaml');
    else output.table('', ['mix', 'what', 'status', 'phase', 'started (UTC)', 'took'], rows);
    const versions = [...states].map(([mix, { state, replacedBy }]) => ({
      mix,
      state,
      replacedBy,
    }));
    if (versions.length > 0)
      output.table(
        'versions that retractions touch',
        ['version', 'state', 'in its place'],
        versions.map(({ mix, state, replacedBy }) => [mix, state, replacedBy ?? 'none yet']),
      );
    output.emit({ builds, versions });
    return 0;
  },
});
