/** Lists of terms of a build, read from the files that were pinned: one term a line, as words. */
import { wordsOf } from '../core/simulate/measure/words.js';
import { sha256 } from '../storage/digest.js';
import { guardIo } from '../storage/io-failure.js';
import { readSource } from '../storage/source/store.js';
import { type Build, keptPerBuild } from './build-context.js';
import { changed } from './tasks/source-rows.js';

export interface TermList {
  readonly name: string;
  /** Terms of one word, and of several joined by a space; each once, in code order. */
  readonly words: readonly string[];
  readonly phrases: readonly string[];
}

/** The lists in recipe order. A file whose bytes are not the pinned ones fails. */
export const termLists = keptPerBuild(readTermLists);

async function readTermLists({ pins, context }: Build): Promise<TermList[]> {
  const lists: TermList[] = [];
  for (const { name, file } of pins.terms) {
    const bytes = await guardIo(file.file, () => readSource(file.file, context.baseFolder));
    const found = sha256(bytes);
    if (found !== file.sha256) throw changed(file.file, file.sha256, found);
    lists.push({ name, ...termsOf(bytes.toString('utf8')) });
  }
  return lists;
}

/** A line that starts with `#` is a comment. */
export function termsOf(text: string): Pick<TermList, 'words' | 'phrases'> {
  const [words, phrases] = [new Set<string>(), new Set<string>()];
  for (const line of text.split('\n')) {
    const parts = line.startsWith('#') ? [] : wordsOf(line);
    if (parts.length === 1) words.add(parts[0]!);
    else if (parts.length > 1) phrases.add(parts.join(' '));
  }
  return { words: [...words].sort(), phrases: [...phrases].sort() };
}
