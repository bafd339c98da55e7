/**
 * Cells that a spreadsheet would take for a formula get an apostrophe in front, and lose it on the
 * way back. What starts with apostrophes before such a sign gets one more, so every text comes back
 * as it was. Signs: = + - @, their full-width forms, tab and carriage return (OWASP, CSV injection).
 */
const GUARDED = /^'*[=+\-@\t\r＝＋－＠]/;

export function guardCell(text: string): string {
  return GUARDED.test(text) ? `'${text}` : text;
}

export function unguardCell(text: string): string {
  return text.startsWith("'") && GUARDED.test(text) ? text.slice(1) : text;
}
