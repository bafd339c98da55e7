/** HTML text from data: every value passes `escapeHtml`, and a table of plain data becomes one that sorts. */
import { formatCount } from './format.js';
import type { Table } from './tables.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe as text and inside a quoted attribute; control characters become the replacement sign. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
    .replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

/** Words that a badge shows as good. */
const GOOD_WORDS: readonly string[] = ['kept', 'PASS', 'holds', 'pass'];

export interface TableLook {
  /** Column (from 0) that carries a bar, and per row its length in [0, 1]. */
  readonly bar?: { readonly column: number; readonly lengths: readonly number[] };
  /** Columns of one of a few words, shown as a badge. */
  readonly badge?: number;
  /** Columns in a fixed-width face: digests and paths. */
  readonly code?: readonly number[];
  /** The first row is the sum of the others. */
  readonly sumFirst?: boolean;
}

/** A table with a sticky head that scrolls inside its frame. */
export function renderTable(table: Table, look: TableLook = {}): string {
  const head = table.columns
    .map(
      ({ name, align }) =>
        `<th scope="col"${align === 'right' ? ' class="n"' : ''}>${escapeHtml(name)}</th>`,
    )
    .join('');
  const body = table.rows.map((row, i) => renderRow(table, look, { row, i })).join('\n');
  const long = table.rows.length > 24 ? ' long' : '';
  return `<div class="frame${long}" tabindex="0" role="region" aria-label="${escapeHtml(table.title)}"><table>
<caption>${escapeHtml(table.title)}${long === '' ? '' : `<span>${formatCount(table.rows.length)} rows</span>`}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody></table></div>`;
}

function renderRow(
  table: Table,
  look: TableLook,
  { row, i }: { row: readonly string[]; i: number },
): string {
  const cells = row.map((text, column) => {
    const classes = [
      ...(table.columns[column]?.align === 'right' ? ['n'] : []),
      ...(look.code?.includes(column) ? ['code'] : []),
    ];
    const attribute = classes.length > 0 ? ` class="${classes.join(' ')}"` : '';
    return `<td${attribute}>${cellOf(text, look, { column, i })}</td>`;
  });
  return `<tr${look.sumFirst && i === 0 ? ' class="sum"' : ''}>${cells.join('')}</tr>`;
}

function cellOf(text: string, look: TableLook, { column, i }: { column: number; i: number }) {
  const safe = escapeHtml(text);
  if (look.badge === column) {
    return `<span class="badge ${GOOD_WORDS.includes(text) ? 'good' : 'bad'}">${safe}</span>`;
  }
  if (look.bar?.column !== column) return safe;
  const length = Math.min(1, Math.max(0, look.bar.lengths[i] ?? 0));
  const full = length >= 0.95 ? ' full' : '';
  return `${safe}<span class="bar${full}" aria-hidden="true"><i style="width:${(length * 100).toFixed(0)}%"></i></span>`;
}

/** A titled list of sentences; nothing where there are none. */
export function renderList(title: string, sentences: readonly string[]): string {
  if (sentences.length === 0) return '';
  const items = sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('\n');
  return `<section class="card"><h3>${escapeHtml(title)}</h3><ul>\n${items}\n</ul></section>`;
}
