/** Activities of a line: its list of arrivals, tokens of new files, and builds put together and settled. */
import { Context } from '@temporalio/activity';
import { openBuildOf } from '../core/line/list.js';
import type { Arrival, LineBuild } from '../core/schema/arrival.js';
import type { ArrivalsLine, ListedArrival, RefusedArrival } from '../core/schema/arrival-list.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { isFailureCode } from '../core/schema/failure.js';
import type { Recipe } from '../core/schema/recipe.js';
import { removeScratch } from '../storage/workspace.js';
import {
  type ListNow,
  type ListPlace,
  listNow,
  listOf,
  record,
  replay,
  type ScratchPlace,
} from './arrival-list.js';
import { arrivalProfile } from './arrival-profile.js';
import { type AwaitBuildInput, awaitBuild } from './await-build.js';
import { type ComposeInput, composeBuild } from './compose-build.js';
import type { Dependencies } from './index.js';
import type { ProfileSummary } from './profile-columns.js';
import { latestVersion } from './published-version.js';
import { createRunTask, guardActivity } from './run-task.js';
import { type SettleInput, settleBuild } from './settle-build.js';
import type { CheckedArrivals } from './tasks/check-arrivals.js';

export interface OpenedLine extends ListNow {
  readonly lastPublished: string | null;
  /** A build that was composed, and of whose end nothing is on record. */
  readonly building: LineBuild | null;
}

export interface KeepInput extends ListPlace {
  readonly list: ArtifactRef | null;
  readonly key: string;
  readonly line: ArrivalsLine;
}

export interface CountInput extends ListPlace {
  readonly recipe: Recipe;
  readonly baseFolder: string;
  readonly arrivals: readonly Arrival[];
}

/** Tokens of each file, or why it cannot be read; neither where that is to be found out by the build. */
export interface CountedArrival {
  readonly sha256: string;
  readonly tokens: number;
  readonly refused: Pick<RefusedArrival, 'reason' | 'mayReturn'> | null;
}

export interface FindInput extends ListPlace {
  readonly list: ArtifactRef;
  readonly digests: readonly string[];
}

/** Failures that are about one file. */
const REFUSALS = ['SOURCE_UNREADABLE', 'SOURCE_CHANGED', 'SOURCE_MISSING'];

export function createLineActivities({ pool }: Dependencies) {
  const runTask = createRunTask(pool);

  /** One file, through the profile that the build will find made. */
  async function count(
    input: CountInput & ScratchPlace,
    arrival: Arrival,
  ): Promise<CountedArrival> {
    const { sha256 } = arrival;
    const profile = await arrivalProfile(input, input.recipe, arrival);
    if (profile === null) return { sha256, tokens: 0, refused: null };
    try {
      const { record: made } = await runTask<{ record: { summary: ProfileSummary } }>(
        'profile-shard',
        profile,
      );
      return { sha256, tokens: made.summary.tokens, refused: null };
    } catch (error) {
      const { type, message } = error as { type?: string; message: string };
      if (type === undefined || !isFailureCode(type) || !REFUSALS.includes(type)) throw error;
      const reason = `${type}: ${message}`.slice(0, 1_000);
      return { sha256, tokens: 0, refused: { reason, mayReturn: type !== 'SOURCE_UNREADABLE' } };
    }
  }

  return {
    /** What the workspace has on record of a line that starts. */
    openLine: (input: ListPlace): Promise<OpenedLine> =>
      withScratch(input, async (place) => {
        const { lines, list } = await replay(place.workspace, place.name);
        const open = openBuildOf(lines);
        return {
          ...(await listNow(place, list)),
          lastPublished: latestVersion(place.workspace, place.name, ''),
          building:
            open === null ? null : { version: open.version!, arrivals: open.arrivals.length },
        };
      }),

    /** Entries of the list by digest. */
    findArrivals: (input: FindInput): Promise<ListedArrival[]> =>
      guardActivity(input.workspace, async () => {
        const wanted = new Set(input.digests);
        const { arrivals } = await listOf(input, input.list);
        return arrivals.filter(({ sha256 }) => wanted.has(sha256));
      }),

    /** Puts arrivals on the list, to wait or set aside. */
    keepArrivals: (input: KeepInput): Promise<ListNow> =>
      withScratch(input, async (place) => {
        const made = await record(place, await listOf(place, place.list), place);
        return listNow(place, made.list);
      }),

    /** Reads new files once, as the build would, and counts their tokens. */
    countArrivals: (input: CountInput): Promise<CountedArrival[]> =>
      withScratch(input, async (place) => {
        const done: CountedArrival[] = [];
        for (const arrival of place.arrivals) done.push(await count(place, arrival));
        return done;
      }),

    /** Puts the next build together, or says that there is nothing to build. */
    composeBuild: (input: ComposeInput) =>
      withScratch(input, (place) =>
        composeBuild(place, (files) => runTask<CheckedArrivals>('check-arrivals', files)),
      ),

    /** Writes down what a build came to, and sets aside the new files that it failed by. */
    settleBuild: (input: SettleInput) => withScratch(input, settleBuild),

    /** The end of a build that an earlier run of the line started. */
    awaitBuild: (input: AwaitBuildInput) => guardActivity(input.workspace, () => awaitBuild(input)),
  };
}

const HEARTBEAT_MS = 1_000;

/** Several activities of a line run at once: each has scratch of its own, and leaves none. */
function withScratch<T extends ListPlace, R>(
  input: T,
  body: (place: T & ScratchPlace) => Promise<R>,
): Promise<R> {
  const { workspace, by } = input;
  const context = Context.current();
  const scratch = `${by}/${context.info.activityId}`;
  const timer = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  return guardActivity(workspace, () => body({ ...input, scratch })).finally(async () => {
    clearInterval(timer);
    await removeScratch(workspace, scratch);
  });
}
