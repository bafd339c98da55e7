/**
 * A schedule of the recipe as Temporal has it: every part written out, none left to a default. What
 * it was made of is kept as a digest in the memo of its action, so that `sync` sees what changed.
 */
import type { ScheduleOptions, ScheduleOverlapPolicy } from '@temporalio/client';
import type { MixLineInput } from '../../core/schema/arrival.js';
import type { ScheduleSettings } from '../../core/schema/operations.js';
import type { TriggerLineInput } from '../../core/schema/trigger.js';
import { digestOf } from '../../storage/digest.js';
import { MixName, TriggerKind } from '../build/search-attribute-keys.js';

export const TRIGGER_TYPE = 'triggerLine';

export function scheduleIdOf(mix: string, name: string): string {
  return `${mix}/${name}`;
}

export const OVERLAP: Readonly<Record<ScheduleSettings['overlap'], ScheduleOverlapPolicy>> = {
  skip: 'SKIP',
  'buffer-one': 'BUFFER_ONE',
  'buffer-all': 'BUFFER_ALL',
  'allow-all': 'ALLOW_ALL',
};

export interface WantedSchedule {
  readonly id: string;
  readonly settings: ScheduleSettings;
  /** Of all that decides what it does; not of who asked for it, nor when. */
  readonly digest: string;
  readonly options: ScheduleOptions;
}

const ACTS: Readonly<Record<ScheduleSettings['act'], string>> = {
  'build-new': 'builds what is new of',
  'build-always': 'builds in any case',
  'watch-grants': 'looks for grants that end of',
};

function digestOfWanted(settings: ScheduleSettings, line: MixLineInput): string {
  const { asOf: _asOf, requestedBy: _requestedBy, ...execution } = line.execution;
  return digestOf({ settings, line: { ...line, execution } });
}

function specOf({ cron, everySeconds, timezone, jitterSeconds }: ScheduleSettings) {
  const when =
    everySeconds === null
      ? { cronExpressions: [cron!.trim()] }
      : { intervals: [{ every: everySeconds * 1000 }] };
  return { ...when, timezone, jitter: jitterSeconds * 1000 };
}

/** The schedule that the recipe asks for. */
export function wantedSchedule(settings: ScheduleSettings, line: MixLineInput): WantedSchedule {
  const mix = line.recipe.name;
  const id = scheduleIdOf(mix, settings.name);
  const digest = digestOfWanted(settings, line);
  const args: [TriggerLineInput] = [{ schemaVersion: 1, schedule: settings, line }];
  const typedSearchAttributes = [
    { key: MixName, value: mix },
    { key: TriggerKind, value: 'schedule' },
  ];
  const options: ScheduleOptions = {
    scheduleId: id,
    spec: specOf(settings),
    action: {
      ...{ type: 'startWorkflow', workflowType: TRIGGER_TYPE, taskQueue: 'ballast', args },
      workflowId: `trigger/${id}`,
      memo: { digest, workspace: line.execution.workspace, note: settings.note ?? '' },
      typedSearchAttributes,
      staticSummary: `schedule ${settings.name}: ${ACTS[settings.act]} ${mix}`.slice(0, 150),
    },
    policies: {
      overlap: OVERLAP[settings.overlap],
      catchupWindow: settings.catchupSeconds * 1000,
      pauseOnFailure: false,
    },
    typedSearchAttributes,
    state: { paused: false, note: settings.note ?? '' },
  };
  return { id, settings, digest, options };
}
