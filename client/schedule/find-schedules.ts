/** Schedules of ours on a server, by id or by mix. */
import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import { Failure } from '../../core/schema/failure.js';
import { suggest } from '../../core/schema/nearest.js';
import { TRIGGER_TYPE } from './schedule-options.js';

/** Null where there is none of that id. */
export async function describeSchedule(
  { schedule }: Client,
  id: string,
): Promise<ScheduleDescription | null> {
  try {
    return await schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

/** Ids that the server lists; one made or deleted a moment ago may be missing or too many. */
async function listedIds({ schedule }: Client, mix: string | null): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId, action } of schedule.list()) {
    const isOurs = action === undefined || action.workflowType === TRIGGER_TYPE;
    if (isOurs && (mix === null || scheduleId.startsWith(`${mix}/`))) ids.push(scheduleId);
  }
  return ids;
}

/**
 * Schedules of a mix, or of all mixes, by id.
 * @param known ids that are asked for even if the list does not have them yet
 */
export async function findSchedules(
  client: Client,
  mix: string | null,
  known: readonly string[] = [],
): Promise<ScheduleDescription[]> {
  const ids = [...new Set([...(await listedIds(client, mix)), ...known])].sort();
  const found = await Promise.all(ids.map((id) => describeSchedule(client, id)));
  return found.filter(
    (each): each is ScheduleDescription =>
      each !== null && each.action.workflowType === TRIGGER_TYPE,
  );
}

export function missingSchedule(id: string, known: readonly string[]): Failure {
  return new Failure('SCHEDULE_MISSING', {
    subject: `schedule ${id}`,
    expected: 'a schedule of that name',
    found: known.length === 0 ? 'none at all' : `others: ${known.slice(0, 5).join(', ')}`,
    where: 'the Temporal server',
    remedy:
      known.length === 0
        ? 'make those of the recipe: ballast schedule sync -c recipe.yaml'
        : suggest(id, known),
  });
}

/** The schedule, or `SCHEDULE_MISSING` with the nearest of the same mix. */
export async function existingSchedule(client: Client, id: string): Promise<ScheduleDescription> {
  const found = await describeSchedule(client, id);
  if (found !== null && found.action.workflowType === TRIGGER_TYPE) return found;
  const [mix = ''] = id.split('/');
  const ofMix = await findSchedules(client, mix);
  const near = ofMix.length > 0 ? ofMix : await findSchedules(client, null);
  throw missingSchedule(
    id,
    near.map(({ scheduleId }) => scheduleId),
  );
}
