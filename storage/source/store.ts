/**
 * Where source files are: a seam of three acts (expand a glob, stat, stream), so that local disks,
 * object stores and a counting test double all fit. Only `file://` and plain paths today.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { glob } from 'tinyglobby';
import { Failure } from '../../core/schema/failure.js';
import { hasCode } from '../io-failure.js';

export interface SourceStore {
  /** Files that a pattern names, sorted by code unit, in the form that the record keeps. */
  expand(pattern: string): Promise<string[]>;
  sizeOf(file: string): Promise<number | null>;
  /** Bytes from the start, in chunks of about a mebibyte. */
  stream(file: string): AsyncIterable<Uint8Array>;
  /** Absolute path for engines that open files themselves. */
  localPath(file: string): string;
}

const CHUNK_BYTES = 1 << 20;

function plainPath(pattern: string): string {
  return pattern.startsWith('file://') ? fileURLToPath(pattern) : pattern;
}

/** Store of local files; relative patterns and names start from `baseFolder`. */
export function localStore(baseFolder: string): SourceStore {
  const absolute = (file: string) => (isAbsolute(file) ? file : join(baseFolder, file));
  return {
    async expand(pattern) {
      const path = plainPath(pattern);
      if (!/[*?{[!]/.test(path)) return (await isFile(absolute(path))) ? [path] : [];
      const cwd = resolve(baseFolder);
      const found = await glob(path, {
        cwd,
        absolute: true,
        onlyFiles: true,
        expandDirectories: false,
      });
      const names = found.map((file) =>
        isAbsolute(path) ? file : relative(cwd, file).split(sep).join('/'),
      );
      return names.sort((a, b) => (a < b ? -1 : 1));
    },
    async sizeOf(file) {
      try {
        return (await stat(absolute(file))).size;
      } catch (error) {
        if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
        throw error;
      }
    },
    stream: (file) => createReadStream(absolute(file), { highWaterMark: CHUNK_BYTES }),
    localPath: absolute,
  };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** The store of a pattern. */
export function storeFor(pattern: string, baseFolder: string): SourceStore {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(pattern)?.[1];
  if (scheme === undefined || scheme === 'file') return localStore(baseFolder);
  throw new Failure('NOT_SUPPORTED_YET', {
    subject: `source path "${pattern}"`,
    expected: 'a local path or file://',
    found: `${scheme}://`,
    where: 'sources[].paths',
    remedy: 'copy the files to a local folder; object stores come with a later version',
  });
}
