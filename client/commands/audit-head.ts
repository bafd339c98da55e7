/** `ballast audit head`: the last line of the ledger, to be kept where nobody who may write here can change it. */
import { defineCommand } from 'citty';
import { headOf } from '../../activities/seal-history.js';
import { readLedger } from '../../storage/ledger.js';
import { openWorkspace } from '../build/workspace-option.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

export default defineCommand({
  meta: { name: 'head', description: 'Print number and hash of the last line of the ledger' },
  args: { ...sharedArgs.workspace, ...sharedArgs.json },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const entries = await readLedger(await openWorkspace(args.workspace));
    const head = headOf(entries);
    output.line(`${head.sequence}:${head.hash}`);
    output.emit({ ...head, at: entries.at(-1)?.at ?? null });
    return 0;
  },
});
