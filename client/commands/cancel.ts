/** `ballast cancel`: stops a build or plan and waits until its scratch is gone. */
import { defineCommand } from 'citty';
import { findBuild } from '../build/running-builds.js';
import { openSession } from '../build/session.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

export default defineCommand({
  meta: { name: 'cancel', description: 'Stop a build or plan; nothing half-written stays' },
  args: {
    mix: { type: 'positional', required: true, description: 'name@version' },
    ...sharedArgs.json,
    ...sharedArgs.address,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const session = await openSession({ address: args.address, onProgress: output.progress });
    const build = await findBuild(session.client, args.mix);
    const handle = session.client.workflow.getHandle(build.workflowId, build.runId);
    if (build.status === 'RUNNING') {
      await handle.cancel();
      await handle.result().catch(() => undefined);
    }
    const { status } = await handle.describe();
    output.line(`${build.act} of ${args.mix}: ${status.name.toLowerCase()}`);
    output.emit({
      workflowId: build.workflowId,
      runId: build.runId,
      status: status.name.toLowerCase(),
    });
    return 0;
  },
});
