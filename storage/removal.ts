/**
 * Removal of bytes that must not stay: cached artifacts with withdrawn text, and data files of published
 * versions. Only asked for by a retraction, which records what it removed; removing twice is removing once.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '../core/schema/failure.js';
import { guardIo } from './io-failure.js';
import { unshareFile, unshareFolder } from './remote/mirror.js';

/** Removes the folder of a cached artifact; `path` is relative to the workspace, `cache/<kind>/<k0>/<key>`. */
export async function removeArtifact(workspace: string, path: string): Promise<void> {
  assert(
    /^cache\/[a-z-]+\/[0-9a-f]{2}\/[0-9a-f]{64}$/.test(path),
    `${path} is an artifact's folder`,
  );
  await removeAt(workspace, path);
}

/** Removes one data file of a published version; `path` is relative to the workspace. */
export async function removeDataFile(workspace: string, path: string): Promise<void> {
  const parts = path.split('/');
  const isData = parts[0] === 'mixes' && parts[3] === 'data' && parts.length === 5;
  assert(isData && !parts.includes('..'), `${path} is a data file of a version`);
  await removeAt(workspace, path);
}

async function removeAt(workspace: string, path: string): Promise<void> {
  const target = join(workspace, path);
  await unshareFolder(target);
  await unshareFile(target);
  await guardIo(target, () => rm(target, { recursive: true, force: true }));
}
