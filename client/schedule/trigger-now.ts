/** Runs a schedule now, and waits a moment for what it came to: a trigger takes seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ScheduleDescription, ScheduleOverlapPolicy } from '@temporalio/client';
import type { TriggerLineResult } from '../../workflows/trigger-line.js';
import { existingSchedule } from './find-schedules.js';

const STARTS_MS_MAX = 10_000;
const ENDS_MS_MAX = 15_000;
const LOOK_MS = 100;

export interface Triggered {
  readonly workflowId: string | null;
  readonly runId: string | null;
  /** True where the overlap policy left it out. */
  readonly skipped: boolean;
  /** What it came to, in a sentence; null where it goes on, or was not started. */
  readonly sentence: string | null;
}

const NOT_STARTED: Triggered = { workflowId: null, runId: null, skipped: false, sentence: null };

/** Runs that the server has taken of it. */
function runsOf({ info }: ScheduleDescription): Set<string> {
  return new Set(info.recentActions.map(({ action }) => action.workflow.firstExecutionRunId));
}

export async function triggerNow(
  client: Client,
  id: string,
  overlap: ScheduleOverlapPolicy,
): Promise<Triggered> {
  const before = await existingSchedule(client, id);
  const known = runsOf(before);
  const handle = client.schedule.getHandle(id);
  await handle.trigger(overlap);
  const until = Date.now() + STARTS_MS_MAX;
  while (Date.now() < until) {
    await sleep(LOOK_MS);
    const { info } = await handle.describe();
    const started = info.recentActions.find(
      ({ action }) => !known.has(action.workflow.firstExecutionRunId),
    );
    if (started !== undefined) {
      const { workflowId, firstExecutionRunId: runId } = started.action.workflow;
      const sentence = await sentenceOf(client, workflowId, runId);
      return { workflowId, runId, skipped: false, sentence };
    }
    if (info.numActionsSkippedOverlap > before.info.numActionsSkippedOverlap)
      return { ...NOT_STARTED, skipped: true };
  }
  return NOT_STARTED;
}

/** Null where it has not ended after a while. */
async function sentenceOf(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<string | null> {
  const ended = client.workflow
    .getHandle<() => Promise<TriggerLineResult>>(workflowId, runId)
    .result()
    .then(({ sentence }) => sentence);
  return Promise.race([ended, sleep(ENDS_MS_MAX).then(() => null)]);
}
