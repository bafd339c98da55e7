/**
 * Files as a line is told of them: the path as its recipe would write it, size and digest; and the
 * source that each belongs to.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Arrival, LineSources } from '../../core/schema/arrival.js';
import { Failure } from '../../core/schema/failure.js';
import { FORMATS, formatOf } from '../../storage/source/format.js';
import { storeFor } from '../../storage/source/store.js';

export function isRemote(file: string): boolean {
  return /^[a-z0-9]+:\/\//.test(file) && !file.startsWith('file://');
}

function inside(folder: string, file: string): string | null {
  const path = relative(folder, file);
  return path === '' || path.startsWith('..') || isAbsolute(path)
    ? null
    : path.split(sep).join('/');
}

/** Relative to the recipe's folder where the file lies in it, else absolute. */
export function recordedPath(file: string, baseFolder: string): string {
  if (isRemote(file)) return file;
  const path = resolve(file);
  const found = inside(baseFolder, path);
  if (found !== null) return found;
  // The same folder may be known by two names: one of them through a link.
  return inside(realFolder(baseFolder), path) ?? path;
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function invalid(file: string, expected: string, found: string, remedy: string): Failure {
  return new Failure('ARRIVAL_INVALID', {
    ...{ subject: `file ${file}`, expected, found, where: 'command line', remedy },
  });
}

/** Source of each file: the one that is named, else the one whose paths match it, else the only one. */
export async function sourcesOf(
  files: readonly string[],
  { sources, baseFolder }: LineSources,
  wanted: string | null,
): Promise<string[]> {
  const names = sources.map(({ name }) => name);
  if (wanted !== null && !names.includes(wanted))
    throw invalid(
      ...([files[0]!, 'a source of the recipe', wanted] as const),
      `use one of: ${names.join(', ')}`,
    );
  const only = wanted ?? (names.length === 1 ? names[0]! : null);
  if (only !== null) return files.map(() => only);
  const matched = await matchedFiles({ sources, baseFolder });
  return files.map((file) => {
    const found = matched.get(placeOf(file, baseFolder)) ?? [];
    if (found.length === 1) return found[0]!;
    const told = found.length === 0 ? 'none' : found.join(' and ');
    throw invalid(file, 'paths of one source that match it', told, 'name it: --source <name>');
  });
}

function placeOf(file: string, baseFolder: string): string {
  return isRemote(file) ? file : resolve(baseFolder, file);
}

/** Sources by the place of each file that their paths match now. */
async function matchedFiles({
  sources,
  baseFolder,
}: Pick<LineSources, 'sources' | 'baseFolder'>): Promise<Map<string, string[]>> {
  const matched = new Map<string, string[]>();
  for (const { name, paths } of sources) {
    const files = new Set<string>();
    for (const path of paths) {
      const found = await storeFor(path, baseFolder).expand(path);
      for (const file of found) files.add(placeOf(file, baseFolder));
    }
    for (const file of files) matched.set(file, [...(matched.get(file) ?? []), name]);
  }
  return matched;
}

/** Told after each piece of a file that is read. */
export type OnRead = (file: string, done: number, total: number) => void;

/** The digest of one file's bytes, under the path that the line records. */
export async function readArrival(
  file: string,
  { source, baseFolder, onRead }: { source: string; baseFolder: string; onRead: OnRead },
): Promise<Arrival> {
  if (formatOf(file) === null)
    throw invalid(file, `a name that ends in ${FORMATS.join(', ')}`, file, 'convert the file');
  const store = storeFor(file, baseFolder);
  const total = await store.sizeOf(file);
  if (total === null) throw invalid(file, 'a file', 'none', 'correct the path');
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of store.stream(file)) {
    hash.update(chunk);
    bytes += chunk.length;
    onRead(file, bytes, total);
  }
  return { source, file, sha256: hash.digest('hex'), bytes, tokens: null };
}
