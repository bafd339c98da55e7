/** Tables of the benchmarks that a version was screened for, and of what their own items are. */
import { LABELS } from '../schema/label.js';
import type { Manifest } from '../schema/manifest.js';
import { formatCount, formatShare, formatWord } from './format.js';
import { renderTable } from './markup.js';
import { left, right, type Table } from './tables.js';
import { shareOf } from './tally.js';

/** Digits of a digest that are shown. */
const DIGEST_SHOWN = 12;

export function benchmarksTable({ benchmarks }: Pick<Manifest, 'benchmarks'>): Table {
  return {
    title: 'Benchmarks',
    columns: [
      ...left('benchmark', 'version', 'sha256', 'action'),
      ...right('items', 'not looked for', 'documents dropped', 'tokens dropped', 'flagged'),
    ],
    rows: benchmarks.map((row) => [
      ...[row.name, row.version ?? '-', row.sha256.slice(0, DIGEST_SHOWN), row.action],
      ...[row.items, row.itemsUnsearched].map(formatCount),
      ...[row.documentsDropped, row.tokensDropped, row.documentsFlagged].map(formatCount),
    ]),
  };
}

/** Labels of the items, and the interval of their synthetic share. */
export function evaluationTable({ evaluation }: Pick<Manifest, 'evaluation'>): Table {
  return {
    title: 'Are the benchmarks human?',
    columns: [
      ...left('benchmark'),
      ...right('items', ...LABELS.map(formatWord), 'synthetic share'),
      ...left('basis'),
    ],
    rows: evaluation.map(({ name, items, byLabel, syntheticShare: { low, high, basis } }) => [
      ...[name, formatCount(items)],
      ...LABELS.map((label) => formatShare(shareOf(byLabel[label], items))),
      `${formatShare(low)} to ${formatShare(high)}`,
      basis,
    ]),
  };
}

/** The part of the report on benchmarks, for a version that was screened for some. */
export function benchmarkSection(view: Pick<Manifest, 'benchmarks' | 'evaluation'>): string {
  return `<h2>Benchmarks</h2>
<p class="lead">Documents that hold 13 words in a row of an item, or a short item whole, are dropped or flagged; 8 words in a row are flagged. Paraphrases and translations of items are not found.</p>
${renderTable(benchmarksTable(view))}
${renderTable(evaluationTable(view))}`;
}
