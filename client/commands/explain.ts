/** `ballast explain <id>`: why a document is in a mix or out of it, from records alone. */
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { formatWord } from '../../core/report/format.js';
import { Failure } from '../../core/schema/failure.js';
import { openWorkspace } from '../build/workspace-option.js';
import { readRecipe } from '../recipe/read-recipe.js';
import { type Explained, explainDocument } from '../records/explain-document.js';
import { openMix } from '../records/mix-reference.js';
import { warnOfVersion } from '../records/version-warning.js';
import { withdrawnSince } from '../records/withdrawn-since.js';
import { sharedArgs, valuesOf } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';
import { visible } from '../terminal/visible.js';

const VERDICTS: Readonly<Record<string, string>> = {
  written: 'it is in the mix',
  not_selected: 'it could be in the mix, but its stratum was full before its rank',
  duplicate: 'left out: a copy of it is kept',
  holdout: 'held out: no version trains on it',
  contaminated: 'left out: it holds items of a benchmark',
  retracted: 'left out: it was withdrawn',
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** What the evidence comes to: the posterior of each truth, and how much it contradicts itself. */
function posteriorText(found: Explained): string {
  const { p_human_authored: human, p_human_edited: edited, p_synthetic: synthetic } = found;
  const shares = `human authored ${percent(human)}, human edited ${percent(edited)}, synthetic ${percent(synthetic)}`;
  return found.conflict >= 0.005 ? `${shares}; conflict ${found.conflict.toFixed(2)}` : shares;
}

function lineageText({ lineage_depth: depth, loop }: Explained): string {
  if (depth === 0) return '';
  const models = `${depth} of our own models behind it`;
  return loop === null ? models : `${models}; a loop: that model was trained on ${loop}`;
}

function printEvidence(output: Output, { evidence }: Explained): void {
  const rows = evidence.map((item) => [
    ...[item.family, item.tier, `${item.direction} ${item.supports}`, item.strength.toFixed(1)],
    ...[item.reason, item.field, item.span === null ? '' : item.span.join('-'), item.detail],
  ]);
  const columns = ['family', 'tier', 'says', 'weight', 'reason', 'read in', 'where', 'detail'];
  if (rows.length > 0) output.table('evidence', columns, rows);
  else output.line('no evidence: nobody declared what it is, and no allow-list covers it');
}

function printContamination(output: Output, { contamination }: Explained): void {
  if (contamination.length === 0) return;
  const rows = contamination.map((hit) => [
    ...[hit.benchmark, hit.item, hit.field, hit.kind, percent(hit.ratio), hit.span.join('-')],
  ]);
  output.table(
    'benchmark items in it',
    ['benchmark', 'item', 'field', 'kind', 'of the field', 'where'],
    rows,
  );
}

interface Shown extends Explained {
  /** Retractions that named it after the version was published. */
  readonly withdrawnSince: readonly { readonly key: string; readonly reason: string }[];
}

function printOne(output: Output, found: Shown, mix: string): void {
  const { colors } = output;
  const verdict = VERDICTS[found.outcome] ?? `left out: ${formatWord(found.outcome)}`;
  const mark = found.outcome === 'written' ? colors.green(verdict) : colors.yellow(verdict);
  output.line(`${colors.bold(visible(`${found.source}/${found.id}`))} in ${mix}: ${mark}`);
  const rows = [
    ['why', found.reason ?? ''],
    [
      'withdrawn since',
      found.withdrawnSince.map(({ key, reason }) => `${key} ${reason}`.trim()).join('; '),
    ],
    [
      'label',
      [found.provenance, found.synthetic_kind, found.edit_direction, found.unknown_reason]
        .filter((part) => part !== null)
        .map(formatWord)
        .join(', '),
    ],
    ['posterior', posteriorText(found)],
    ['transformed by', found.transformed_by ?? ''],
    ['domain', found.domain],
    ['language', found.language ?? ''],
    ['model family', found.model_family ?? ''],
    ['lineage', lineageText(found)],
    ['grant', found.grant_id ?? 'none that allows the use'],
    ['created', found.created ?? ''],
    ['copy of', found.duplicate_of ?? ''],
    [
      'tokens',
      `${found.tokens}, written in ${found.passes} ${found.passes === 1 ? 'pass' : 'passes'}`,
    ],
    ['read from', `${found.file}:${found.line}`],
  ];
  output.table(
    '',
    ['', ''],
    rows.filter(([, value]) => value !== ''),
  );
  printEvidence(output, found);
  printContamination(output, found);
}

async function mixOf(
  args: { mix?: string | undefined; config?: string | undefined },
  set: string[],
): Promise<string> {
  if (args.mix !== undefined && args.mix !== '') return args.mix;
  if (args.config !== undefined) {
    const { recipe } = await readRecipe({ path: args.config, set });
    return `${recipe.name}@${recipe.version}`;
  }
  throw new Failure('USAGE', {
    subject: 'ballast explain',
    expected: 'the mix to look in',
    found: 'none',
    where: 'command line',
    remedy: 'write: ballast explain <id> --mix name@version, or -c recipe.yaml',
  });
}

export default defineCommand({
  meta: { name: 'explain', description: 'Say why a document is in a mix, or is not' },
  args: {
    id: { type: 'positional', required: true, description: 'id, or source/id' },
    mix: {
      type: 'string',
      valueHint: 'name@version',
      description: 'The mix; a name alone means its newest version',
    },
    ...sharedArgs.config,
    ...sharedArgs.set,
    ...sharedArgs.workspace,
    ...sharedArgs.json,
  },
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = await openWorkspace(args.workspace);
    const { manifest, path } = await openMix(
      await mixOf(args, valuesOf(rawArgs, 'set')),
      workspace,
    );
    const mix = `${manifest.name}@${manifest.version}`;
    const found = await explainDocument(join(workspace, path), args.id);
    if (found.length === 0) {
      throw new Failure('USAGE', {
        subject: `document ${args.id}`,
        expected: `an id among the documents read for ${mix}`,
        found: 'none',
        where: `${path}/labels`,
        remedy: `check the spelling; rejected rows have no id and are listed in ${path}/rejects`,
      });
    }
    const withdrawn = await warnOfVersion(output, workspace, mix);
    const documents: Shown[] = [];
    for (const document of found) {
      const { source, id } = document;
      const since = await withdrawnSince(workspace, { mix, source, id });
      documents.push({ ...document, withdrawnSince: since });
    }
    for (const document of documents) printOne(output, document, mix);
    output.emit({ mix, withdrawn, documents });
    return 0;
  },
});
