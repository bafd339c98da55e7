/**
 * What every step of a build knows: where to work, and the references of recipe and pins. Shards
 * are numbered over all sources in recipe order; an artifact's address follows from these alone, so
 * no list of references has to travel through Temporal.
 */
import { join } from 'node:path';
import { groupBy } from '../core/label/group-by.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { assert, Failure } from '../core/schema/failure.js';
import { type PinnedShard, type Pins, pins } from '../core/schema/pins.js';
import { type Recipe, recipe, type Source } from '../core/schema/recipe.js';
import { decisionList, type ReviewDecision } from '../core/schema/review.js';
import {
  type ArtifactRecord,
  artifactKey,
  findArtifact,
  readJsonArtifact,
} from '../storage/artifact.js';
import {
  DOCUMENTS_FILE,
  fieldPlan,
  type ProfileInput,
  type ProfileSummary,
  profileMadeOf,
  TEXTS_FILE,
} from './profile-columns.js';
import { openRetractions, type RetractedText } from './retractions.js';

export interface BuildContext {
  readonly workspace: string;
  readonly baseFolder: string;
  /** Scratch of this build stands under this name; the workflow id with its run. */
  readonly buildId: string;
  readonly asOf: string;
  readonly recipeFingerprint: string;
  readonly recipe: ArtifactRef;
  readonly pins: ArtifactRef;
  /** Decisions of reviewers that the ledger held when the build was pinned. */
  readonly decisions: ArtifactRef;
  /** Retractions that concern this recipe; null or absent where there are none. */
  readonly retractions?: ArtifactRef | null;
}

/** One shard of the build with everything that addresses it. */
export interface BuildShard {
  /** Over all sources, from 0. */
  readonly index: number;
  readonly source: Source;
  readonly shardIndex: number;
  readonly pinned: PinnedShard;
}

export interface Build {
  readonly context: BuildContext;
  readonly recipe: Recipe;
  readonly pins: Pins;
  readonly shards: readonly BuildShard[];
  /** Decisions by digest of the text, in hex. */
  readonly decisions: ReadonlyMap<string, readonly ReviewDecision[]>;
  readonly retracted: RetractedText;
}

const opened = new Map<string, Promise<Build>>();

async function open(context: BuildContext): Promise<Build> {
  const wanted = await readJsonArtifact(context.workspace, context.recipe, recipe);
  const pinned = await readJsonArtifact(context.workspace, context.pins, pins);
  const shards = pinned.sources.flatMap(({ name, shards: list }) => {
    const source = wanted.sources.find((candidate) => candidate.name === name);
    assert(source !== undefined, `pinned source ${name} is not in the recipe`);
    return list.map((shard, shardIndex) => ({ source, shardIndex, pinned: shard }));
  });
  const { decisions } = await readJsonArtifact(context.workspace, context.decisions, decisionList);
  return {
    context,
    retracted: await openRetractions(context),
    decisions: groupBy(decisions, ({ textSha256 }) => textSha256),
    recipe: wanted,
    pins: pinned,
    shards: shards.map((shard, index) => ({ index, ...shard })),
  };
}

/** What an opened build depends on. */
function digestsOf({ workspace, recipe, pins, decisions, retractions }: BuildContext): string {
  const refs = [recipe, pins, decisions].map(({ sha256 }) => sha256);
  return [workspace, ...refs, retractions?.sha256 ?? ''].join('\n');
}

/** Reads recipe and pins of a build; kept per process, since they are addressed by content. */
export async function openBuild(context: BuildContext): Promise<Build> {
  const key = digestsOf(context);
  if (opened.size > BUILDS_KEPT) opened.clear();
  const known = opened.get(key) ?? open(context);
  opened.set(key, known);
  const build = await known.catch((error: unknown) => {
    opened.delete(key);
    throw error;
  });
  return { ...build, context };
}

export function profileInput(build: Build, shard: BuildShard): ProfileInput {
  const { context, recipe: wanted, pins: pinned } = build;
  return {
    workspace: context.workspace,
    buildId: context.buildId,
    baseFolder: context.baseFolder,
    source: shard.source.name,
    fields: fieldPlan(shard.source),
    tokenizer: wanted.tokenizer,
    tokenizerSha256: pinned.tokenizer.sha256,
    shard: shard.pinned,
  };
}

export interface ShardProfile {
  readonly shard: BuildShard;
  readonly key: string;
  readonly documents: string;
  readonly texts: string;
  readonly record: ArtifactRecord;
  readonly summary: ProfileSummary;
  /** Number of its first document, over all shards. */
  readonly firstDocument: number;
}

const knownKeys = new WeakMap<readonly BuildShard[], string[]>();

/** Content addresses of all profiles, in shard order: part of the address of what is made of them. */
export function profileKeys(build: Build): string[] {
  const known = knownKeys.get(build.shards);
  if (known !== undefined) return known;
  const keys = build.shards.map((shard) => artifactKey(profileMadeOf(profileInput(build, shard))));
  knownKeys.set(build.shards, keys);
  return keys;
}

/** Builds whose opened artifacts a process keeps. */
const BUILDS_KEPT = 16;

/** Remembers per process what `find` found for a build: artifacts never change, their addresses cost. */
export function keptPerBuild<T>(find: (build: Build) => Promise<T>): (build: Build) => Promise<T> {
  const kept = new Map<string, T>();
  return async (build) => {
    const key = `${digestsOf(build.context)}\n${build.context.asOf}`;
    const known = kept.get(key) ?? (await find(build));
    if (kept.size > BUILDS_KEPT) kept.clear();
    kept.set(key, known);
    return known;
  };
}

/** Profiles of all shards, every one of which must have been made. */
export const openProfiles = keptPerBuild((build) => findProfiles(build));

/** Profiles of all shards, or of one source's; documents are numbered over what is asked for. */
export async function findProfiles(build: Build, source?: string): Promise<ShardProfile[]> {
  const { workspace } = build.context;
  const profiles: ShardProfile[] = [];
  let firstDocument = 0;
  for (const shard of build.shards) {
    if (source !== undefined && shard.source.name !== source) continue;
    const madeOf = profileMadeOf(profileInput(build, shard));
    const record = await findArtifact({ workspace, kind: 'profile', madeOf });
    if (record === null) throw missingArtifact('profile', shard.pinned.file);
    const summary = record.summary as ProfileSummary;
    const folder = join(workspace, record.files[DOCUMENTS_FILE]!.path, '..');
    profiles.push({
      shard,
      key: record.key,
      record,
      summary,
      documents: join(folder, DOCUMENTS_FILE),
      texts: join(folder, TEXTS_FILE),
      firstDocument,
    });
    firstDocument += summary.rowsKept;
  }
  return profiles;
}

export function missingArtifact(kind: string, of: string): Failure {
  return new Failure('STORAGE_UNREACHABLE', {
    subject: `${kind} of ${of}`,
    expected: 'the artifact that an earlier step of this build wrote',
    found: 'nothing in the cache',
    where: 'workspace cache/',
    remedy: 'do not clean the cache while a build runs; start the build again',
  });
}

export type { ArtifactRef };
