/** Source files of a local disk, and the store of any path; `source-store.ts` is the seam. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { glob } from 'tinyglobby';
import { Failure } from '../../core/schema/failure.js';
import { hasCode } from '../io-failure.js';
import { s3Sources } from './s3-sources.js';
import { byCodeUnit, type SourceStore, WILDCARD } from './source-store.js';

export type { SourceStore };

const CHUNK_BYTES = 1 << 20;

function plainPath(pattern: string): string {
  return pattern.startsWith('file://') ? fileURLToPath(pattern) : pattern;
}

/** Store of local files; relative patterns and names start from `baseFolder`. */
export function localStore(baseFolder: string): SourceStore {
  const absolute = (file: string) => {
    const path = plainPath(file);
    return isAbsolute(path) ? path : join(baseFolder, path);
  };
  const look = async (file: string) => {
    try {
      return await stat(absolute(file));
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw error;
    }
  };
  return {
    async expand(pattern) {
      const path = plainPath(pattern);
      if (!WILDCARD.test(path)) return (await isFile(absolute(path))) ? [path] : [];
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
      return names.sort(byCodeUnit);
    },
    isFolder: async (file) => (await look(file).catch(() => null))?.isDirectory() ?? false,
    async stateOf(file) {
      const found = await look(file);
      return found && { bytes: found.size, modifiedMs: found.mtimeMs, etag: null };
    },
    sizeOf: async (file) => (await look(file))?.size ?? null,
    stream: (file) => createReadStream(absolute(file), { highWaterMark: CHUNK_BYTES }),
    open: async (file) => ({ path: absolute(file), close: async () => undefined }),
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
  if (scheme === 's3') return s3Sources;
  throw new Failure('NOT_SUPPORTED_YET', {
    subject: `path "${pattern}"`,
    expected: 'a local path, file:// or s3://',
    found: `${scheme}://`,
    where: 'paths of the recipe',
    remedy: 'copy the files to a local folder, or to a store that speaks S3',
  });
}

const REMOTE_WIDTH = 8;

/** How many of these files to look at, or to stream, at once: requests wait, and a disk has one head. */
export function widthFor(files: readonly string[]): number {
  return files.some((file) => file.startsWith('s3://')) ? REMOTE_WIDTH : 1;
}

/** The whole of a small file. */
export async function readSource(file: string, baseFolder: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of storeFor(file, baseFolder).stream(file)) parts.push(chunk);
  return Buffer.concat(parts);
}

/** Digest and size of the bytes, read once. */
export async function digestSource(
  file: string,
  baseFolder: string,
): Promise<{ sha256: string; bytes: number }> {
  return digestStream(storeFor(file, baseFolder).stream(file));
}

export async function digestStream(
  stream: AsyncIterable<Uint8Array>,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}
