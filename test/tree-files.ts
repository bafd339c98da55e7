/** Files of the tree that are or will be committed: what git ignores is left out. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const IGNORED_ANYWHERE = new Set(['node_modules', 'dist', 'coverage', '.git']);
const IGNORED_AT_ROOT = new Set(['demo', 'ballast-workspace']);

/** Relative paths with forward slashes, sorted. */
export function treeFiles(folder = ''): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  const files = entries.flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (IGNORED_ANYWHERE.has(entry.name) || IGNORED_AT_ROOT.has(path)) return [];
    if (entry.isDirectory()) return treeFiles(path);
    return entry.isFile() ? [path] : [];
  });
  return files.sort();
}
