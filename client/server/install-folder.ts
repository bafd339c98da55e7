/**
 * Where this installation lies, and the version of its code. The version is a digest of the built
 * files (names and bytes), so two machines with the same build agree and a rebuild without a change
 * keeps the running worker.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../core/schema/failure.js';

/** The folder that holds our package.json, whether this file runs as source or from `dist/`. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error('no package.json above the client');
    folder = dirname(folder);
  }
  return folder;
}

/** A built program of this installation; a clear failure before the first build. */
export function builtFile(...path: string[]): string {
  const file = join(packageRoot(), 'dist', ...path);
  if (existsSync(file)) return file;
  throw new Failure('USAGE', {
    subject: 'this installation',
    expected: 'built programs',
    found: `no ${join('dist', ...path)}`,
    where: packageRoot(),
    remedy: 'run: npm run build',
  });
}

export function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

let known: string | null = null;

/** sha256 over what a worker runs: all built files but the client's. Computed once per process. */
export function codeVersion(): string {
  const dist = join(packageRoot(), 'dist');
  known ??= digestFolder(dist, (path) => !path.startsWith('client/'));
  return known;
}

/** For a process that outlives an installation: the next `codeVersion()` reads the files again. */
export function forgetCodeVersion(): void {
  known = null;
}

/** Digest of the keeper's own files, for the same reason. */
export function keeperVersion(): string {
  return digestFolder(join(packageRoot(), 'dist', 'client', 'server'), () => true);
}

function digestFolder(folder: string, include: (path: string) => boolean): string {
  const hash = createHash('sha256');
  for (const path of filesOf(folder).filter(include)) {
    const bytes = readFileSync(join(folder, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** Relative paths with forward slashes, sorted; source maps and type files do not run. */
function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(map|tsbuildinfo|d\.ts)$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
