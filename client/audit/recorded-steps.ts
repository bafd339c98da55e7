/** What a sealed history says that its activities were given and answered. */
import { readFileSync } from 'node:fs';
import { decodeEvent, type EventJson } from '../../activities/decoded-history.js';
import { textAt } from '../../core/audit/event-sentence.js';

export interface RecordedStep {
  readonly activity: string;
  /** Number of the event that asked for it. */
  readonly event: number;
  readonly summary: string;
  readonly input: unknown;
  /** Null where it has no answer: cancelled, failed, or under way. */
  readonly result: unknown;
  readonly isDone: boolean;
}

/** The only payload of a list of them. */
function only(payloads: unknown): unknown {
  return Array.isArray(payloads) ? (payloads[0] ?? null) : null;
}

/** Every activity of a history, in the order in which they were asked for. */
export function readRecordedSteps(path: string): RecordedStep[] {
  const { events } = JSON.parse(readFileSync(path, 'utf8')) as { events: EventJson[] };
  const steps = new Map<number, RecordedStep>();
  for (const json of events) {
    const { id, type, attributes, summary } = decodeEvent(json);
    if (type === 'ACTIVITY_TASK_SCHEDULED') {
      const activity = textAt(attributes, 'activityType', 'name');
      const input = only(attributes.input);
      steps.set(id, { activity, event: id, summary, input, result: null, isDone: false });
    } else if (type === 'ACTIVITY_TASK_COMPLETED') {
      const scheduled = Number(textAt(attributes, 'scheduledEventId'));
      const step = steps.get(scheduled);
      if (step !== undefined)
        steps.set(scheduled, { ...step, result: only(attributes.result), isDone: true });
    }
  }
  return [...steps.values()];
}

export interface LedgerMention {
  readonly sequence: number;
  /** Null in histories of releases that did not record it. */
  readonly hash: string | null;
}

/** Lines of the ledger that an answer names, however deep. */
export function ledgerMentions(value: unknown): LedgerMention[] {
  if (typeof value !== 'object' || value === null) return [];
  const { ledgerSequence, ledgerHash } = value as Record<string, unknown>;
  const own =
    typeof ledgerSequence === 'number'
      ? [{ sequence: ledgerSequence, hash: typeof ledgerHash === 'string' ? ledgerHash : null }]
      : [];
  return [...own, ...Object.values(value).flatMap(ledgerMentions)];
}
