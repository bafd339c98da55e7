/**
 * The activities: thin. Each takes small references, runs a task in the pool or moves a folder, and
 * answers with small references and counts that an auditor can read in the history.
 */
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import type { ArtifactRef } from '../core/schema/artifact.js';
import type { Manifest } from '../core/schema/manifest.js';
import type { Pins } from '../core/schema/pins.js';
import type { Execution, Recipe } from '../core/schema/recipe.js';
import type { CpuPool } from '../engines/cpu-pool.js';
import { type ArtifactRecord, writeJsonArtifact } from '../storage/artifact.js';
import { sha256File } from '../storage/digest.js';
import { appendLedger, checkLedger } from '../storage/ledger.js';
import { storeFor } from '../storage/source/store.js';
import { mixPath, publishFolder, removeScratch } from '../storage/workspace.js';
import { type BuildContext, openBuild, profileInput } from './build-context.js';
import type { ClusterSummary } from './cluster-columns.js';
import type { LabelSummary } from './label-columns.js';
import { stagingFolder } from './piece-columns.js';
import { DOCUMENTS_FILE, type ProfileSummary } from './profile-columns.js';
import {
  assertSameInputs,
  assertSameRecipe,
  latestVersion,
  MANIFEST_FILE,
  readManifest,
} from './published-version.js';
import { createRunTask, guardActivity } from './run-task.js';
import type { Assembled, AssembleInput } from './tasks/assemble-version.js';
import type { CheckInput, SourceCheck } from './tasks/check-source.js';
import type { Gathered, GatherInput } from './tasks/gather-shard.js';
import type { ScatterInput } from './tasks/scatter-shard.js';
import type { Selected, SelectInput } from './tasks/select-documents.js';
import type { Solved, SolveInput } from './tasks/solve-plan.js';
import { changed } from './tasks/source-rows.js';
import { INVENTORY_FILE } from './tasks/take-inventory.js';
import type { VerifiedFile, VerifyFileInput } from './tasks/verify-file.js';
import type { WriteLabelsInput } from './tasks/write-labels.js';

export interface Dependencies {
  readonly pool: CpuPool;
}

export interface PinRequest {
  readonly recipe: Recipe;
  readonly execution: Execution;
  readonly buildId: string;
}

export interface Pinned {
  readonly context: BuildContext;
  readonly sources: readonly { name: string; shards: number; bytes: number; firstShard: number }[];
  /** Published already, with this recipe and these inputs. */
  readonly published: PublishedMix | null;
  readonly previousVersion: string | null;
}

/** A version that stands already, in the terms of a build's result. */
export interface PublishedMix {
  readonly path: string;
  readonly tokens: number;
  readonly documents: number;
  readonly manifestSha256: string;
}

async function publishedMix(workspace: string, found: Manifest): Promise<PublishedMix> {
  const path = mixPath(found.name, found.version);
  const { sha256 } = await sha256File(join(workspace, path, MANIFEST_FILE));
  const { tokensWritten: tokens, documentsWritten: documents } = found;
  return { path, tokens, documents, manifestSha256: sha256 };
}

interface Made {
  readonly record: ArtifactRecord;
  readonly reused: boolean;
}

export interface PublishInput {
  readonly context: BuildContext;
  readonly assembled: Assembled;
  readonly workflowId: string;
  readonly runId: string;
}

export function createActivities({ pool }: Dependencies) {
  const runTask = createRunTask(pool);
  return {
    /** Fixes recipe, files and digests of a build; refuses a version that exists with others. */
    async pinSources({ recipe, execution, buildId }: PinRequest): Promise<Pinned> {
      const { workspace, baseFolder, recipeFingerprint, asOf, until } = execution;
      const found =
        until === 'publish' ? readManifest(workspace, recipe.name, recipe.version) : null;
      if (found !== null)
        await guardActivity(workspace, async () =>
          assertSameRecipe(found, recipeFingerprint, recipe),
        );
      if (until === 'publish' && recipe.version !== 'dev')
        await guardActivity(workspace, () => checkLedger(workspace));
      const pins = await runTask<Pins>('pin-sources', { recipe, baseFolder, recipeFingerprint });
      return guardActivity(workspace, async () => {
        if (found !== null) assertSameInputs(found, pins);
        const place = { workspace, buildId, rows: 1 };
        const recipeRef = await writeJsonArtifact({ ...place, kind: 'recipe' }, recipe);
        const pinsRef = await writeJsonArtifact({ ...place, kind: 'pins' }, pins);
        return {
          context: {
            workspace,
            baseFolder,
            buildId,
            asOf,
            recipeFingerprint,
            recipe: recipeRef,
            pins: pinsRef,
          },
          sources: sourcesOf(pins),
          published: found === null ? null : await publishedMix(workspace, found),
          previousVersion: latestVersion(workspace, recipe.name, recipe.version),
        };
      });
    },

    async profileShard(input: { context: BuildContext; shard: number }) {
      const build = await guardActivity('pins', () => openBuild(input.context));
      const { record, reused } = await runTask<Made>(
        'profile-shard',
        profileInput(build, build.shards[input.shard]!),
      );
      return { ref: record.files[DOCUMENTS_FILE]!, reused, ...(record.summary as ProfileSummary) };
    },

    /** Duplicate ids and the share of rejects of one source. */
    checkSource: (input: CheckInput) => runTask<SourceCheck>('check-source', input),

    async clusterDuplicates(context: BuildContext) {
      const { record, reused } = await runTask<Made>('cluster-duplicates', context);
      return { reused, key: record.key, ...(record.summary as ClusterSummary) };
    },

    async labelShard(input: { context: BuildContext; shard: number }) {
      const { record, reused } = await runTask<Made>('label-shard', input);
      return { reused, key: record.key, ...(record.summary as LabelSummary) };
    },

    async takeInventory(
      context: BuildContext,
    ): Promise<{ ref: ArtifactRef; tokensAvailable: number; strata: number; documents: number }> {
      const { record } = await runTask<Made>('take-inventory', context);
      const summary = record.summary as {
        tokensAvailable: number;
        strata: number;
        documents: number;
      };
      return { ref: record.files[INVENTORY_FILE]!, ...summary };
    },

    solvePlan: (input: SolveInput) => runTask<Solved>('solve-plan', input),
    selectDocuments: (input: SelectInput) => runTask<Selected>('select-documents', input),
    scatterShard: (input: ScatterInput) =>
      runTask<{ pieces: number; reused: boolean }>('scatter-shard', input),
    gatherShard: (input: GatherInput) => runTask<Gathered>('gather-shard', input),

    async verifyFile(input: VerifyFileInput) {
      const { file } = await runTask<VerifiedFile>('verify-file', input);
      return file;
    },

    writeLabels: (input: WriteLabelsInput) =>
      runTask<{ documents: number; rejects: number }>('write-labels', input),

    /** Judges every cap on the written files, and assembles manifest, card and report. */
    async verifyMix(input: AssembleInput): Promise<Assembled> {
      await guardActivity('sources', () => assertSourcesUnchanged(input.context));
      return runTask<Assembled>('assemble-version', input);
    },

    publishMix: (input: PublishInput) => guardActivity('mixes', () => publishMix(input)),

    /** Removes the scratch of a build, however it ended. */
    async removeScratch({
      workspace,
      buildId,
    }: {
      workspace: string;
      buildId: string;
    }): Promise<void> {
      await guardActivity(workspace, () => removeScratch(workspace, buildId));
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;

function sourcesOf(pins: Pins): Pinned['sources'] {
  let firstShard = 0;
  return pins.sources.map(({ name, shards }) => {
    const source = {
      name,
      shards: shards.length,
      bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
      firstShard,
    };
    firstShard += shards.length;
    return source;
  });
}

/** Looks at every pinned file again: one that was touched must still have its digest. */
async function assertSourcesUnchanged(context: BuildContext): Promise<void> {
  const { shards } = await openBuild(context);
  for (const { pinned } of shards) {
    const path = storeFor(pinned.file, context.baseFolder).localPath(pinned.file);
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs === pinned.modifiedMs && found.size === pinned.bytes)
      continue;
    const digest = found === null ? 'gone' : (await sha256File(path)).sha256;
    if (digest !== pinned.sha256) throw changed(pinned.file, pinned.sha256, digest);
  }
}

async function publishMix({ context, assembled, workflowId, runId }: PublishInput) {
  const { recipe } = await openBuild(context);
  const { workspace } = context;
  const isDev = recipe.version === 'dev';
  const path = isDev ? `dev/${recipe.name}` : mixPath(recipe.name, recipe.version);
  const target = join(workspace, path);
  if (!isDev) await checkLedger(workspace);
  if (isDev) await replaceFolder(stagingFolder(context), target);
  else if (!(await publishFolder(stagingFolder(context), target).catch(alreadyThere))) {
    const found = readManifest(workspace, recipe.name, recipe.version);
    if (found !== null) assertSameRecipe(found, context.recipeFingerprint, recipe);
  }
  const key = `${workflowId}/${runId}/publish`;
  const { name, version } = recipe;
  const body = {
    mix: `${name}@${version}`,
    path,
    recipeFingerprint: context.recipeFingerprint,
    ...assembled,
  };
  const by = Context.current().info.workflowExecution?.workflowId ?? workflowId;
  const entry = isDev ? null : await appendLedger(workspace, { key, kind: 'publish', by, body });
  return {
    path,
    manifestSha256: assembled.manifestSha256,
    ledgerSequence: entry?.sequence ?? null,
  };
}

/** A retry after the rename finds its staging gone and the version there: that is success. */
function alreadyThere(error: unknown): boolean {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
    return false;
  throw error;
}

async function replaceFolder(staging: string, target: string): Promise<void> {
  const aside = `${staging}-old`;
  await rename(target, aside).catch(() => undefined);
  await publishFolder(staging, target).catch(alreadyThere);
  await rm(aside, { recursive: true, force: true });
}
