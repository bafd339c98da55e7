/** Files that the words of a command line name; globs that the shell left alone are expanded here. */
import { resolve } from 'node:path';
import { Failure } from '../../core/schema/failure.js';
import { storeFor } from '../../storage/source/store.js';
import { isRemote } from './arriving-files.js';

/** Absolute paths, each once. */
export async function expandPaths(words: readonly string[]): Promise<string[]> {
  const here = process.cwd();
  const files = new Set<string>();
  for (const word of words) {
    const found = await storeFor(word, here).expand(word);
    if (found.length === 0)
      throw new Failure('ARRIVAL_INVALID', {
        subject: `path ${word}`,
        expected: 'at least one file',
        found: 'none',
        where: `command line, from ${here}`,
        remedy: 'name files, or a glob such as "inbox/*.jsonl.gz"',
      });
    for (const file of found) files.add(isRemote(file) ? file : resolve(here, file));
  }
  return [...files];
}
