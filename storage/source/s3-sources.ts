/**
 * Source files in buckets, by `s3://bucket/key`. A pattern is listed by what stands before its first
 * wildcard, and matched as tinyglobby matches local paths. The S3 client loads with the first use.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { Failure } from '../../core/schema/failure.js';
import type { ObjectStore } from '../remote/object-store.js';
import { formatOf } from './format.js';
import { byCodeUnit, type SourceStore, WILDCARD } from './source-store.js';

interface Place {
  readonly bucket: string;
  readonly key: string;
}

function placeOf(file: string): Place {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(file) ?? [];
  if (bucket !== '' && !WILDCARD.test(bucket)) return { bucket, key };
  throw new Failure('USAGE', {
    subject: 'object store',
    expected: 's3://bucket/key, where wildcards are allowed in the key',
    found: file,
    where: 'paths of the recipe',
    remedy: 'name the bucket in full',
  });
}

async function storeOf({ bucket }: Place): Promise<ObjectStore> {
  const { openObjectStore } = await import('../remote/s3-store.js');
  return openObjectStore(`s3://${bucket}`);
}

/** What may begin a wildcard; a sign too many lists more, and matches the same. */
const PATTERN_SIGN = /[*?{[!(\\]|[@+](?=\()/;

/** What every key that a pattern matches begins with. */
export function fixedPrefix(pattern: string): string {
  const at = pattern.search(PATTERN_SIGN);
  return at < 0 ? pattern : pattern.slice(0, at);
}

/** An error as of a disk that has no such file. */
function absent(file: string): Error {
  return Object.assign(new Error(`ENOENT: no such object, ${file}`), { code: 'ENOENT' });
}

async function expand(pattern: string): Promise<string[]> {
  const place = placeOf(pattern);
  const store = await storeOf(place);
  const { bucket, key } = place;
  if (!WILDCARD.test(key)) {
    const isFile = key !== '' && !key.endsWith('/') && (await store.head(key)) !== null;
    return isFile ? [pattern] : [];
  }
  const matches = picomatch(key, { posix: true });
  const found: string[] = [];
  for await (const { key: name } of store.list(fixedPrefix(key)))
    if (!name.endsWith('/') && matches(name)) found.push(`s3://${bucket}/${name}`);
  return found.sort(byCodeUnit);
}

async function isFolder(file: string): Promise<boolean> {
  const place = placeOf(file);
  const prefix = place.key.replace(/\/*$/, '');
  const store = await storeOf(place);
  for await (const _ of store.list(prefix === '' ? '' : `${prefix}/`)) return true;
  return false;
}

async function stateOf(file: string) {
  const place = placeOf(file);
  return (await storeOf(place)).head(place.key);
}

async function* stream(file: string): AsyncGenerator<Uint8Array> {
  const place = placeOf(file);
  const store = await storeOf(place);
  if ((await store.head(place.key)) === null) throw absent(file);
  yield* store.stream(place.key);
}

let copies = 0;

/** A copy under a name of our own: an engine may read meaning into the signs of a key. */
async function open(file: string, scratch: string) {
  const place = placeOf(file);
  const path = join(scratch, `copy-${copies++}${formatOf(file) ?? ''}`);
  const store = await storeOf(place);
  if (!(await store.download(place.key, path))) throw absent(file);
  return { path, close: () => rm(path, { force: true }) };
}

export const s3Sources: SourceStore = {
  ...{ expand, isFolder, stateOf, stream, open },
  sizeOf: async (file) => (await stateOf(file))?.bytes ?? null,
};
