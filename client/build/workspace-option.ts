/** The workspace that a command works in: a folder, or a URL of an object store. */
import { type Stats, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MANIFEST_FILE } from '../../activities/published-version.js';
import { Failure } from '../../core/schema/failure.js';
import { ioFailure } from '../../storage/io-failure.js';
import {
  haveFolder,
  isRemote,
  localFolder,
  refreshManifests,
} from '../../storage/remote/mirror.js';
import { placeOf } from '../../storage/remote/s3-store.js';

export const DEFAULT_WORKSPACE = 'ballast-workspace';

function lookAt(folder: string): Stats | undefined {
  try {
    return statSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    throw ioFailure(error, folder);
  }
}

/** Its name, as builds are told it: an absolute folder, or `s3://bucket/prefix`. */
export function workspaceOf(option: string | undefined): string {
  const chosen = option ?? process.env.BALLAST_WORKSPACE ?? DEFAULT_WORKSPACE;
  if (isRemote(chosen)) {
    const { bucket, prefix } = placeOf(chosen);
    return prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(chosen) && !chosen.startsWith('file://')) {
    throw new Failure('USAGE', {
      subject: 'workspace',
      expected: 'a folder, or s3://bucket/prefix',
      found: chosen,
      where: '--workspace',
      remedy: 'give a folder or an S3 URL; AWS_ENDPOINT_URL_S3 names a store of your own',
    });
  }
  const folder = resolve(chosen.replace(/^file:\/\//, ''));
  const found = lookAt(folder);
  if (found === undefined || found.isDirectory()) return folder;
  throw new Failure('STORAGE_UNREACHABLE', {
    subject: 'workspace',
    expected: 'a folder, or a path where one can be made',
    found: 'a file',
    where: folder,
    remedy: 'name a folder with --workspace',
  });
}

/** The folder in which a workspace can be read: itself, or the mirror of a URL, brought up to date. */
export async function readableFolder(workspace: string): Promise<string> {
  const folder = localFolder(workspace);
  await refreshManifests(folder, MANIFEST_FILE);
  return folder;
}

/** The folder in which the workspace of an option can be read. */
export function openWorkspace(option: string | undefined): Promise<string> {
  return readableFolder(workspaceOf(option));
}

/** What an audit reads, beside the ledger. */
const AUDITED = ['mixes', 'audit', 'retractions'];

/** As `openWorkspace`, with every published byte fetched afresh: an audit trusts no copy of this machine. */
export async function auditedWorkspace(option: string | undefined): Promise<string> {
  const workspace = workspaceOf(option);
  const folder = localFolder(workspace);
  if (!isRemote(workspace)) return folder;
  for (const part of AUDITED) {
    await rm(join(folder, part), { recursive: true, force: true });
    await haveFolder(join(folder, part));
  }
  return folder;
}

/** Where people find what stands at a path of a workspace. */
export function folderOf(workspace: string, path: string | null): string {
  if (isRemote(workspace)) return path === null ? workspace : `${workspace}/${path}`;
  return join(workspace, path ?? '');
}
