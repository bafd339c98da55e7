/**
 * Which new files a failed build fails by: those that its failure names. Nobody is blamed where it
 * names none, or only files that were there before.
 */
import type { BuildFailure } from './build-end.js';

interface NewFile {
  readonly source: string;
  readonly file: string;
  readonly sha256: string;
}

/** Failures that name each file that they are about. */
const BY_FILE = ['SOURCE_UNREADABLE', 'SOURCE_CHANGED', 'SOURCE_MISSING'];

/** Failures that a file may mend by arriving again: it was its place, not its bytes. */
export const BY_PLACE = ['SOURCE_CHANGED', 'SOURCE_MISSING'];

/** Where `file` stands in `text` as a whole path; -1 where it does not. */
function placeIn(text: string, file: string): number {
  for (let at = text.indexOf(file); at >= 0; at = text.indexOf(file, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text[at + file.length] ?? ' '];
    if (/[\s"]/.test(before) && /[\s",:;]/.test(after)) return at;
  }
  return -1;
}

/** The new files that it names. Of two files with one id the later named one goes. */
export function blamedFiles<T extends NewFile>(failure: BuildFailure, files: readonly T[]): T[] {
  const { code, parts } = failure;
  if (parts === null) return [];
  const text = `${parts.subject}\n${parts.where}`;
  const named = files
    .map((file) => ({ file, at: placeIn(text, file.file) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => b.at - a.at);
  if (code === 'DUPLICATE_ID') return named.slice(0, 1).map(({ file }) => file);
  return BY_FILE.includes(code) ? named.map(({ file }) => file) : [];
}
