/** A schedule as people and programs see it: what it does, when it ran, when it runs next. */
import type { ScheduleDescription } from '@temporalio/client';
import type { ScheduleSettings } from '../../core/schema/operations.js';
import { triggerLineInput } from '../../core/schema/trigger.js';
import { OVERLAP } from './schedule-options.js';
import { type ClockChange, clockChanges, zoneTime } from './zone-time.js';

const TIMES_SHOWN = 5;

export interface ScheduleTime {
  /** ISO, UTC. */
  readonly utc: string;
  /** By the clocks of the schedule's zone. */
  readonly local: string;
}

export interface ScheduleRun {
  readonly scheduledAt: string;
  readonly takenAt: string;
  readonly workflowId: string;
  readonly runId: string;
}

export interface ShownSchedule {
  readonly id: string;
  readonly mix: string;
  readonly name: string;
  readonly act: ScheduleSettings['act'] | null;
  readonly cron: string | null;
  readonly everySeconds: number | null;
  readonly timezone: string;
  readonly jitterSeconds: number;
  readonly overlap: ScheduleSettings['overlap'] | null;
  readonly catchupSeconds: number;
  readonly paused: boolean;
  readonly note: string | null;
  readonly workspace: string | null;
  readonly next: readonly ScheduleTime[];
  readonly last: ScheduleRun | null;
  readonly running: number;
  readonly taken: number;
  readonly skippedOverlap: number;
  readonly missedCatchup: number;
  readonly clockChanges: readonly ClockChange[];
  readonly createdAt: string;
  readonly updatedAt: string | null;
}

function lastOf({ info }: ScheduleDescription): ScheduleRun | null {
  const last = info.recentActions.at(-1);
  if (last === undefined) return null;
  const { workflowId, firstExecutionRunId: runId } = last.action.workflow;
  const [scheduledAt, takenAt] = [last.scheduledAt.toISOString(), last.takenAt.toISOString()];
  return { scheduledAt, takenAt, workflowId, runId };
}

function overlapOf({ policies }: ScheduleDescription): ScheduleSettings['overlap'] | null {
  const names = Object.keys(OVERLAP) as ScheduleSettings['overlap'][];
  return names.find((name) => OVERLAP[name] === policies.overlap) ?? null;
}

/** What the server has; `act`, `cron` and `workspace` are null where another release made it. */
export function shownSchedule(found: ScheduleDescription): ShownSchedule {
  const { scheduleId: id, info, policies, spec, state, action } = found;
  const input = triggerLineInput.safeParse(action.args?.[0]).data ?? null;
  const { act = null, cron = null, everySeconds = null } = input?.schedule ?? {};
  const timezone = (cron === null ? null : spec.timezone) || 'UTC';
  const slash = id.indexOf('/');
  const now = new Date();
  return {
    ...{
      id,
      mix: id.slice(0, slash),
      name: id.slice(slash + 1),
      act,
      cron,
      everySeconds,
      timezone,
    },
    jitterSeconds: (spec.jitter ?? 0) / 1000,
    overlap: overlapOf(found),
    catchupSeconds: policies.catchupWindow / 1000,
    paused: state.paused,
    note: state.note || null,
    workspace: input?.line.execution.workspace ?? null,
    next: state.paused
      ? []
      : info.nextActionTimes.slice(0, TIMES_SHOWN).map((at) => ({
          utc: at.toISOString(),
          local: zoneTime(at, timezone),
        })),
    last: lastOf(found),
    running: info.runningActions.length,
    taken: info.numActionsTaken,
    skippedOverlap: info.numActionsSkippedOverlap,
    missedCatchup: info.numActionsMissedCatchupWindow,
    clockChanges: cron === null ? [] : clockChanges(now, timezone),
    createdAt: info.createdAt.toISOString(),
    updatedAt: info.lastUpdatedAt?.toISOString() ?? null,
  };
}
