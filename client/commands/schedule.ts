/** `ballast schedule`: the schedules of a recipe on the server, which starts a trigger at their times. */
import { defineCommand } from 'citty';
import { SCHEDULE_OVERLAPS, type ScheduleSettings } from '../../core/schema/operations.js';
import { identity } from '../build/session.js';
import { describeSchedule, existingSchedule, findSchedules } from '../schedule/find-schedules.js';
import { printSchedule, printSchedules } from '../schedule/print-schedules.js';
import {
  chosen,
  idOf,
  nameArg,
  neededSchedules,
  noSchedules,
  openFor,
  scheduleArgs,
  schedulesOf,
} from '../schedule/schedule-args.js';
import { OVERLAP } from '../schedule/schedule-options.js';
import { shownSchedule } from '../schedule/shown-schedule.js';
import {
  createSchedule,
  existing,
  type SyncedSchedule,
  syncSchedules,
} from '../schedule/sync-schedules.js';
import { triggerNow } from '../schedule/trigger-now.js';
import { usage } from '../terminal/arguments.js';
import type { Output } from '../terminal/output.js';

const oneArgs = { ...nameArg, ...scheduleArgs } as const;
const noteArg = {
  note: { type: 'string', valueHint: 'text', description: 'Why, for those who look later' },
} as const;

function printChanges(output: Output, mix: string, synced: readonly SyncedSchedule[]): void {
  const rows = synced.map(({ id, change, paused }) => [id, change, paused ? 'paused' : 'on']);
  output.table(`schedules of ${mix}`, ['schedule', 'change', 'state'], rows);
  output.emit({ mix, schedules: synced });
}

const create = defineCommand({
  meta: { name: 'create', description: 'Make one schedule of the recipe, or all; none may stand' },
  args: oneArgs,
  run: async ({ args, rawArgs }) => {
    const recipe = await neededSchedules('create', args, rawArgs);
    const wanted = chosen(recipe, args.name);
    if (wanted.length === 0) throw noSchedules(recipe, args.config!);
    const { output, session } = await openFor(args);
    for (const { id } of wanted)
      if ((await describeSchedule(session.client, id)) !== null) throw existing(id);
    for (const each of wanted) await createSchedule(session.client, each);
    const made = wanted.map(({ id }) => ({ id, change: 'created' as const, paused: false }));
    printChanges(output, recipe.mix, made);
    return 0;
  },
});

const sync = defineCommand({
  meta: { name: 'sync', description: 'Make the schedules on the server those of the recipe' },
  args: {
    prune: { type: 'boolean', description: 'Remove those that the recipe no longer has' },
    ...scheduleArgs,
  },
  run: async ({ args, rawArgs }) => {
    const { mix, wanted } = await neededSchedules('sync', args, rawArgs);
    const { output, session } = await openFor(args);
    const prune = args.prune === true;
    const synced = await syncSchedules(session.client, { mix, wanted, prune });
    if (synced.length === 0)
      output.line(`the recipe of ${mix} has no schedules, nor has the server`);
    if (synced.some(({ change }) => change === 'not in the recipe'))
      output.warn('some schedules are not in the recipe and go on; remove them with --prune');
    printChanges(output, mix, synced);
    return 0;
  },
});

const list = defineCommand({
  meta: { name: 'list', description: 'Schedules with their next and last runs' },
  args: scheduleArgs,
  run: async ({ args, rawArgs }) => {
    const recipe = await schedulesOf(args, rawArgs);
    const { output, session } = await openFor(args);
    const known = recipe?.wanted.map(({ id }) => id) ?? [];
    const found = await findSchedules(session.client, recipe?.mix ?? null, known);
    const schedules = found.map(shownSchedule);
    if (schedules.length === 0)
      output.line(
        'no schedules; make those of a recipe with: ballast schedule sync -c recipe.yaml',
      );
    else printSchedules(output, schedules);
    output.emit({ schedules });
    return 0;
  },
});

const describe = defineCommand({
  meta: { name: 'describe', description: 'One schedule in words, with its next five runs' },
  args: oneArgs,
  run: async ({ args, rawArgs }) => {
    const id = await idOf('describe', args, rawArgs);
    const { output, session } = await openFor(args);
    const shown = shownSchedule(await existingSchedule(session.client, id));
    printSchedule(output, shown);
    const url =
      shown.last === null ? null : session.runUrl(shown.last.workflowId, shown.last.runId);
    if (url !== null) output.line(`last run  ${output.colors.cyan(url)}`);
    output.emit({ ...shown, url });
    return 0;
  },
});

const pause = defineCommand({
  meta: { name: 'pause', description: 'Start nothing at its times until it is resumed' },
  args: { ...nameArg, ...noteArg, ...scheduleArgs },
  run: async ({ args, rawArgs }) => {
    const id = await idOf('pause', args, rawArgs);
    const { output, session } = await openFor(args);
    await existingSchedule(session.client, id);
    const note = args.note || `paused by ${identity()}`;
    await session.client.schedule.getHandle(id).pause(note);
    output.line(`schedule ${id} is paused: ${note}`);
    output.emit({ id, paused: true, note });
    return 0;
  },
});

const resume = defineCommand({
  meta: { name: 'resume', description: 'Let it run at its times again; nothing is made up' },
  args: { ...nameArg, ...noteArg, ...scheduleArgs },
  run: async ({ args, rawArgs }) => {
    const id = await idOf('resume', args, rawArgs);
    const { output, session } = await openFor(args);
    await existingSchedule(session.client, id);
    const note = args.note || `resumed by ${identity()}`;
    await session.client.schedule.getHandle(id).unpause(note);
    output.line(`schedule ${id} is on: ${note}`);
    output.emit({ id, paused: false, note });
    return 0;
  },
});

function overlapOf(given: string | undefined) {
  const name = (given || 'allow-all') as ScheduleSettings['overlap'];
  if (SCHEDULE_OVERLAPS.includes(name)) return OVERLAP[name];
  throw usage('option --overlap', SCHEDULE_OVERLAPS.join(', '), name);
}

const trigger = defineCommand({
  meta: { name: 'trigger', description: 'Run it now, paused or not, and say what it came to' },
  args: {
    ...nameArg,
    overlap: {
      type: 'string',
      valueHint: SCHEDULE_OVERLAPS.join('|'),
      description: 'Where its last trigger still runs (allow-all)',
    },
    ...scheduleArgs,
  },
  run: async ({ args, rawArgs }) => {
    const overlap = overlapOf(args.overlap);
    const id = await idOf('trigger', args, rawArgs);
    const { output, session } = await openFor(args);
    const triggered = await triggerNow(session.client, id, overlap);
    const { workflowId, runId, skipped, sentence } = triggered;
    const waits = skipped ? 'was left out: its last trigger still runs' : 'waits to be started';
    if (workflowId === null) output.line(`schedule ${id} ${waits}`);
    else output.line(sentence ?? `${workflowId} is under way`);
    const url = workflowId === null ? null : session.runUrl(workflowId, runId!);
    if (url !== null) output.line(`run  ${output.colors.cyan(url)}`);
    output.emit({ id, ...triggered, url });
    return 0;
  },
});

const remove = defineCommand({
  meta: { name: 'delete', description: 'Remove it; the line and its builds go on' },
  args: oneArgs,
  run: async ({ args, rawArgs }) => {
    const id = await idOf('delete', args, rawArgs);
    const { output, session } = await openFor(args);
    await existingSchedule(session.client, id);
    await session.client.schedule.getHandle(id).delete();
    output.line(`schedule ${id} is removed`);
    output.emit({ id, removed: true });
    return 0;
  },
});

export default defineCommand({
  meta: {
    name: 'schedule',
    description: 'Schedules of a recipe: made, shown, paused, run, removed',
  },
  subCommands: { create, list, describe, pause, resume, trigger, delete: remove, sync },
});
