/** Which published versions a build looks back at, fixed when it is pinned. */
import { join } from 'node:path';
import { Failure } from '../core/schema/failure.js';
import type { Pins, PublishedMix } from '../core/schema/pins.js';
import type { Recipe } from '../core/schema/recipe.js';
import { sha256File } from '../storage/digest.js';
import { mixPath } from '../storage/workspace.js';
import { MANIFEST_FILE, otherVersions, readManifest } from './published-version.js';

/** Versions that a message lists. */
const VERSIONS_SHOWN = 5;

/**
 * The newest published version of the recipe's name other than its own, and the one whose human text is
 * to stay. Null where nothing in the recipe looks back or none stands yet. A version that `anchor` names
 * and that does not stand is refused.
 */
export async function previousOf(workspace: string, recipe: Recipe): Promise<Pins['previous']> {
  const { name, version, anchor, churnMax } = recipe;
  if (anchor === null && churnMax === null) return null;
  const versions = otherVersions(workspace, name, version);
  const named = anchor === null ? null : anchor.keepHumanOf;
  if (named !== null && named !== 'previous' && !versions.includes(named))
    throw unknownVersion(name, named, versions);
  const newest = versions.at(-1);
  if (newest === undefined) return null;
  const kept = named === 'previous' ? newest : named;
  return {
    ...(await publishedMixOf(workspace, name, newest)),
    anchor: kept === null ? null : await publishedMixOf(workspace, name, kept),
  };
}

async function publishedMixOf(
  workspace: string,
  name: string,
  version: string,
): Promise<PublishedMix> {
  readManifest(workspace, name, version);
  const path = join(workspace, mixPath(name, version), MANIFEST_FILE);
  return { version, manifestSha256: (await sha256File(path)).sha256 };
}

function unknownVersion(name: string, named: string, versions: readonly string[]): Failure {
  const shown = versions.slice(-VERSIONS_SHOWN).reverse().join(', ');
  return new Failure('RECIPE_INVALID', {
    subject: `anchor: version "${named}"`,
    expected: `another published version of ${name}`,
    found: versions.length === 0 ? 'none yet' : `only ${shown}`,
    where: 'anchor.keep_human_of',
    remedy:
      versions.length === 0
        ? 'write `keep_human_of: previous`: it asks for nothing until a version stands'
        : 'name one of these, or write `keep_human_of: previous`',
  });
}
