/**
 * A folder of files that appears whole, by one rename. One that stands already is replaced only when
 * asked to, and only where it holds nothing but such files: no `--force` removes anything else.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { Failure } from '../../core/schema/failure.js';
import { hasCode, ioFailure } from '../../storage/io-failure.js';

export interface FolderFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface FolderOptions {
  readonly folder: string;
  readonly files: readonly FolderFile[];
  readonly force: boolean;
  /** True for a path that an earlier export may have written. */
  readonly isOurs: (path: string) => boolean;
}

/** Absolute path of the written folder. Throws USAGE where something stands that may not be replaced. */
export async function writeFolder(options: FolderOptions): Promise<string> {
  const folder = resolve(options.folder);
  try {
    await publish(folder, options);
  } catch (error) {
    throw outputFailure(error, folder);
  }
  return folder;
}

/** An error of the system that a user can mend, about `--output`; any other one as it is. */
export function outputFailure(error: unknown, path: string): unknown {
  const failure = ioFailure(error, path);
  if (failure === error || !(failure instanceof Failure)) return failure;
  const remedy = 'mend that, or name another place with --output';
  const parts = { ...failure.parts, subject: 'option --output', remedy };
  return new Failure(failure.code, parts);
}

async function publish(folder: string, options: FolderOptions): Promise<void> {
  const isThere = await checkTarget(folder, options);
  const half = join(dirname(folder), `.ballast-${randomUUID()}.half`);
  try {
    for (const { path, text } of options.files) {
      await mkdir(dirname(join(half, path)), { recursive: true });
      await writeFile(join(half, path), text);
    }
    if (isThere) await swap(half, folder);
    else await rename(half, folder);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

async function swap(half: string, folder: string): Promise<void> {
  const aside = `${half}-old`;
  await rename(folder, aside);
  try {
    await rename(half, folder);
  } catch (error) {
    await rename(aside, folder);
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}

/** True where an earlier export stands that may be replaced. */
async function checkTarget(folder: string, options: FolderOptions): Promise<boolean> {
  const found = await stat(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (found === null) return false;
  if (!found.isDirectory()) throw refuse(folder, 'a file', 'name another folder with --output');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  if (entries.length === 0) return true;
  const strange = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split('\\').join('/'))
    .filter((path) => !options.isOurs(path))
    .sort();
  if (strange.length > 0)
    throw refuse(folder, `other files, e.g. ${strange[0]}`, 'name a new folder with --output');
  if (options.force) return true;
  throw refuse(folder, 'an earlier export', 'add --force to replace it, or name another folder');
}

function refuse(folder: string, found: string, remedy: string): Failure {
  const expected = 'a folder that is not there yet, or an empty one';
  return new Failure('USAGE', {
    subject: 'option --output',
    expected,
    found,
    where: folder,
    remedy,
  });
}
