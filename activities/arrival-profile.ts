/** What profiles a file that arrived: the same question that the build asks, so it is read once. */
import type { Arrival } from '../core/schema/arrival.js';
import type { Recipe } from '../core/schema/recipe.js';
import { formatOf } from '../storage/source/format.js';
import { digestSource } from '../storage/source/store.js';
import { fieldPlan, type ProfileInput } from './profile-columns.js';

interface Place {
  readonly workspace: string;
  readonly baseFolder: string;
  readonly scratch: string;
}

async function tokenizerDigest({ tokenizer }: Recipe, baseFolder: string): Promise<string | null> {
  if (tokenizer.kind !== 'file') return null;
  return (await digestSource(tokenizer.path, baseFolder)).sha256;
}

/** Null where the recipe has no such source, or the file's name says no format. */
export async function arrivalProfile(
  { workspace, baseFolder, scratch }: Place,
  recipe: Recipe,
  { source, file, sha256, bytes }: Arrival,
): Promise<ProfileInput | null> {
  const found = recipe.sources.find(({ name }) => name === source);
  const format = formatOf(file);
  if (found === undefined || format === null) return null;
  return {
    ...{ workspace, baseFolder, buildId: scratch, source },
    fields: fieldPlan(found),
    tokenizer: recipe.tokenizer,
    tokenizerSha256: await tokenizerDigest(recipe, baseFolder),
    shard: { file, sha256, bytes, format },
  };
}
