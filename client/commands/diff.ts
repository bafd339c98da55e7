/** `ballast diff <a> <b>`: what changed between two published mixes, or between two plans. */
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { fieldDiff } from '../../activities/published-version.js';
import { capCosts, costTables, type DomainCost } from '../../core/report/cost-tables.js';
import { diffTables } from '../../core/report/diff.js';
import { planDifference } from '../../core/report/plan-diff.js';
import { planDiffTables } from '../../core/report/plan-diff-tables.js';
import type { Manifest } from '../../core/schema/manifest.js';
import { printTables } from '../build/print-tables.js';
import { openWorkspace } from '../build/workspace-option.js';
import { isPlanFile, planSideOf } from '../planning/diff-side.js';
import { ROWS_MOST } from '../planning/print-what-if.js';
import { documentChanges } from '../records/explain-document.js';
import { openMix } from '../records/mix-reference.js';
import { retractionCost } from '../records/retraction-cost.js';
import { warnOfVersion } from '../records/version-warning.js';
import { sharedArgs } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';

export default defineCommand({
  meta: { name: 'diff', description: 'Compare two mixes, or two plans' },
  args: {
    a: { type: 'positional', required: true, description: 'name@version, or a plan file (.json)' },
    b: { type: 'positional', required: true, description: 'name@version, or a plan file (.json)' },
    ...sharedArgs.workspace,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    if (isPlanFile(args.a) || isPlanFile(args.b)) return diffPlans(output, args, workspace);
    const before = await openMix(args.a, workspace);
    const after = await openMix(args.b, workspace);
    const recipe = fieldDiff(before.manifest.recipe, after.manifest.recipe);
    const documents = await documentChanges(
      join(workspace, before.path),
      join(workspace, after.path),
    );
    const withdrawn = {
      a: await warnOfVersion(output, workspace, titleOf(before.manifest)),
      b: await warnOfVersion(output, workspace, titleOf(after.manifest)),
    };
    const domains = await retractionCost(join(workspace, before.path), join(workspace, after.path));
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
    const sides = { before: before.manifest, after: after.manifest };
    printTables(output, costTables(domains, sides));
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
    output.emit({
      a: args.a,
      b: args.b,
      recipe,
      documents,
      withdrawn,
      cost: costOf(domains, sides),
    });
    return 0;
  },
});

function titleOf({ name, version }: Manifest): string {
  return `${name}@${version}`;
}

/** What a retraction between the two cost; null where none took anything. */
function costOf(
  domains: readonly DomainCost[],
  { before, after }: { before: Manifest; after: Manifest },
) {
  if (domains.length === 0) return null;
  const fees = { before: before.licenceCost, after: after.licenceCost };
  return { domains, caps: capCosts(before, after), fees };
}

/** Where one of the two is a plan file, the plans are compared: nothing was written of it. */
async function diffPlans(
  output: Output,
  { a, b }: { readonly a: string; readonly b: string },
  workspace: string,
): Promise<number> {
  const [before, after] = [await planSideOf(a, workspace), await planSideOf(b, workspace)];
  const difference = planDifference(before, after);
  printTables(output, planDiffTables(before, after, difference, { rowsMost: ROWS_MOST }));
  output.emit({ a, b, ...difference });
  return 0;
}
