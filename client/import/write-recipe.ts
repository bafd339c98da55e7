/**
 * Writes a starting recipe whole, once the reader of recipes takes it: what `import` leaves can be planned with.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../../core/schema/failure.js';
import type { Recipe } from '../../core/schema/recipe.js';
import { outputFailure } from '../export/write-folder.js';
import { readRecipe } from '../recipe/read-recipe.js';

export interface WrittenRecipe {
  /** Absolute. */
  readonly path: string;
  readonly recipe: Recipe;
}

/** Throws USAGE where a file stands already, unless it may be replaced. */
export async function writeRecipe(
  path: string,
  text: string,
  force: boolean,
): Promise<WrittenRecipe> {
  const target = resolve(path);
  if (existsSync(target) && !force) {
    throw new Failure('USAGE', {
      subject: 'option --output',
      expected: 'a file that is not there yet',
      found: 'one that is',
      where: target,
      remedy: 'name another file, or add --force to replace it',
    });
  }
  const half = join(dirname(target), `.ballast-${randomUUID()}.yaml`);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(half, text);
    const { recipe } = await readRecipe({ path: half, set: [] });
    await rename(half, target);
    return { path: target, recipe };
  } catch (error) {
    throw outputFailure(error, target);
  } finally {
    await rm(half, { force: true });
  }
}
