/**
 * The folder of a seal: histories that never change under their names, and `index.json`, which is replaced
 * by the next seal and then kept as `index-<first twelve of its digest>.json`. A file appears by one rename.
 */
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../core/schema/failure.js';
import { type HistoryIndex, historyIndex } from '../core/schema/sealed-history.js';
import { sha256, sha256File } from './digest.js';
import { guardIo, hasCode } from './io-failure.js';
import { fetchAgain, haveFolder, shareFile } from './remote/mirror.js';
import { isThere, syncFolder } from './workspace.js';

export const INDEX_FILE = 'index.json';

/** Kept under this name once another index took its place. */
export function keptIndexName(indexSha256: string): string {
  return `index-${indexSha256.slice(0, 12)}.json`;
}

export interface FoundIndex {
  readonly name: string;
  readonly sha256: string;
  /** Null where it is no whole index. */
  readonly index: HistoryIndex | null;
}

function parsed(text: string): HistoryIndex | null {
  try {
    return historyIndex.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** In a mirror: what the store has; `index.json` is the one file that changes. */
async function fetchFolder(folder: string): Promise<void> {
  await haveFolder(folder);
  await fetchAgain(join(folder, INDEX_FILE));
}

/** Every index of a folder, by name; none where the folder does not stand. */
export async function readIndexes(folder: string): Promise<FoundIndex[]> {
  await fetchFolder(folder);
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  const found: FoundIndex[] = [];
  for (const name of names.filter((n) => /^index(-[0-9a-f]{12})?\.json$/.test(n)).sort()) {
    const text = await readFile(join(folder, name), 'utf8');
    found.push({ name, sha256: sha256(text), index: parsed(text) });
  }
  return found;
}

/** Moves the files of `scratch` into `folder`, `index.json` as the last; what is there with a name stays. */
export async function addSealedFiles(scratch: string, folder: string): Promise<void> {
  await guardIo(folder, async () => {
    await mkdir(folder, { recursive: true });
    await fetchFolder(folder);
    await syncFolder(scratch);
    const names = (await readdir(scratch)).filter((name) => name !== INDEX_FILE);
    for (const name of names) await addFile(scratch, folder, name);
    await keepOldIndex(folder);
    await rename(join(scratch, INDEX_FILE), join(folder, INDEX_FILE));
    for (const name of names) await shareFile(join(folder, name));
    await shareFile(join(folder, INDEX_FILE));
    await syncFolder(folder);
    await rm(scratch, { recursive: true, force: true });
  });
}

/** A history that was sealed before has the same bytes; other bytes were changed since, here or on the server. */
async function addFile(scratch: string, folder: string, name: string): Promise<void> {
  const target = join(folder, name);
  if (isThere(target)) {
    const [standing, exported] = [await sha256File(target), await sha256File(join(scratch, name))];
    if (standing.sha256 !== exported.sha256) throw changed(name, exported.sha256, standing.sha256);
  }
  await rename(join(scratch, name), target);
}

function changed(where: string, expected: string, found: string): Failure {
  return new Failure('AUDIT_BROKEN', {
    subject: 'a history that was sealed before',
    expected: `sha256 ${expected}, as the server has it`,
    found: `sha256 ${found}`,
    where,
    remedy: 'restore the file from a copy, or find out who changed it; then seal again',
  });
}

async function keepOldIndex(folder: string): Promise<void> {
  const path = join(folder, INDEX_FILE);
  if (!isThere(path)) return;
  const kept = join(folder, keptIndexName(sha256(await readFile(path))));
  if (isThere(kept)) return;
  await copyFile(path, kept);
  await shareFile(kept);
}
