/** `ballast watch`: follows a build or plan that is under way, or tells how it ended. */
import { defineCommand } from 'citty';
import { EXIT_INTERRUPTED } from '../build/build-command.js';
import { printMix } from '../build/print-mix.js';
import { finishPlan } from '../build/print-plan.js';
import { tellingRisk } from '../build/print-risk.js';
import { showBuild } from '../build/run-build.js';
import { findBuild } from '../build/running-builds.js';
import { sayReview } from '../build/say-review.js';
import { openSession } from '../build/session.js';
import { readableFolder, workspaceOf } from '../build/workspace-option.js';
import { readWritten } from '../build/written-mix.js';
import { readPlanned } from '../planning/planned-problem.js';
import { parseReference } from '../records/mix-reference.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

export default defineCommand({
  meta: { name: 'watch', description: 'Follow a build or plan that is under way' },
  args: {
    mix: { type: 'positional', required: true, description: 'name@version' },
    ...sharedArgs.json,
    ...sharedArgs.workspace,
    ...sharedArgs.address,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const session = await openSession({ address: args.address, onProgress: output.progress });
    const build = await findBuild(session.client, args.mix);
    const until = build.act === 'plan' ? 'plan' : 'publish';
    const { workflowId, runId } = build;
    const { memo } = await session.client.workflow.getHandle(workflowId, runId).describe();
    const workspace =
      args.workspace === undefined ? String(memo?.workspace) : workspaceOf(args.workspace);
    const local = await readableFolder(workspace);
    const result = await tellingRisk(output, workspace, () =>
      showBuild({ session, build, until, output }),
    );
    if (result === null) return EXIT_INTERRUPTED;
    const url = session.runUrl(workflowId, runId);
    const { mix } = args;
    if (until === 'plan') {
      const planned = await readPlanned(local, result);
      return finishPlan(output, { ...planned, recipe: null, workflowId, url });
    }
    const { name, version } = parseReference(args.mix, local);
    const written = await readWritten(workspace, { name, version }, result);
    const { manifest, folder, risk } = written;
    if (manifest !== null) printMix(output, { ...written, manifest, url });
    sayReview(output, mix, result.review);
    output.emit({ ...result, folder, url, manifest, risk });
    return 0;
  },
});
