/** `ballast diff <a> <b>`: what changed between two published mixes. */
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { fieldDiff } from '../../activities/published-version.js';
import { diffTables } from '../../core/report/diff.js';
import { printTables } from '../build/print-tables.js';
import { workspaceOf } from '../build/workspace-option.js';
import { documentChanges } from '../records/explain-document.js';
import { openMix } from '../records/mix-reference.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

export default defineCommand({
  meta: { name: 'diff', description: 'Compare two mixes' },
  args: {
    a: { type: 'positional', required: true, description: 'name@version' },
    b: { type: 'positional', required: true, description: 'name@version' },
    ...sharedArgs.workspace,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = workspaceOf(args.workspace);
    const [before, after] = [openMix(args.a, workspace), openMix(args.b, workspace)];
    const recipe = fieldDiff(before.manifest.recipe, after.manifest.recipe);
    const documents = await documentChanges(
      join(workspace, before.path),
      join(workspace, after.path),
    );
    output.table(
      'recipe',
      ['field', args.a, args.b],
      recipe.map(({ field, published, wanted }) => [
        field,
        JSON.stringify(published),
        JSON.stringify(wanted),
      ]),
    );
    printTables(output, diffTables(before.manifest, after.manifest));
    output.line();
    if (documents.length === 0) output.line('the same documents are written');
    else
      output.table(
        'documents',
        ['change', 'source', 'documents', 'tokens'],
        documents.map(({ change, source, documents: count, tokens }) => [
          change,
          source,
          count,
          tokens,
        ]),
      );
    output.emit({ a: args.a, b: args.b, recipe, documents });
    return 0;
  },
});
