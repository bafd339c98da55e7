/** `ballast watch`: follows a build that is under way, or tells how it ended. */
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { readManifest } from '../../activities/published-version.js';
import { EXIT_INTERRUPTED } from '../build/build-command.js';
import { printMix } from '../build/print-mix.js';
import { showBuild } from '../build/run-build.js';
import { findBuild } from '../build/running-builds.js';
import { openSession } from '../build/session.js';
import { workspaceOf } from '../build/workspace-option.js';
import { parseReference } from '../records/mix-reference.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

export default defineCommand({
  meta: { name: 'watch', description: 'Follow a build that is under way' },
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
    const result = await showBuild({ session, build, sources: build.sources, until: 'publish' });
    if (result === null) return EXIT_INTERRUPTED;
    const { memo } = await session.client.workflow
      .getHandle(build.workflowId, build.runId)
      .describe();
    const workspace =
      args.workspace === undefined ? String(memo?.workspace) : workspaceOf(args.workspace);
    const { name, version } = parseReference(args.mix, workspace);
    const manifest = readManifest(workspace, name, version);
    const folder = join(workspace, result.path ?? '');
    const url = session.runUrl(build.workflowId, build.runId);
    if (manifest !== null) printMix(output, { manifest, folder, url });
    output.emit({ ...result, folder, url, manifest });
    return 0;
  },
});
