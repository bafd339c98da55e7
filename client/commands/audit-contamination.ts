/** `ballast audit contamination <mix>`: benchmark items in a published version, with no server. */
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { plural } from '../../core/report/format.js';
import { EXIT } from '../../core/schema/failure.js';
import { openWorkspace } from '../build/workspace-option.js';
import {
  auditContamination,
  type ContaminationAudit,
  type FoundDocument,
} from '../records/audit-contamination.js';
import { openMix } from '../records/mix-reference.js';
import { sharedArgs, usage } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';
import { createProgress } from '../terminal/progress.js';

/** Documents that are shown by name; `--json` has them all. */
const EXAMPLES_SHOWN = 10;
const COMMAND = 'ballast audit contamination';

function fieldsOf(text: string): string[] {
  const fields = text.split(',').map((field) => field.trim());
  if (fields.some((field) => field === ''))
    throw usage(COMMAND, 'names of fields after --fields, with commas between', text);
  return [...new Set(fields)];
}

/** Documents by source and domain, contaminated and to review. */
function countRows({ contaminated, toReview }: ContaminationAudit): (string | number)[][] {
  const counts = new Map<string, [string, string, number, number]>();
  const count = (found: readonly FoundDocument[], column: 2 | 3) => {
    for (const { source, domain } of found) {
      const key = JSON.stringify([source, domain]);
      const row = counts.get(key) ?? [source, domain, 0, 0];
      row[column]++;
      counts.set(key, row);
    }
  };
  count(contaminated, 2);
  count(toReview, 3);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** Items by the documents that hold them, most first. */
function itemRows({ contaminated }: ContaminationAudit): (string | number)[][] {
  const items = new Map<number, number>();
  for (const { hits } of contaminated)
    for (const item of new Set(hits.filter(({ kind }) => kind !== '8-gram').map((hit) => hit.item)))
      items.set(item, (items.get(item) ?? 0) + 1);
  return [...items].sort(([a, x], [b, y]) => y - x || a - b).slice(0, EXAMPLES_SHOWN);
}

function exampleRows(found: readonly FoundDocument[]): (string | number)[][] {
  return found.slice(0, EXAMPLES_SHOWN).map(({ id, source, hits: [hit] }) => {
    const { item, field, kind, ratio, span } = hit!;
    return [`${source}/${id}`, item, field, kind, ratio.toFixed(3), span.join('-')];
  });
}

function print(output: Output, mix: string, audit: ContaminationAudit): void {
  const { contaminated, toReview, coverage, documents, benchmark } = audit;
  const found = [...contaminated, ...toReview];
  if (found.length > 0) {
    output.table('Documents', ['source', 'domain', 'contaminated', 'to review'], countRows(audit));
    if (contaminated.length > 0)
      output.table('Items', ['item', 'contaminated documents'], itemRows(audit));
    const columns = ['document', 'item', 'field', 'kind', 'ratio', 'characters'];
    output.table('Strongest hit of each', columns, exampleRows(found));
    if (found.length > EXAMPLES_SHOWN)
      output.line(`.. and ${plural(found.length - EXAMPLES_SHOWN, 'more document')} with --json`);
  }
  output.line(
    `${plural(coverage.items, 'item')} of ${benchmark.name}, ${coverage.itemsUnsearched} of them too short to be looked for; ${plural(documents, 'document')}`,
  );
  const { red, green } = output.colors;
  const rest = toReview.length === 0 ? '' : `; ${toReview.length} with 8 words in a row, to review`;
  if (contaminated.length === 0) output.line(green(`${mix} is clean of ${benchmark.name}${rest}`));
  else
    output.line(
      red(
        `${mix} is contaminated: ${plural(contaminated.length, 'document')} with items of ${benchmark.name}${rest}`,
      ),
    );
}

export default defineCommand({
  meta: { name: 'contamination', description: 'Look for the items of a benchmark in a mix' },
  args: {
    mix: { type: 'positional', required: true, description: 'name@version, or name' },
    benchmark: {
      type: 'string',
      valueHint: 'file.jsonl',
      required: true,
      description: 'The file of its items, one a row',
    },
    fields: {
      type: 'string',
      valueHint: 'question,answer',
      required: true,
      description: 'Fields that are looked for, each by itself',
    },
    ...sharedArgs.workspace,
    ...sharedArgs.json,
  },
  run: async ({ args }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    const { manifest, path } = await openMix(args.mix, workspace);
    const mix = `${manifest.name}@${manifest.version}`;
    const progress = createProgress([{ name: 'rows', label: 'screen documents' }]);
    const audit = await auditContamination(
      { manifest, folder: join(workspace, path) },
      {
        path: args.benchmark,
        fields: fieldsOf(args.fields),
        onRows: (done, total, file) => progress.update('rows', done, total, file),
      },
    ).finally(progress.stop);
    print(output, mix, audit);
    output.emit({ mix, ...audit });
    return audit.contaminated.length === 0 ? EXIT.done : EXIT.verification;
  },
});
