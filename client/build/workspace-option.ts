/** The workspace that a command works in, as an absolute path. */
import { type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../core/schema/failure.js';
import { ioFailure } from '../../storage/io-failure.js';

export const DEFAULT_WORKSPACE = 'ballast-workspace';

function lookAt(folder: string): Stats | undefined {
  try {
    return statSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    throw ioFailure(error, folder);
  }
}

export function workspaceOf(option: string | undefined): string {
  const chosen = option ?? process.env.BALLAST_WORKSPACE ?? DEFAULT_WORKSPACE;
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(chosen) && !chosen.startsWith('file://')) {
    throw new Failure('NOT_SUPPORTED_YET', {
      subject: 'workspace',
      expected: 'a local folder',
      found: chosen,
      where: '--workspace',
      remedy: 'give a local folder; object stores come with a later version',
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
