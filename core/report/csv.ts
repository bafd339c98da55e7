/**
 * A table as CSV that opens in spreadsheets (RFC 4180, UTF-8 with a byte order mark, CRLF): one head
 * row, a value per cell, numbers without separators, and no cell that would be run as a formula.
 */
import { guardShownText } from './formula-guard.js';

/** Numbers and decimals of ours stand as they are; text is guarded; null is an empty cell. */
export type CsvCell = string | number | { readonly decimal: string } | null;

const BYTE_ORDER_MARK = '\ufeff';

/** The whole file. Rows have as many cells as `columns`. */
export function csvText(columns: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  const lines = [columns, ...rows].map((cells) => cells.map(cellText).join(','));
  return `${BYTE_ORDER_MARK}${lines.map((line) => `${line}\r\n`).join('')}`;
}

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'object') return cell.decimal;
  const guarded = guardShownText(cell);
  // Semicolons and tabs end a cell for some readers, so they are quoted, too.
  return /[",;\t\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
