/** `ballast audit`: what published versions hold, checked with no server. */
import { defineCommand } from 'citty';
import { auditedWorkspace } from '../build/workspace-option.js';
import { auditWorkspace } from '../records/audit-verify.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';
import { createProgress } from '../terminal/progress.js';
import contamination from './audit-contamination.js';

const verify = defineCommand({
  meta: { name: 'verify', description: 'Check the ledger and every file of every published mix' },
  args: { ...sharedArgs.workspace, ...sharedArgs.json },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await auditedWorkspace(args.workspace);
    const progress = createProgress([{ name: 'files', label: 'read files' }]);
    let files = 0;
    const result = await auditWorkspace(workspace, (path) =>
      progress.update('files', ++files, 0, path),
    ).finally(progress.stop);
    output.table(
      '',
      ['mix', 'files', 'bytes'],
      result.mixes.map(({ mix, files: count, bytes }) => [mix, count, bytes]),
    );
    const { length } = result.mixes;
    if (length === 0) output.line(`no mix is published in ${workspace}`);
    else
      output.line(
        output.colors.green(`the ledger's ${result.ledgerEntries} entries and every digest hold`),
      );
    output.emit({ workspace, ...result });
    return 0;
  },
});

export default defineCommand({
  meta: { name: 'audit', description: 'Check digests, the ledger, and mixes against benchmarks' },
  subCommands: { verify, contamination },
});
