/**
 * The dataset card (README.md) of a published version: front matter as the Hugging Face hub reads
 * it, then the facts in Markdown. Every count is the manifest's.
 */
import type { Manifest } from '../schema/manifest.js';
import type { RiskReport } from '../schema/risk.js';
import { benchmarksTable, evaluationTable } from './benchmark-tables.js';
import { currencyOf, formatCount, formatMoney, formatShare, formatWord } from './format.js';
import { riskSentences } from './risk-section.js';
import { riskVerdictTable } from './risk-tables.js';
import { capsTable, leftOutTable, type Table } from './tables.js';
import { byText, shareOf } from './tally.js';
import { domainsTable, licencesTable } from './view-tables.js';
import type { LicenceRow, ReportView } from './view-types.js';

/** Hub ids of licences that a mix may hold alone; anything else, or a mixture, is `other`. */
const HUB_LICENCES: Readonly<Record<string, string>> = {
  ...{ 'Apache-2.0': 'apache-2.0', MIT: 'mit', 'CC0-1.0': 'cc0-1.0', 'CC-BY-3.0': 'cc-by-3.0' },
  ...{ 'CC-BY-4.0': 'cc-by-4.0', 'CC-BY-SA-3.0': 'cc-by-sa-3.0', 'CC-BY-SA-4.0': 'cc-by-sa-4.0' },
  ...{
    'CC-BY-NC-4.0': 'cc-by-nc-4.0',
    'CC-BY-NC-SA-4.0': 'cc-by-nc-sa-4.0',
    Unlicense: 'unlicense',
  },
  ...{ 'BSD-2-Clause': 'bsd-2-clause', 'BSD-3-Clause': 'bsd-3-clause', 'ODC-By-1.0': 'odc-by' },
};

/** @returns README.md; the same manifest gives the same bytes */
export function renderCard(view: ReportView, manifest: Manifest): string {
  const title = `${view.name} ${view.version}`;
  const parts = [
    frontMatter(view, manifest),
    `# ${escapeMarkdown(title)}`,
    summaryOf(view),
    section('Composition', compositionOf(view)),
    section('Caps', capsOf(view)),
    section('Licences', licencesOf(view)),
    section('Provenance', provenanceOf(view)),
    ...(view.risk === null ? [] : [section('Collapse risk', riskOf(view.risk))]),
    section('Left out', leftOutOf(view)),
    section('How to read it', readingOf(manifest)),
    section('Limits', bullets([...view.assumed, ...view.unknown])),
    section('Record', recordOf(view)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, text: string): string {
  return `## ${title}\n\n${text}`;
}

/** YAML of JSON-quoted scalars: every JSON string is a YAML string, so no name can break out. */
function frontMatter(view: ReportView, manifest: Manifest): string {
  const lines = ['---', ...licenceLines(view.licences)];
  lines.push(`pretty_name: ${yamlText(`${view.name} ${view.version}`)}`);
  lines.push('size_categories:', `  - ${sizeCategory(view.documentsWritten)}`);
  lines.push('task_categories:', '  - text-generation');
  lines.push('source_datasets:', ...sourcesOf(view).map((name) => `  - ${yamlText(name)}`));
  const tags = ['ballast', ...(view.tokensByLabel.synthetic > 0 ? ['synthetic'] : [])];
  lines.push('tags:', ...tags.map((tag) => `  - ${tag}`));
  lines.push('configs:', '  - config_name: default', '    data_files:');
  for (const { split, glob } of splitsOf(manifest)) {
    lines.push(`      - split: ${split}`, `        path: ${yamlText(glob)}`);
  }
  return [...lines, '---'].join('\n');
}

/** JSON text, plus the line breaks that YAML would see and JSON does not escape. */
function yamlText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function licenceLines(licences: readonly LicenceRow[]): string[] {
  const names = [...new Set(licences.map((row) => row.licence))].sort(byText);
  const [only] = names;
  const hub = names.length === 1 && only !== undefined ? HUB_LICENCES[only] : undefined;
  if (hub !== undefined) return [`license: ${hub}`];
  const name = names.length > 1 ? 'mixed-see-licences' : (only ?? 'none-stated');
  return ['license: other', `license_name: ${yamlText(name)}`, 'license_link: README.md#licences'];
}

/** The hub's bins, by rows. */
export function sizeCategory(rows: number): string {
  const bins: [number, string][] = [
    ...([
      [1e3, 'n<1K'],
      [1e4, '1K<n<10K'],
      [1e5, '10K<n<100K'],
    ] as [number, string][]),
    ...([
      [1e6, '100K<n<1M'],
      [1e7, '1M<n<10M'],
      [1e8, '10M<n<100M'],
    ] as [number, string][]),
    ...([
      [1e9, '100M<n<1B'],
      [1e10, '1B<n<10B'],
      [1e11, '10B<n<100B'],
    ] as [number, string][]),
    [1e12, '100B<n<1T'],
  ];
  return bins.find(([end]) => rows < end)?.[1] ?? 'n>1T';
}

function sourcesOf(view: ReportView): string[] {
  const written = view.strata.filter((row) => (row.written ?? 0) > 0);
  return [...new Set(written.map((row) => row.source))].sort(byText);
}

/** A glob per split that has files: `data/train-*.parquet`. */
function splitsOf(manifest: Manifest): { split: string; glob: string }[] {
  return (['train', 'holdout'] as const).flatMap((split) => {
    const files = manifest.files.filter((file) => file.split === split);
    const file = files.find((own) => own.format === 'parquet') ?? files[0];
    if (file === undefined) return [];
    return [{ split, glob: `data/${split}-*.${file.format}` }];
  });
}

function summaryOf(view: ReportView): string {
  const share = (tokens: number) => formatShare(shareOf(tokens, view.tokensWritten));
  const { human_authored, human_edited, synthetic, unknown } = view.tokensByLabel;
  return `A training mix of **${formatCount(view.tokensWritten)} tokens** (${view.tokenizer}) in **${formatCount(view.documentsWritten)} documents**: \
${share(human_authored)} human authored, ${share(human_edited)} human edited, ${share(synthetic)} synthetic, ${share(unknown)} of unknown provenance. \
**${view.verdict.sentence}**, counted again from the written files by a second reader. The pictures are in \`report.html\`, every number is in \`mix.json\`.`;
}

function compositionOf(view: ReportView): string {
  return markdownTable(domainsTable(view));
}

function capsOf(view: ReportView): string {
  const lead = `All ${formatCount(view.caps.length)} caps, tightest first. Shares are of tokens really written.`;
  return `${lead}\n\n${markdownTable(capsTable(view.caps, currencyOf(view.licenceCost)))}`;
}

function licencesOf(view: ReportView): string {
  const { licenceCost: cost } = view;
  const sentence =
    cost === null
      ? 'No licence budget was set.'
      : `Licence cost of this mix: ${formatMoney(cost.minorUnits, cost.currency)}.`;
  return `${sentence} Each row names its grant in \`grant_id\`; the text stays under its own licence.\n\n${markdownTable(licencesTable(view))}`;
}

function provenanceOf(view: ReportView): string {
  const rows = Object.entries(view.tokensByLabel).map(([label, tokens]) => [
    ...[`\`${label}\``, formatWord(label), formatCount(tokens)],
    formatShare(shareOf(tokens, view.tokensWritten)),
  ]);
  const lines = ['| `provenance` | meaning | tokens | share |', '| --- | --- | ---: | ---: |'];
  const families = view.familyNames.map(escapeMarkdown).join(', ');
  const who = families === '' ? '' : `\n\nModel families of the synthetic text: ${families}.`;
  return `Each document has one label, found under policy \`${view.policies.labels}\` from declared labels, dated allow-lists and further evidence. Where the evidence does not carry a label, it is \`unknown\`. Evidence and verdict of every document, also of those left out, are in \`labels/\`.

${[...lines, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n')}${who}`;
}

function riskOf(report: RiskReport): string {
  return `${escapeMarkdown(riskSentences(report).join(' '))}

${markdownTable(riskVerdictTable(report))}

Not modelled, and assumed:

${bullets(report.disclosure)}`;
}

function leftOutOf(view: ReportView): string {
  const benchmarks =
    view.benchmarks.length === 0 ? [] : [benchmarksTable(view), evaluationTable(view)];
  if (view.leftOut.length === 0 && benchmarks.length === 0) return 'Nothing was left out.';
  return [leftOutTable(view.leftOut), ...benchmarks]
    .filter(({ rows }) => rows.length > 0)
    .map(markdownTable)
    .join('\n\n');
}

function readingOf(manifest: Manifest): string {
  const splits = splitsOf(manifest);
  const train = splits[0]?.glob ?? 'data/train-*.parquet';
  const format = train.endsWith('.arrow') ? 'arrow' : 'parquet';
  const files = splits.map(({ split, glob }) => `"${split}": "${glob}"`).join(', ');
  const direct = `import glob
import pandas

mix = pandas.concat(pandas.read_parquet(path) for path in sorted(glob.glob("${train}")))`;
  const sql = `SELECT domain, provenance, sum(tokens) AS tokens
FROM '${train}' GROUP BY ALL ORDER BY tokens DESC;`;
  const hub = `from datasets import load_dataset

mix = load_dataset("${format}", data_files={${files}})`;
  const blocks = [`Hugging Face \`datasets\`:\n\n\`\`\`python\n${hub}\n\`\`\``];
  if (format === 'parquet') {
    blocks.unshift(`pandas:\n\n\`\`\`python\n${direct}\n\`\`\``);
    blocks.push(`DuckDB:\n\n\`\`\`sql\n${sql}\n\`\`\``);
  }
  blocks.push(
    'Columns: `id, text, source, created, domain, provenance, edit_direction, model_family, grant_id, tokens, pass, lineage_depth`, and `metadata` where the recipe keeps it. A document that is repeated has one row per `pass`. Never train on the holdout.',
  );
  return blocks.join('\n\n');
}

function recordOf(view: ReportView): string {
  return bullets([
    `Recipe fingerprint: ${view.recipeFingerprint}; seed ${view.seed}; grants as of ${view.asOf}.`,
    `Policies: labels ${view.policies.labels}, duplicates ${view.policies.duplicates}, selection ${view.policies.selection}.`,
    `Made by ${view.tool.name} ${view.tool.version}; previous version: ${view.previousVersion ?? 'none'}.`,
  ]);
}

function bullets(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`).join('\n');
}

/** A pipe table; text from data is escaped. */
export function markdownTable(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const rule = table.columns.map(({ align }) => (align === 'right' ? '---:' : '---'));
  return [
    line(table.columns.map(({ name }) => name)),
    `| ${rule.join(' | ')} |`,
    ...table.rows.map(line),
  ].join('\n');
}

/** No markup, no HTML and no new line can come out of data. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\r\n\t\u0000-\u001f\u007f]+/g, ' ')
    .replace(/[\\`*_[\]|]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
