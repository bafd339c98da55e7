/**
 * Makes the server's schedules those of the recipe. A schedule is compared by the digest of what it
 * was made of; one that is paused stays so, with its note. What the recipe no longer has goes where
 * that is asked for, and is told of where it is not.
 */
import { type Client, ScheduleAlreadyRunning, type ScheduleDescription } from '@temporalio/client';
import { Failure } from '../../core/schema/failure.js';
import { triggerLineInput } from '../../core/schema/trigger.js';
import { describeSchedule, findSchedules } from './find-schedules.js';
import { OVERLAP, type WantedSchedule } from './schedule-options.js';

export type ScheduleChange = 'created' | 'updated' | 'unchanged' | 'removed' | 'not in the recipe';

export interface SyncedSchedule {
  readonly id: string;
  readonly change: ScheduleChange;
  readonly paused: boolean;
}

/** Fails where one of that id stands. */
export async function createSchedule({ schedule }: Client, wanted: WantedSchedule): Promise<void> {
  try {
    await schedule.create(wanted.options);
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) throw existing(wanted.id);
    throw asFailure(error, wanted);
  }
}

export function existing(id: string): Failure {
  return new Failure('SCHEDULE_EXISTS', {
    subject: `schedule ${id}`,
    expected: 'no schedule of that id',
    found: 'one that stands',
    where: 'the Temporal server',
    remedy: 'bring it up to date with: ballast schedule sync -c recipe.yaml, or delete it first',
  });
}

/** Only the server knows all of cron and its own time zones. */
function asFailure(error: unknown, { id, settings }: WantedSchedule): unknown {
  // The SDK turns `Invalid schedule spec` of the server into a TypeError with the server's words.
  if (!(error instanceof TypeError)) return error;
  const { name, cron, everySeconds, timezone } = settings;
  const when = cron === null ? `every ${everySeconds} s` : `${cron} in ${timezone}`;
  return new Failure('RECIPE_INVALID', {
    subject: `schedule ${id}`,
    expected: 'a time that the server understands',
    found: `${when}: ${error.message}`,
    where: `schedules, ${name}`,
    remedy: 'correct cron or timezone',
  });
}

/** Whether it is what was wanted; parts that people change in the Temporal UI are compared as they are. */
function isAsWanted(found: ScheduleDescription, { digest, settings }: WantedSchedule): boolean {
  const { action, policies, spec } = found;
  return (
    action.memo?.digest === digest &&
    triggerLineInput.safeParse(action.args?.[0]).success &&
    policies.overlap === OVERLAP[settings.overlap] &&
    policies.catchupWindow === settings.catchupSeconds * 1000 &&
    (spec.jitter ?? 0) === settings.jitterSeconds * 1000 &&
    (settings.cron === null || (spec.timezone ?? 'UTC') === settings.timezone)
  );
}

/** A note that people left stays; the recipe's own note follows the recipe. */
function noteOf(found: ScheduleDescription, { settings }: WantedSchedule): string {
  const standing = found.state.note ?? '';
  const isOfRecipe = standing === '' || standing === found.action.memo?.note;
  return isOfRecipe ? (settings.note ?? '') : standing;
}

async function updateSchedule({ schedule }: Client, wanted: WantedSchedule): Promise<void> {
  const { scheduleId: _id, memo: _memo, state: _state, ...options } = wanted.options;
  try {
    await schedule.getHandle(wanted.id).update((found) => ({
      ...options,
      state: { paused: found.state.paused, note: noteOf(found, wanted) },
    }));
  } catch (error) {
    throw asFailure(error, wanted);
  }
}

async function syncOne(client: Client, wanted: WantedSchedule): Promise<SyncedSchedule> {
  const { id } = wanted;
  const found = await describeSchedule(client, id);
  if (found === null) {
    await createSchedule(client, wanted);
    return { id, change: 'created', paused: false };
  }
  const { paused } = found.state;
  if (isAsWanted(found, wanted)) return { id, change: 'unchanged', paused };
  await updateSchedule(client, wanted);
  return { id, change: 'updated', paused };
}

export interface SyncOptions {
  readonly mix: string;
  readonly wanted: readonly WantedSchedule[];
  /** Remove what the recipe no longer has. */
  readonly prune: boolean;
}

export async function syncSchedules(
  client: Client,
  { mix, wanted, prune }: SyncOptions,
): Promise<SyncedSchedule[]> {
  const synced: SyncedSchedule[] = [];
  for (const each of wanted) synced.push(await syncOne(client, each));
  const ids = new Set(wanted.map(({ id }) => id));
  for (const { scheduleId: id, state } of await findSchedules(client, mix)) {
    if (ids.has(id)) continue;
    if (prune) await client.schedule.getHandle(id).delete();
    synced.push({ id, change: prune ? 'removed' : 'not in the recipe', paused: state.paused });
  }
  return synced;
}
