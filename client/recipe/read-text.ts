/** The text of a file that a person wrote: there, a file, of sane size, UTF-8, not empty. */
import { readFile, stat } from 'node:fs/promises';
import type { FailureCode } from '../../core/schema/failure.js';
import { Failure } from '../../core/schema/failure.js';

/** Bytes of a recipe or grants file; larger ones are surely something else. */
export const WRITTEN_BYTES_MAX = 64 * 1024 * 1024;

export interface WrittenFile {
  readonly path: string;
  /** `recipe` or `grants file`: the subject of errors. */
  readonly subject: string;
  /** Code of errors in its content. */
  readonly code: FailureCode;
  /** Code when it cannot be read at all. */
  readonly missingCode: FailureCode;
}

export async function readText(file: WrittenFile): Promise<string> {
  const { path, subject } = file;
  const refuse = (found: string, remedy: string): Failure => {
    const parts = { subject, expected: 'a YAML or JSON file', found, where: path, remedy };
    return new Failure(file.missingCode, parts);
  };
  let bytes: Buffer;
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw refuse('a folder', 'name the file in it');
    if (!stats.isFile()) throw refuse('something that is no regular file', 'name a file');
    if (stats.size > WRITTEN_BYTES_MAX) {
      throw refuse(`${stats.size} bytes`, `name a file of at most ${WRITTEN_BYTES_MAX} bytes`);
    }
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refuse('no such file', 'check the path');
    throw refuse(`a file that cannot be read (${code})`, 'check its permissions');
  }
  return decode(bytes, refuse);
}

function decode(bytes: Buffer, refuse: (found: string, remedy: string) => Failure): string {
  const remedy = 'save it as UTF-8 text';
  if (bytes.includes(0)) throw refuse('a binary file', remedy);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('bytes that are not UTF-8', remedy);
  }
  if (text.trim() === '') throw refuse('an empty file', 'write it, see docs/reference');
  return text;
}
