/**
 * Puts the next build of a line together: which of the files that wait can be in it, under which
 * version, by which recipe. Both answers stand in the ledger before the build starts.
 */
import { nextRecipe } from '../core/line/next-recipe.js';
import { compareVersions, nextVersion } from '../core/mix/next-version.js';
import type { ArrivalList, RefusedArrival, WaitingArrival } from '../core/schema/arrival-list.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import type { Recipe } from '../core/schema/recipe.js';
import { digestOf } from '../storage/digest.js';
import {
  type ListNow,
  type ListPlace,
  listNow,
  listOf,
  readArrivalsLines,
  record,
  type ScratchPlace,
} from './arrival-list.js';
import { latestVersion, otherVersions } from './published-version.js';
import type { CheckArrivalsInput, CheckedArrivals } from './tasks/check-arrivals.js';

export interface ComposeInput extends ListPlace {
  readonly recipe: Recipe;
  readonly baseFolder: string;
  readonly list: ArtifactRef | null;
  /** Those that wait with the line itself; others wait on the list. */
  readonly held: readonly WaitingArrival[];
  /** ISO day of the version. */
  readonly day: string;
  /** Newest version that the line tried. */
  readonly lastTried: string | null;
  /** A build is wanted even where nothing new can be in it. */
  readonly always: boolean;
  /** Names this composition among those of the line. */
  readonly key: string;
}

export interface Composed extends ListNow {
  /** Null where there is nothing to build. */
  readonly build: {
    readonly version: string;
    readonly recipeFingerprint: string;
    /** Digest of the list, for the recipe's paths. */
    readonly listSha256: string | null;
    readonly sources: readonly string[];
    readonly arrivals: number;
    readonly tokens: number;
    readonly codeVersion: string;
  } | null;
  readonly refused: number;
  /** Newest version that stands, whoever built it. */
  readonly lastPublished: string | null;
}

export type CheckFiles = (input: CheckArrivalsInput) => Promise<CheckedArrivals>;

const asWaiting = ({ source, file, sha256, bytes, tokens, atMs }: WaitingArrival) => ({
  ...{ source, file, sha256, bytes, tokens, atMs },
});

/** Splits what waits into what a build can take and what it cannot. */
async function sift(input: ComposeInput, list: ArrivalList, check: CheckFiles) {
  const onList = list.arrivals.filter(({ state }) => state === 'waiting').map(asWaiting);
  const waiting = [...onList, ...input.held];
  const sources = new Set(input.recipe.sources.map(({ name }) => name));
  const known = waiting.filter(({ source }) => sources.has(source));
  const problems = await check({ baseFolder: input.baseFolder, files: known });
  const refuse = (entry: WaitingArrival, reason: string): RefusedArrival => ({
    ...entry,
    reason,
    mayReturn: true,
  });
  const strange = waiting
    .filter(({ source }) => !sources.has(source))
    .map((entry) => refuse(entry, `the recipe has no source "${entry.source}"`));
  const unfit = known.flatMap((entry, i) =>
    problems[i] === null ? [] : [refuse(entry, problems[i]!)],
  );
  return { fit: known.filter((_, i) => problems[i] === null), refused: [...strange, ...unfit] };
}

/** The version after all that stand, that the ledger knows of, and that this line tried. */
async function versionFor({ workspace, name, day, lastTried }: ComposeInput): Promise<string> {
  const lines = await readArrivalsLines(workspace, name);
  const tried = lines.flatMap(({ version }) => version ?? []);
  const taken = [
    ...otherVersions(workspace, name, ''),
    ...tried,
    ...(lastTried === null ? [] : [lastTried]),
  ];
  return nextVersion(taken.sort(compareVersions), day);
}

const LINE = { version: null, outcome: null, sentence: '', arrivals: [], refused: [] };

/** Records what is set aside; a retry finds the line that stands. */
async function refuse(
  input: ComposeInput,
  list: ArrivalList,
  refused: RefusedArrival[],
): Promise<ArrivalList> {
  if (refused.length === 0) return list;
  const { name, key } = input;
  const sentence = `${refused.length} files cannot be in a build`;
  const line = { ...LINE, name, event: 'refused' as const, sentence, refused };
  return (await record(input, list, { key: `${key}/refused`, line })).list;
}

export async function composeBuild(
  input: ComposeInput & ScratchPlace,
  check: CheckFiles,
): Promise<Composed> {
  const { name, key, recipe } = input;
  const before = await listOf(input, input.list);
  const { fit, refused } = await sift(input, before, check);
  const kept = await refuse(input, before, refused);
  const lastPublished = latestVersion(input.workspace, name, '');
  const seen = { refused: refused.length, lastPublished };
  if (fit.length === 0 && !input.always)
    return { ...(await listNow(input, kept)), build: null, ...seen };
  const version = await versionFor(input);
  const composed = { ...LINE, name, event: 'composed' as const, version, arrivals: fit };
  const made = await record(input, kept, {
    key: `${key}/composed`,
    line: { ...composed, sentence: `${fit.length} new files` },
  });
  const now = await listNow(input, made.list);
  return { ...now, build: buildOf(recipe, now, made), ...seen };
}

/** The build that the standing line composed, by the list after it. */
function buildOf(
  recipe: Recipe,
  { list }: ListNow,
  made: Awaited<ReturnType<typeof record>>,
): Composed['build'] {
  const listSha256 = list?.sha256 ?? null;
  const taken = made.list.arrivals.filter(({ state }) => state !== 'waiting');
  const sources = [...new Set(taken.map(({ source }) => source))].sort();
  const version = made.line.version!;
  const next = nextRecipe(recipe, { version, list: listSha256, sources });
  const { name: _name, version: _version, ...identity } = next;
  const arrivals = made.line.arrivals;
  return {
    ...{ version, listSha256, sources, recipeFingerprint: digestOf(identity) },
    arrivals: arrivals.length,
    tokens: arrivals.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0),
    codeVersion: (process.env.BALLAST_CODE_VERSION ?? 'unknown').slice(0, 12),
  };
}
