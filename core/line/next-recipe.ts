/**
 * The recipe of a line's next version: its own, under the next version, where each source that
 * arrivals came for has one more path, `arrivals:<digest of the list>`. Pinning replaces it by the
 * files themselves, so neither recipe nor history grows with the number of files.
 */
import type { Recipe } from '../schema/recipe.js';

const PREFIX = 'arrivals:';

/** Digest of the list that a path of a source names; null for any other path. */
export function listOfPath(path: string): string | null {
  const digest = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : '';
  return /^[0-9a-f]{64}$/.test(digest) ? digest : null;
}

export interface NextRecipe {
  readonly version: string;
  /** Digest of the list; null where nothing ever arrived. */
  readonly list: string | null;
  /** Sources that arrivals came for. */
  readonly sources: readonly string[];
}

export function nextRecipe(recipe: Recipe, { version, list, sources }: NextRecipe): Recipe {
  const extend = (source: Recipe['sources'][number]) => {
    const paths = source.paths.filter((path) => listOfPath(path) === null);
    const isExtended = list !== null && sources.includes(source.name);
    return { ...source, paths: isExtended ? [...paths, `${PREFIX}${list}`] : paths };
  };
  return { ...recipe, version, sources: recipe.sources.map(extend) };
}
