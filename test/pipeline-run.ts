/** Runs a build's tasks one after another in this process, as the workflow would order them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Build,
  type BuildContext,
  openBuild,
  profileInput,
} from '../activities/build-context.js';
import { readDecisions } from '../activities/decisions.js';
import { lineagesOf } from '../activities/lineages.js';
import { type Split, stagingFolder } from '../activities/piece-columns.js';
import { previousOf } from '../activities/previous-version.js';
import { pinRetractions } from '../activities/retractions.js';
import { type Assembled, run as assembleVersion } from '../activities/tasks/assemble-version.js';
import { run as calibrateLabels } from '../activities/tasks/calibrate-labels.js';
import { run as checkSource } from '../activities/tasks/check-source.js';
import { run as clusterDuplicates } from '../activities/tasks/cluster-duplicates.js';
import { type Gathered, run as gatherShard } from '../activities/tasks/gather-shard.js';
import { run as indexOwnOutputs } from '../activities/tasks/index-own-outputs.js';
import { run as labelShard } from '../activities/tasks/label-shard.js';
import { run as matchHeld } from '../activities/tasks/match-held.js';
import { run as matchOwnOutputs } from '../activities/tasks/match-own-outputs.js';
import { run as pinSources } from '../activities/tasks/pin-sources.js';
import { run as readPrevious } from '../activities/tasks/read-previous.js';
import { run as scatterShard } from '../activities/tasks/scatter-shard.js';
import { run as screenShard } from '../activities/tasks/screen-shard.js';
import { type Selected, run as selectDocuments } from '../activities/tasks/select-documents.js';
import { run as solvePlan } from '../activities/tasks/solve-plan.js';
import { INVENTORY_FILE, run as takeInventory } from '../activities/tasks/take-inventory.js';
import { run as verifyFile } from '../activities/tasks/verify-file.js';
import { run as writeLabels } from '../activities/tasks/write-labels.js';
import { readRecipe } from '../client/recipe/read-recipe.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import type { Inventory } from '../core/schema/plan.js';
import { writeJsonArtifact } from '../storage/artifact.js';
import { readJson } from '../storage/workspace.js';
import { writeInto } from './source-profile.js';

const progress = () => new Float64Array(2);

export interface BuildOptions {
  /** Where recipe and sources are. */
  readonly folder: string;
  readonly recipe: string;
  readonly workspace?: string;
  readonly buildId?: string;
}

/** Pins a build: everything from here on is addressed by the context. */
export async function startBuild(options: BuildOptions): Promise<BuildContext> {
  const { folder, buildId = 'test' } = options;
  const workspace = options.workspace ?? join(folder, 'workspace');
  await mkdir(workspace, { recursive: true });
  const path = await writeInto(folder, 'recipe.yaml', options.recipe);
  const { recipe, fingerprint, baseFolder } = await readRecipe({ path, set: [] });
  const lineages = await lineagesOf(workspace, recipe);
  const previous = await previousOf(workspace, recipe);
  const input = { recipe, baseFolder, recipeFingerprint: fingerprint, lineages, previous };
  const pins = await pinSources(input, progress());
  const place = { workspace, buildId, rows: 1 };
  const context = { workspace, baseFolder, buildId, asOf: '2026-11-23' };
  const decisions = await readDecisions(workspace);
  return {
    ...{ ...context, recipeFingerprint: fingerprint },
    recipe: await writeJsonArtifact({ ...place, kind: 'recipe' }, recipe),
    pins: await writeJsonArtifact({ ...place, kind: 'pins' }, pins),
    decisions: await writeJsonArtifact({ ...place, kind: 'decisions' }, decisions),
    retractions: await pinRetractions(recipe, place),
  };
}

export interface Profiles {
  readonly build: Build;
  /** Shards that were read, and those whose profile was there already. */
  readonly made: number;
  readonly reused: number;
}

/** Profiles every shard and checks every source. */
export async function profileAll(context: BuildContext): Promise<Profiles> {
  const build = await openBuild(context);
  let reused = 0;
  for (const shard of build.shards) {
    if ((await profileShard(build, shard.index)).reused) reused++;
  }
  for (const { name } of build.recipe.sources) await checkSource({ context, source: name });
  return { build, made: build.shards.length - reused, reused };
}

async function profileShard(build: Build, index: number) {
  const { run } = await import('../activities/tasks/profile-shard.js');
  return run(profileInput(build, build.shards[index]!), progress());
}

export interface Planned extends Profiles {
  readonly inventory: Inventory;
  readonly inventoryRef: ArtifactRef;
  readonly planRef: ArtifactRef;
  readonly status: string;
}

/** Does something for every shard of a build. */
export type OverShards = (build: Build, act: (shard: number) => Promise<unknown>) => Promise<void>;

export const oneByOne: OverShards = async ({ shards }, act) => {
  for (const { index } of shards) await act(index);
};

/** All under way at once, the last one first. */
export const allAtOnce: OverShards = async ({ shards }, act) => {
  await Promise.all([...shards].reverse().map(({ index }) => act(index)));
};

async function findCopies(context: BuildContext, build: Build, over: OverShards): Promise<void> {
  if (build.recipe.ownOutputs.length > 0) {
    await indexOwnOutputs(context, progress());
    await over(build, (shard) => matchOwnOutputs({ context, shard }, progress()));
  }
  if (build.recipe.benchmarks.length > 0)
    await over(build, (shard) => screenShard({ context, shard }, progress()));
  await clusterDuplicates(context, progress());
}

async function lookBack(context: BuildContext, build: Build, over: OverShards): Promise<void> {
  const { previous } = build.pins;
  if (previous === null) return;
  await readPrevious(context, progress());
  if (previous.anchor !== null)
    await over(build, (shard) => matchHeld({ context, shard }, progress()));
}

export async function planBuild(
  context: BuildContext,
  over: OverShards = oneByOne,
): Promise<Planned> {
  const profiles = await profileAll(context);
  await findCopies(context, profiles.build, over);
  await calibrateLabels(context, progress());
  await over(profiles.build, (shard) => labelShard({ context, shard }, progress()));
  await lookBack(context, profiles.build, over);
  const { record } = await takeInventory(context, progress());
  const inventoryRef = record.files[INVENTORY_FILE]!;
  const { ref, status } = await solvePlan({ context, inventory: inventoryRef });
  const inventory = readJson(join(context.workspace, inventoryRef.path)) as Inventory;
  return { ...profiles, inventory, inventoryRef, planRef: ref, status };
}

export interface WrittenShard {
  readonly split: Split;
  readonly outputShard: number;
  readonly outputShards: number;
  readonly gathered: Gathered;
}

export interface Written extends Planned {
  readonly context: BuildContext;
  readonly selected: Selected;
  readonly shards: readonly WrittenShard[];
  readonly staging: string;
}

/** Everything up to the written files; nothing is verified yet. */
export async function writeMix(
  context: BuildContext,
  over: OverShards = oneByOne,
): Promise<Written> {
  return writeMixOf(context, await planBuild(context, over));
}

/** Writes what was planned. */
export async function writeMixOf(context: BuildContext, planned: Planned): Promise<Written> {
  const { inventoryRef: inventory, planRef: plan, build } = planned;
  const selected = await selectDocuments({ context, inventory, plan }, progress());
  const selection = selected.ref;
  for (const { index } of build.shards) {
    await scatterShard({ context, selection, shard: index }, progress());
  }
  const shards: WrittenShard[] = [];
  const splits = [
    ['train', selected.trainShards],
    ['holdout', selected.holdoutShards],
  ] as const;
  for (const [split, outputShards] of splits) {
    for (let outputShard = 0; outputShard < outputShards; outputShard++) {
      const place = { split, outputShard, outputShards };
      const gathered = await gatherShard({ context, selection, ...place }, progress());
      shards.push({ ...place, gathered });
    }
  }
  return { ...planned, context, selected, shards, staging: stagingFolder(context) };
}

export async function verifyAll({ context, shards }: Written): Promise<void> {
  for (const { gathered, ...place } of shards) {
    for (const file of gathered.files) {
      await verifyFile({ context, ...place, file, gathered }, progress());
    }
  }
}

/** Labels, manifest, card and report; every cap judged on what was verified. */
export async function assemble(
  written: Written,
  risk: ArtifactRef | null = null,
): Promise<Assembled> {
  const { context, inventoryRef, planRef, selected, build } = written;
  for (const { name } of build.recipe.sources) {
    await writeLabels({ context, selection: selected.ref, source: name }, progress());
  }
  const refs = { inventory: inventoryRef, plan: planRef, selection: selected.ref, risk };
  return assembleVersion({ context, ...refs, previousVersion: null }, progress());
}

/** A whole build, short of the rename that publishes it. */
export async function buildMix(options: BuildOptions): Promise<Written & { assembled: Assembled }> {
  const written = await writeMix(await startBuild(options));
  await verifyAll(written);
  return { ...written, assembled: await assemble(written) };
}
