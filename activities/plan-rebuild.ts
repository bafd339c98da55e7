/** What is built in place of the newest affected version of a mix: its own recipe, under the next version. */
import { Context } from '@temporalio/activity';
import { compareVersions, nextVersion } from '../core/mix/next-version.js';
import { Failure } from '../core/schema/failure.js';
import { recipe as recipeSchema } from '../core/schema/recipe.js';
import type { RebuildInput, RetractInput } from '../core/schema/retraction.js';
import { readLedger } from '../storage/ledger.js';
import { readArrivalsLines } from './arrival-list.js';
import { otherVersions, readManifest, writtenRecipe } from './published-version.js';
import { linesOf, mixNameOf } from './retractions.js';

export interface PlanRebuildInput {
  readonly wanted: RetractInput;
  /** Name of the mix. */
  readonly name: string;
  /** Versions that were tried and are taken. */
  readonly taken: readonly string[];
}

export interface PlannedRebuild {
  readonly newestAffected: string;
  /** A published version that the retraction does not touch; null where one must be built. */
  readonly standing: string | null;
  readonly build: RebuildInput | null;
}

function noRecipe(mix: string, found: string): Failure {
  return new Failure('RETRACTION_INVALID', {
    subject: `recipe of ${mix}`,
    expected: 'a recipe that this version of ballast reads',
    found,
    where: 'mix.json',
    remedy: 'build a new version from its recipe file; the retraction holds for it already',
  });
}

/** Where the recipe's paths start: as the command says, else as the build of that version was asked. */
async function baseFolderOf({ baseFolders }: RetractInput, name: string, version: string) {
  const named = baseFolders[name];
  if (named !== undefined) return named;
  try {
    const handle = Context.current().client.workflow.getHandle(`build-mix/${name}@${version}`);
    const { baseFolder } = (await handle.describe()).memo ?? {};
    if (typeof baseFolder === 'string') return baseFolder;
  } catch (error) {
    if ((error as Error).name !== 'WorkflowNotFoundError') throw error;
  }
  return baseFolders[''] ?? '/';
}

export async function planRebuild({
  wanted,
  name,
  taken,
}: PlanRebuildInput): Promise<PlannedRebuild> {
  const { workspace, key, asOf } = wanted;
  const lines = linesOf(await readLedger(workspace), key);
  const affected = lines
    .flatMap(({ versions }) => versions)
    .filter((mix) => mixNameOf(mix) === name)
    .map((mix) => mix.slice(name.length + 1))
    .sort(compareVersions);
  const newestAffected = affected.at(-1)!;
  const versions = otherVersions(workspace, name, '');
  const standing = versions.find((other) => compareVersions(other, newestAffected) > 0) ?? null;
  if (standing !== null) return { newestAffected, standing, build: null };
  const manifest = readManifest(workspace, name, newestAffected);
  if (manifest === null) throw noRecipe(`${name}@${newestAffected}`, 'no manifest');
  const tried = (await readArrivalsLines(workspace, name)).flatMap((line) => line.version ?? []);
  // A number that a line tried stands for that attempt, published or not.
  const version = nextVersion([...versions, ...tried, ...taken], asOf);
  const parsed = recipeSchema.safeParse({ ...writtenRecipe(manifest), name, version });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw noRecipe(`${name}@${newestAffected}`, `${issue?.path.join('.')}: ${issue?.message}`);
  }
  const execution = {
    ...{ workspace, baseFolder: await baseFolderOf(wanted, name, newestAffected) },
    ...{ until: 'publish' as const, recipeFingerprint: manifest.recipeFingerprint },
    ...{ asOf, requestedBy: wanted.requestedBy },
  };
  return { newestAffected, standing: null, build: { recipe: parsed.data, execution } };
}
