/** The little YAML that the files for trainers need, readable by YAML 1.1 and 1.2 parsers alike. */

/** What YAML does not take inside quotes as it is: DEL, C1 controls, line separators, non-characters. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Text as a double-quoted scalar: JSON's escapes are YAML's. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    UNPRINTABLE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Lines of comment; text of anybody's data stays on its line. */
export function comment(lines: readonly string[], indent = ''): string {
  return lines.map((line) => `${indent}# ${oneLine(line)}\n`).join('');
}

export function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]+/g, ' ');
}
