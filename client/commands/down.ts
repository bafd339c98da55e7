/** `ballast down`: no keeper, worker or server of ours is running when it returns. Data stays. */
import { defineCommand } from 'citty';
import { stopRuntime } from '../server/runtime.js';
import { stateRoot } from '../server/state.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

export default defineCommand({
  meta: { name: 'down', description: 'Stop server, worker and keeper; their data stays' },
  args: { ...sharedArgs.json },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const stopped = await stopRuntime();
    const count = stopped.keepers + stopped.workers + stopped.servers;
    if (count === 0) output.line('nothing was running');
    else {
      const parts = Object.entries(stopped).map(([name, number]) => `${number} ${name}`);
      output.line(`stopped ${parts.join(', ')}; histories stay in ${stateRoot()}`);
    }
    output.emit({ stopped, stateFolder: stateRoot() });
  },
});
