/**
 * Cells that a spreadsheet would take for a formula get an apostrophe in front, and lose it on the
 * way back. What starts with apostrophes before such a sign gets one more, so every text comes back
 * as it was. Signs: = + - @, their full-width forms, tab and carriage return (OWASP, CSV injection).
 *
 * A spreadsheet that splits at semicolons or tabs takes a comma's quotes for text, so it may begin a cell
 * at any of them, and at a line's start: text that is only shown is guarded there, too.
 */
const SIGNS = '=+\\-@＝＋－＠';
const GUARDED = new RegExp(`^'*[${SIGNS}\\t\\r]`);
/** Where another delimiter begins a cell that a spreadsheet would run, past blanks and quotes. */
const INNER = new RegExp(`(?<=[;\\t\\r\\n])(?=[ \\u00a0"]*[${SIGNS}])`, 'g');

export function guardCell(text: string): string {
  return GUARDED.test(text) ? `'${text}` : text;
}

export function unguardCell(text: string): string {
  return text.startsWith("'") && GUARDED.test(text) ? text.slice(1) : text;
}

/** For text that nobody reads back: guarded wherever a spreadsheet may begin a cell. */
export function guardShownText(text: string): string {
  return guardCell(text.replaceAll(INNER, "'"));
}
