/** Files of an entry of the recipe, by its patterns and by what its line took; none is a failure that says where. */
import { resolve } from 'node:path';
import type { SourceArrivals } from '../../core/line/list.js';
import { Failure } from '../../core/schema/failure.js';
import { LIMITS } from '../../core/schema/limits.js';
import { storeFor } from '../../storage/source/store.js';

/** Something with files: a source, or an entry of own outputs or benchmarks. */
export interface Files {
  readonly name: string;
  readonly paths: readonly string[];
  /** `source`, and the key path of its entry, for messages. */
  readonly what: string;
  readonly key: string;
  readonly arrivals?: SourceArrivals | undefined;
}

/** Each file once, sorted by code unit, in the form that the record keeps. */
export async function filesOf(source: Files, baseFolder: string): Promise<string[]> {
  const files = new Set<string>();
  for (const [i, pattern] of source.paths.entries()) {
    const where = `${source.key}[${i}]`;
    const found = await expandAt(pattern, where, source, baseFolder);
    if (found.length === 0 && !mayBeEmpty(source, pattern))
      throw await nothingAt(pattern, where, source, baseFolder);
    for (const file of found) files.add(file);
  }
  const all = withArrivals([...files], source, baseFolder);
  if (all.length > LIMITS.shardsPerSource) {
    throw new Failure('SOURCE_MISSING', {
      subject: source.what,
      expected: `at most ${LIMITS.shardsPerSource} files`,
      found: String(all.length),
      where: source.key,
      remedy: 'merge small files, or split the source in two',
    });
  }
  if (all.length === 0) throw await nothingAt(source.paths[0]!, source.key, source, baseFolder);
  return all.sort();
}

/** A folder whose files arrive may have none of its own. */
function mayBeEmpty({ arrivals }: Files, pattern: string): boolean {
  return arrivals !== undefined && arrivals.taken.length > 0 && /[*?{[]/.test(pattern);
}

/** Each file once, by where it lies; what its line has set aside is no part of the source. */
function withArrivals(found: string[], { arrivals }: Files, baseFolder: string): string[] {
  if (arrivals === undefined) return found;
  const placeOf = (file: string) =>
    /^[a-z0-9]+:\/\//.test(file) ? file : resolve(baseFolder, file);
  const byPlace = new Map(found.map((file) => [placeOf(file), file]));
  for (const file of arrivals.leftOut) byPlace.delete(placeOf(file));
  for (const { file } of arrivals.taken) byPlace.set(placeOf(file), file);
  return [...byPlace.values()];
}

/** Expands a pattern; one that no store takes is refused with its place in the recipe. */
async function expandAt(
  pattern: string,
  where: string,
  { what }: Files,
  baseFolder: string,
): Promise<string[]> {
  try {
    return await storeFor(pattern, baseFolder).expand(pattern);
  } catch (error) {
    const isPath =
      error instanceof Failure && (error.code === 'USAGE' || error.code === 'NOT_SUPPORTED_YET');
    throw isPath ? new Failure(error.code, { ...error.parts, subject: what, where }) : error;
  }
}

async function nothingAt(
  pattern: string,
  where: string,
  { what }: Files,
  baseFolder: string,
): Promise<Failure> {
  const isFolder = await storeFor(pattern, baseFolder).isFolder(pattern);
  return new Failure('SOURCE_MISSING', {
    subject: what,
    expected: `at least one file at "${pattern}"`,
    found: isFolder ? 'a folder' : 'none',
    where: `${where}, from ${baseFolder}`,
    remedy: isFolder
      ? `name the files in it, for example "${pattern.replace(/\/$/, '')}/*.jsonl.gz"`
      : 'correct the path or glob; relative paths start from the folder of the recipe',
  });
}
