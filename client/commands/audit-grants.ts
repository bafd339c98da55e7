/** `ballast audit grants`: grants that end or ended, as the watch over them wrote it down. */
import { defineCommand } from 'citty';
import { openWorkspace } from '../build/workspace-option.js';
import { grantNotices } from '../records/grant-notices.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

export default defineCommand({
  meta: { name: 'grants', description: 'Grants that end or ended, and the versions under them' },
  args: {
    mix: { type: 'positional', required: false, description: 'Name of a mix; all where absent' },
    ...sharedArgs.workspace,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    const notices = await grantNotices(workspace, args.mix || null);
    const rows = notices.map(({ mix, grantId, stage, endsOn, versions, at, ledgerSequence }) => [
      ...[mix, grantId, stage, endsOn ?? '', versions.map(({ version }) => version).join(', ')],
      versions.reduce((sum, { tokens }) => sum + tokens, 0),
      ...[at.slice(0, 10), ledgerSequence],
    ]);
    if (rows.length === 0)
      output.line('no notices; grants are watched by a schedule with act: watch-grants');
    else
      output.table(
        'grants that end or ended',
        ['mix', 'grant', 'stage', 'ends', 'versions', 'tokens', 'told', 'line'],
        rows,
      );
    output.emit({ workspace, notices });
    return 0;
  },
});
