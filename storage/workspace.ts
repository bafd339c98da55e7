/**
 * The workspace: one folder that holds everything that Ballast writes.
 *
 *   cache/<kind>/<k0>/<key>/   content-addressed artifacts; key = digest of inputs, activity version, parameters
 *   tmp/<build>/               scratch; removed when the build ends, however it ends
 *   mixes/<name>/<version>/    published versions, immutable
 *   ledger.jsonl               hash-chained record of what was published
 *
 * Nothing half-written is ever visible: an artifact is a folder that appears by one rename.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { access, constants, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { guardIo, hasCode } from './io-failure.js';
import { mirrored, namesBelow, shareFolder, unshareFolder } from './remote/mirror.js';

/** Name of a build's scratch folder: file-safe form of its workflow id. */
export function fileSafe(id: string): string {
  return id.replace(/[^A-Za-z0-9._-]/g, '_');
}

export function cachePath(kind: string, key: string): string {
  return `cache/${kind}/${key.slice(0, 2)}/${key}`;
}

export function mixPath(name: string, version: string): string {
  return `mixes/${name}/${version}`;
}

export function scratchPath(buildId: string): string {
  return `tmp/${fileSafe(buildId)}`;
}

/** A new, empty scratch folder of a build; absolute. */
export async function makeScratch(workspace: string, buildId: string): Promise<string> {
  const folder = join(workspace, scratchPath(buildId), randomUUID());
  await guardIo(folder, () => makeFolder(folder));
  return folder;
}

/** `mkdir -p`. On a read-only disk Node says ENOENT, so the true reason is asked for. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const { path } = error as NodeJS.ErrnoException;
    if (hasCode(error, 'ENOENT') && path !== undefined) await access(dirname(path), constants.W_OK);
    throw error;
  }
}

/** Removes all scratch of a build; what other builds hold stays. */
export async function removeScratch(workspace: string, buildId: string): Promise<void> {
  await unshareFolder(join(workspace, scratchPath(buildId)));
  await rm(join(workspace, scratchPath(buildId)), { recursive: true, force: true }).catch(
    (error) => {
      // A file stands where the workspace should: then nothing was ever made there.
      if (!hasCode(error, 'ENOTDIR')) throw error;
    },
  );
  const parent = join(workspace, 'tmp');
  const rest = await readdir(parent).catch(() => ['unreadable']);
  if (rest.length === 0) await rm(parent, { recursive: true, force: true });
}

/** Removes scratch that earlier runs of a workflow left when they were terminated. */
export async function sweepScratch(
  workspace: string,
  workflowId: string,
  buildId: string,
): Promise<void> {
  const folder = join(workspace, 'tmp');
  const names = [...(await readdir(folder).catch(() => [])), ...(await namesBelow(folder))];
  const stale = names.filter(
    (name) => name.startsWith(`${fileSafe(workflowId)}_`) && name !== fileSafe(buildId),
  );
  for (const name of new Set(stale)) {
    await unshareFolder(join(folder, name));
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Every file below a folder reaches the disk before it is published. */
export async function syncFolder(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) await syncPath(join(entry.parentPath, entry.name));
  await syncPath(folder);
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}

/** The file of a folder that comes last: where it stands, the others do. */
const LAST_FILES = ['record.json', 'mix.json'];

/**
 * Publishes `folder` at `target` (absolute) by one rename; in a mirror it goes to the store before.
 * Returns false when the target already stood there: another attempt was first, and ours is removed.
 */
export async function publishFolder(folder: string, target: string): Promise<boolean> {
  return guardIo(target, async () => {
    if (mirrored(target) !== null && !(await shared(folder, target))) {
      await rm(folder, { recursive: true, force: true });
      return false;
    }
    await mkdir(dirname(target), { recursive: true });
    try {
      await rename(folder, target);
    } catch (error) {
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
      await rm(folder, { recursive: true, force: true });
      return false;
    }
    await syncPath(dirname(target));
    return true;
  });
}

async function shared(folder: string, target: string): Promise<boolean> {
  const last = LAST_FILES.find((name) => existsSync(join(folder, name))) ?? '';
  return shareFolder(folder, target, last);
}

/** Bytes of a file, or null where there is none. */
export async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

export function isThere(path: string): boolean {
  return existsSync(path);
}
