/**
 * A workspace on an object store. The store holds the truth under the same relative paths as a folder
 * would; every machine has a mirror, a local folder in which engines find and write files. What is
 * content-addressed or published never changes, so a file that the mirror has is good, and one that it
 * lacks is fetched. A mirror is a cache: it may be deleted whenever no build runs on this machine.
 *
 *   <scratch>/mirrors/<digest of the URL>/.remote     holds the URL
 *
 * All functions take absolute paths; for a path outside of every mirror they do nothing.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { Failure } from '../../core/schema/failure.js';
import { sha256 } from '../digest.js';
import type { ObjectStore } from './object-store.js';
import { openObjectStore, placeOf } from './s3-store.js';

const REMOTE_FILE = '.remote';
const UPLOADS_AT_ONCE = 6;

/** `BALLAST_SCRATCH_DIR`, else `$XDG_CACHE_HOME/ballast`, else `~/.cache/ballast`. */
export function scratchRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.BALLAST_SCRATCH_DIR) return resolve(env.BALLAST_SCRATCH_DIR);
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'ballast');
}

function mirrorsRoot(): string {
  return join(scratchRoot(), 'mirrors');
}

export function isRemote(workspace: string): boolean {
  return workspace.startsWith('s3://');
}

/** The local folder in which a workspace is worked: itself, or the mirror of a URL, made if need be. */
export function localFolder(workspace: string): string {
  if (!isRemote(workspace)) return workspace;
  const { bucket, prefix } = placeOf(workspace);
  const url = prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
  const folder = join(mirrorsRoot(), sha256(url).slice(0, 16));
  const mark = join(folder, REMOTE_FILE);
  if (existsSync(mark)) return folder;
  mkdirSync(folder, { recursive: true });
  const half = `${mark}.${randomUUID()}`;
  writeFileSync(half, url);
  renameSync(half, mark);
  return folder;
}

/** A path in a mirror: the store, and the key under which it has the same bytes. */
export interface Mirrored {
  readonly store: ObjectStore;
  readonly key: string;
  /** The mirror's folder. */
  readonly folder: string;
}

/** Null for a path outside of every mirror. */
export function mirrored(path: string): Mirrored | null {
  const below = relative(mirrorsRoot(), path);
  if (below === '' || below.startsWith('..') || isAbsolute(below)) return null;
  const [name, ...rest] = below.split(sep);
  const folder = join(mirrorsRoot(), name!);
  const mark = join(folder, REMOTE_FILE);
  if (!existsSync(mark)) throw unmarked(folder);
  return { store: openObjectStore(readFileSync(mark, 'utf8')), key: rest.join('/'), folder };
}

/** A mirror that was deleted in the middle is no folder of its own: what is written there would be lost. */
function unmarked(folder: string): Failure {
  return new Failure('STORAGE_UNREACHABLE', {
    subject: 'mirror of an object store',
    expected: 'the file .remote, which names the store',
    found: 'none',
    where: folder,
    remedy: 'delete a mirror only while nothing runs on this machine; run the same command again',
  });
}

/** All that is published or content-addressed stays as it is; `dev` builds are replaced. */
function mayChange({ key }: Mirrored): boolean {
  return key.startsWith('dev/');
}

/** Fetches a file that the mirror lacks; false where the store has none either. */
export async function haveFile(path: string): Promise<boolean> {
  const there = mirrored(path);
  if (there === null || (existsSync(path) && !mayChange(there))) return existsSync(path);
  return there.store.download(there.key, path);
}

/** Fetches a file afresh, whatever the mirror has. */
export async function fetchAgain(path: string): Promise<boolean> {
  const there = mirrored(path);
  if (there === null) return false;
  await rm(path, { force: true });
  return there.store.download(there.key, path);
}

/** Fetches the files below a folder that the mirror lacks, or those of them that `wanted` names. */
export async function haveFolder(
  path: string,
  wanted: (name: string) => boolean = () => true,
): Promise<void> {
  const there = mirrored(path);
  if (there === null) return;
  const missing: string[] = [];
  for await (const { key } of there.store.list(`${there.key}/`)) {
    const name = key.slice(there.key.length + 1);
    const isKept = existsSync(join(path, name)) && !mayChange(there);
    if (wanted(name) && !isKept) missing.push(name);
  }
  await inTurns(missing, (name) => there.store.download(`${there.key}/${name}`, join(path, name)));
}

/** Sends a file of the mirror to the store; what stands there is replaced. */
export async function shareFile(path: string): Promise<void> {
  const there = mirrored(path);
  if (there !== null) await there.store.upload(there.key, path, null);
}

/** Removes a file from the store; what the mirror has stays. */
export async function unshareFile(path: string): Promise<void> {
  const there = mirrored(path);
  if (there !== null) await there.store.delete(there.key);
}

async function inTurns<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const next = items[Symbol.iterator]();
  const lane = async () => {
    for (const item of next) await act(item);
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, lane));
}

/** Names of all files below a folder, with forward slashes, sorted. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return names.sort();
}

/**
 * Sends a local folder to where `target` stands in the store; `last`, if it is among the files, comes
 * last and only where none stands yet: whoever sees it sees all. False where another's stands.
 */
export async function shareFolder(folder: string, target: string, last: string): Promise<boolean> {
  const there = mirrored(target);
  if (there === null) return true;
  const { store, key } = there;
  const names = await filesBelow(folder);
  const first = { ifNoneMatch: '*' } as const;
  const isFinished = names.includes(last);
  let isBeaten = false;
  await inTurns(
    names.filter((name) => name !== last),
    async (name) => {
      const [to, from] = [`${key}/${name}`, join(folder, name)];
      if (isBeaten || (await store.upload(to, from, isFinished ? first : null)) !== null) return;
      // Other bytes stand there: of an artifact that is finished, or of one that never will be.
      isBeaten = (await store.head(`${key}/${last}`)) !== null;
      if (!isBeaten) await store.upload(to, from, null);
    },
  );
  if (isBeaten) return false;
  if (!isFinished) return true;
  return (await store.upload(`${key}/${last}`, join(folder, last), first)) !== null;
}

/** Records that this process has seen in the store, by path. */
const seen = new Set<string>();

/** Sends an artifact again that only the mirror has: the store may have been cleaned meanwhile. */
export async function keepShared(folder: string, record: string): Promise<void> {
  const there = mirrored(folder);
  if (there === null || seen.has(folder)) return;
  if ((await there.store.head(`${there.key}/${record}`)) === null)
    await shareFolder(folder, folder, record);
  seen.add(folder);
}

/**
 * Copies within the store what stands below `from` to below `to`, `last` at the end and only where none
 * stands yet. False where another's stands.
 */
export async function copyShared(from: string, to: string, last: string): Promise<boolean> {
  const [source, target] = [mirrored(from)!, mirrored(to)!];
  const { store } = source;
  const names: string[] = [];
  for await (const { key } of store.list(`${source.key}/`))
    names.push(key.slice(source.key.length + 1));
  await inTurns(
    names.filter((name) => name !== last),
    async (name) => {
      const [of, to] = [`${source.key}/${name}`, `${target.key}/${name}`];
      if (!(await store.copy(of, to))) throw lost(`${store.url}/${of}`);
    },
  );
  const final = await store.read(`${source.key}/${last}`);
  if (final === null) return (await store.head(`${target.key}/${last}`)) !== null;
  return (await store.put(`${target.key}/${last}`, final.body, { ifNoneMatch: '*' })) !== null;
}

function lost(where: string): Failure {
  return new Failure('STORAGE_UNREACHABLE', {
    subject: 'the assembled mix',
    expected: 'every file that this build assembled',
    found: 'one less',
    where,
    remedy: 'let no rule of the bucket delete below tmp/ while builds run; start the build again',
  });
}

/** Names of the files below a folder, here or in the store, sorted. */
export async function namesOf(folder: string): Promise<string[]> {
  const names = new Set(existsSync(folder) ? await filesBelow(folder) : []);
  const there = mirrored(folder);
  if (there !== null)
    for await (const { key } of there.store.list(`${there.key}/`))
      names.add(key.slice(there.key.length + 1));
  return [...names].sort();
}

/** Removes everything below a path from the store. */
export async function unshareFolder(path: string): Promise<void> {
  const there = mirrored(path);
  if (there === null) return;
  const keys: string[] = [];
  for await (const { key } of there.store.list(`${there.key}/`)) keys.push(key);
  await inTurns(keys, (key) => there.store.delete(key));
}

/** Names of what stands right below a folder of the store, sorted. */
export async function namesBelow(path: string): Promise<string[]> {
  const there = mirrored(path);
  if (there === null) return [];
  const names = new Set<string>();
  for await (const { key } of there.store.list(`${there.key}/`))
    names.add(key.slice(there.key.length + 1).split('/')[0]!);
  return [...names].sort();
}

/** Fetches the manifest of every published version that the mirror lacks or has otherwise. */
export async function refreshManifests(folder: string, manifestFile: string): Promise<void> {
  const there = mirrored(join(folder, 'mixes'));
  if (there === null) return;
  const stale: string[] = [];
  const standing = new Set<string>();
  for await (const { key, bytes } of there.store.list('mixes/')) {
    if (key.split('/').length !== 4 || !key.endsWith(`/${manifestFile}`)) continue;
    standing.add(dirname(key));
    const found = await stat(join(folder, key)).catch(() => null);
    if (found?.size !== bytes) stale.push(key);
  }
  await inTurns(stale, (key) => there.store.download(key, join(folder, key)));
  await dropOthers(folder, standing);
}

/** Versions that the store has no more leave the mirror too. */
async function dropOthers(folder: string, standing: ReadonlySet<string>): Promise<void> {
  const mixes = join(folder, 'mixes');
  for (const name of await readdir(mixes).catch(() => []))
    for (const version of await readdir(join(mixes, name)))
      if (!standing.has(`mixes/${name}/${version}`))
        await rm(join(mixes, name, version), { recursive: true, force: true });
}

/** Scratch of builds on this machine that nobody touched for so long goes. */
const SCRATCH_MS_MAX = 48 * 3_600_000;

/** Removes scratch that builds left in a mirror and that ended elsewhere. */
export async function sweepMirror(folder: string): Promise<void> {
  const scratch = join(folder, 'tmp');
  for (const name of await readdir(scratch).catch(() => [])) {
    const found = await stat(join(scratch, name)).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > SCRATCH_MS_MAX)
      await rm(join(scratch, name), { recursive: true, force: true });
  }
}
