/** `ballast up`: server, worker and keeper are running when it returns. */
import { defineCommand } from 'citty';
import { ensureRuntime, type Runtime } from '../server/runtime.js';
import { stateRoot } from '../server/state.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

export default defineCommand({
  meta: {
    name: 'up',
    description: 'Start the Temporal server and the worker, or find them running',
  },
  args: { ...sharedArgs.json, ...sharedArgs.address },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const runtime = await ensureRuntime({ address: args.address, onProgress: output.progress });
    output.table('', ['part', 'state', 'where'], rowsOf(runtime));
    if (runtime.server.uiUrl !== null) {
      output.line(`\nTemporal UI: ${output.colors.cyan(runtime.server.uiUrl)}`);
    }
    output.emit({ ...runtime, stateFolder: stateRoot() });
  },
});

function rowsOf({ server, worker, keeper }: Runtime): string[][] {
  const state = (reused: boolean): string => (reused ? 'running' : 'started');
  return [
    [
      'server',
      server.embedded ? state(server.reused) : 'connected',
      `${server.address}, version ${server.serverVersion}, namespace ${server.namespace}`,
    ],
    [
      'worker',
      state(worker.reused),
      `process ${worker.pid}, code ${worker.codeVersion.slice(0, 12)}`,
    ],
    ['keeper', state(keeper.reused), `process ${keeper.pid}`],
  ];
}
