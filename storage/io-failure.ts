/** Errors of the operating system that a user can mend, as `Failure`s; all others pass unchanged. */
import { Failure } from '../core/schema/failure.js';

/** Code of an error of the operating system, e.g. `ENOENT`; '' for any other error. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** True for an error of `node:fs` with this code, e.g. `ENOENT`. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes(errorCode(error));
}

/** The failure to throw in place of `error`, which arose while `path` was read or written. */
export function ioFailure(error: unknown, path: string): unknown {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (hasCode(error, 'ENOSPC', 'EDQUOT') || /no space left|ENOSPC|quota exceeded/i.test(message)) {
    return new Failure('STORAGE_FULL', {
      subject: 'workspace',
      expected: 'room for the files of this build',
      found: 'no space left on the device',
      where: path,
      remedy:
        'free space or choose another --workspace, then run the same command: finished work is kept',
    });
  }
  if (hasCode(error, 'EACCES', 'EPERM', 'EROFS')) {
    return new Failure('STORAGE_UNREACHABLE', {
      subject: 'workspace',
      expected: 'a folder that this user may read and write',
      found: errorCode(error),
      where: path,
      remedy: 'change its permissions or choose another --workspace',
    });
  }
  if (hasCode(error, 'ENOTDIR', 'EEXIST', 'EISDIR', 'ELOOP', 'ENAMETOOLONG')) {
    return new Failure('STORAGE_UNREACHABLE', {
      subject: 'workspace',
      expected: 'a folder, or a path where one can be made',
      found: `${errorCode(error)}, as for a file that stands in its way`,
      where: path,
      remedy: 'move what stands there, or choose another --workspace',
    });
  }
  return error;
}

/** Runs `step`, translating errors of the operating system. */
export async function guardIo<T>(path: string, step: () => Promise<T> | T): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw ioFailure(error, path);
  }
}
