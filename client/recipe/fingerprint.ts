/** The identity of a recipe: sha256 of its canonical bytes, less name and version. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/schema/canonical.js';
import type { Recipe } from '../../core/schema/recipe.js';

export function fingerprintOf(recipe: Recipe): string {
  const { name: _name, version: _version, ...identity } = recipe;
  return createHash('sha256').update(canonicalJson(identity), 'utf8').digest('hex');
}
