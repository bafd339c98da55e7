/** The workspace that a command works in, as an absolute path. */
import { resolve } from 'node:path';
import { Failure } from '../../core/schema/failure.js';

export const DEFAULT_WORKSPACE = 'ballast-workspace';

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
  return resolve(chosen.replace(/^file:\/\//, ''));
}
