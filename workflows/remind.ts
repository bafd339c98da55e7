/** Waiting for people until a deadline, and reminding them before it. */
import { condition, isCancellation, log, workflowInfo } from '@temporalio/workflow';
import type { RemindInput } from '../activities/remind.js';
import { light } from './steps.js';
import { tellOutside } from './tell.js';

export interface Waiting {
  /** Of what, for the timer's summary. */
  readonly what: string;
  readonly dueAtMs: number;
  /** How long before the deadline; in any order. */
  readonly reminderSeconds: readonly number[];
  readonly isOver: () => boolean;
  readonly remind: (secondsBefore: number) => Promise<void>;
}

/** True where `isOver` came before the deadline. A reminder whose time passed before the wait is not made up. */
export async function untilDue(waiting: Waiting): Promise<boolean> {
  const { what, dueAtMs, reminderSeconds, isOver, remind } = waiting;
  const longestFirst = [...reminderSeconds].sort((a, b) => b - a);
  for (const seconds of longestFirst) {
    const left = dueAtMs - seconds * 1000 - Date.now();
    if (left <= 0) continue;
    if (await condition(isOver, left, { summary: `reminder before the deadline of ${what}` }))
      return true;
    await remind(seconds);
    if (isOver()) return true;
  }
  const left = dueAtMs - Date.now();
  return left <= 0 ? isOver() : condition(isOver, left, { summary: `deadline of ${what}` });
}

/** Writes down who owes an answer, and tells them. A reminder that cannot be given is no reason to end what waits. */
export async function sendReminder(input: Omit<RemindInput, 'atMs' | 'by'>): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  const whole = { ...input, atMs: Date.now(), by: `${workflowId}/${runId}` };
  const summary = `remind ${input.owners.join(', ') || 'everybody'}: ${input.sentence}`;
  try {
    const { owes } = await light.remind.executeWithOptions({ summary: summary.slice(0, 150) }, [
      whole,
    ]);
    const { mix, scope, sentence, dueAtMs, secondsBefore } = input;
    const details = { scope, owes, dueAt: new Date(dueAtMs).toISOString(), secondsBefore };
    tellOutside({ kind: 'reminder', mix, sentence, details });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('a reminder was not given', { mix: input.mix, error: String(error) });
  }
}
