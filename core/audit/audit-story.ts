/**
 * The story of a build as an auditor wants it, told from what was recorded: who asked and from which
 * recipe, every step with its time, who decided what, what was published, and every line of the ledger
 * that touches it. Pure: histories and ledger lines in, a story out.
 */
import type { LedgerEntry } from '../schema/ledger.js';
import type { ReadableEvent } from '../schema/sealed-history.js';
import { type Attributes, textAt } from './event-sentence.js';
import {
  decisionsOf,
  ledgerLinesOf,
  type Signatures,
  type StoryDecision,
  type StoryLine,
} from './ledger-story.js';

/** One run with its events, sealed or from a server. */
export interface RecordedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly state: string;
  readonly events: readonly ReadableEvent[];
}

export interface StoryStep {
  readonly workflowId: string;
  readonly runId: string;
  readonly activity: string;
  readonly sentence: string;
  /** ISO time at which it was asked for. */
  readonly at: string;
  /** From the start of the attempt that ended it; null where it never started. */
  readonly durationMs: number | null;
  readonly attempts: number;
  readonly outcome: 'done' | 'failed' | 'cancelled' | 'timed out' | 'open';
  /** Why it failed; '' where it did not. */
  readonly reason: string;
}

export interface StoryRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly state: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly events: number;
  /** Why it failed; '' where it did not. */
  readonly reason: string;
}

export interface StoryVerdict {
  readonly attempt: number;
  readonly decision: string;
  readonly why: string;
  /** Caps that the next plan was made under; '' where there was none. */
  readonly changes: string;
}

export interface AuditStory {
  readonly subject: string;
  readonly workflowId: string;
  /** Null where no history of the build is there. */
  readonly asked: {
    readonly by: string;
    readonly at: string;
    readonly identity: string;
    readonly recipeFingerprint: string;
    readonly tokenBudget: number;
    readonly seed: number;
    readonly tokenizer: string;
    readonly caps: number;
    readonly asOf: string;
  } | null;
  /** Source, files and bytes, as they were pinned. */
  readonly inputs: readonly { source: string; files: number; bytes: number }[];
  readonly runs: readonly StoryRun[];
  readonly steps: readonly StoryStep[];
  readonly decisions: readonly StoryDecision[];
  readonly verdicts: readonly StoryVerdict[];
  /** Plans that were solved; more than one where the gate asked for another. */
  readonly plans: number;
  readonly published: {
    readonly path: string;
    readonly manifestSha256: string;
    readonly ledgerSequence: number | null;
  } | null;
  readonly ledger: readonly StoryLine[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const OUTCOMES: Readonly<Record<string, StoryStep['outcome']>> = {
  ACTIVITY_TASK_COMPLETED: 'done',
  ACTIVITY_TASK_FAILED: 'failed',
  ACTIVITY_TASK_CANCELED: 'cancelled',
  ACTIVITY_TASK_TIMED_OUT: 'timed out',
};

function millisecondsBetween(from: string, to: string): number {
  return Math.max(0, Math.round(secondsOf(to) * 1000 - secondsOf(from) * 1000));
}

/** Seconds since 1970 of an ISO time in UTC, by the civil calendar. */
export function secondsOf(iso: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d+)-(\d\d)-(\d\d)T(\d\d):(\d\d):([\d.]+)Z$/.exec(iso) ?? [];
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const shifted = m <= 2 ? y - 1 : y;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1;
  const days =
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468;
  return days * 86_400 + Number(hour) * 3_600 + Number(minute) * 60 + Number(second);
}

function failureText(attributes: Attributes): string {
  const failure = attributes.failure as Attributes | undefined;
  if (failure === undefined) return '';
  const cause = failure.cause as Attributes | undefined;
  return textAt(cause ?? failure, 'message').split('\n')[0]!;
}

/** What the activities of one run were given and answered, in the order in which they were asked for. */
interface Activity {
  readonly step: StoryStep;
  readonly input: unknown;
  readonly result: unknown;
}

function activitiesOf({ workflowId, runId, events }: RecordedRun): Activity[] {
  const found = new Map<number, { step: Mutable<StoryStep>; input: unknown; result: unknown }>();
  const started = new Map<number, string>();
  for (const { id, time, type, sentence, attributes } of events) {
    const own = attributes as Attributes;
    const scheduled = Number(textAt(own, 'scheduledEventId'));
    if (type === 'ACTIVITY_TASK_SCHEDULED') {
      const activity = textAt(own, 'activityType', 'name');
      const times = { at: time, durationMs: null, attempts: 0 };
      const step = { workflowId, runId, activity, sentence, ...times, outcome: 'open', reason: '' };
      found.set(id, { step: step as Mutable<StoryStep>, input: first(own.input), result: null });
    } else if (type === 'ACTIVITY_TASK_STARTED') {
      const known = found.get(scheduled);
      if (known !== undefined) known.step.attempts = Number(textAt(own, 'attempt')) || 1;
      started.set(scheduled, time);
    } else if (OUTCOMES[type] !== undefined) {
      const known = found.get(scheduled);
      if (known === undefined) continue;
      const since = started.get(scheduled);
      known.step.outcome = OUTCOMES[type];
      known.step.durationMs = since === undefined ? null : millisecondsBetween(since, time);
      known.step.reason = failureText(own);
      known.result = first(own.result);
    }
  }
  return [...found.values()];
}

function first(payloads: unknown): unknown {
  return Array.isArray(payloads) ? (payloads[0] ?? null) : null;
}

function runOf(run: RecordedRun): StoryRun {
  const { workflowId, runId, workflowType, state, events } = run;
  const last = events.at(-1)!;
  const reason = failureText(last.attributes as Attributes);
  return {
    ...{ workflowId, runId, workflowType, state, reason, events: events.length },
    ...{ startedAt: events[0]!.time, endedAt: state === 'open' ? null : last.time },
  };
}

function askedOf(run: RecordedRun | undefined): AuditStory['asked'] {
  const started = run?.events[0];
  if (started === undefined) return null;
  const input = first((started.attributes as Attributes).input) as Attributes | null;
  const recipe = (input?.recipe ?? {}) as Attributes;
  const execution = (input?.execution ?? {}) as Attributes;
  const tokenizer = recipe.tokenizer as Attributes | undefined;
  return {
    by: textAt(execution, 'requestedBy'),
    at: started.time,
    identity: started.who,
    recipeFingerprint: textAt(execution, 'recipeFingerprint'),
    tokenBudget: Number(textAt(recipe, 'tokenBudget')),
    seed: Number(textAt(recipe, 'seed')),
    tokenizer: textAt(tokenizer ?? {}, 'name') || textAt(tokenizer ?? {}, 'kind'),
    caps: Array.isArray(recipe.caps) ? recipe.caps.length : 0,
    asOf: textAt(execution, 'asOf'),
  };
}

function results(activities: readonly Activity[], name: string): Attributes[] {
  return activities
    .filter(({ step, result }) => step.activity === name && result !== null)
    .map(({ result }) => result as Attributes);
}

function inputsOf(activities: readonly Activity[]): AuditStory['inputs'] {
  const pinned = results(activities, 'pinSources').at(-1);
  const sources = (pinned?.sources ?? []) as { name: string; shards: number; bytes: number }[];
  return sources.map(({ name, shards, bytes }) => ({ source: name, files: shards, bytes }));
}

function verdictsOf(activities: readonly Activity[]): StoryVerdict[] {
  return activities
    .filter(({ step, result }) => step.activity === 'judgeRisk' && result !== null)
    .map(({ input, result }) => ({
      attempt: Number(textAt(input as Attributes, 'attempt')),
      decision: textAt(result as Attributes, 'decision'),
      why: String(((result as Attributes).why as unknown[] | undefined)?.[0] ?? ''),
      changes: textAt(result as Attributes, 'changes'),
    }));
}

function publishedOf(activities: readonly Activity[]): AuditStory['published'] {
  const done = results(activities, 'publishMix').at(-1);
  if (done === undefined) return null;
  const sequence = done.ledgerSequence;
  return {
    path: textAt(done, 'path'),
    manifestSha256: textAt(done, 'manifestSha256'),
    ledgerSequence: typeof sequence === 'number' ? sequence : null,
  };
}

const byTime = (a: { at: string }, b: { at: string }) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

/**
 * @param recorded every run of the build's story, in any order
 * @param signatures whether that of a line holds
 */
export function tellStory(
  subject: string,
  workflowId: string,
  recorded: readonly RecordedRun[],
  ledger: readonly LedgerEntry[],
  signatures: Signatures,
): AuditStory {
  const runs = [...recorded].sort((a, b) => (a.events[0]!.time < b.events[0]!.time ? -1 : 1));
  const activities = runs.flatMap(activitiesOf);
  const own = runs.filter((run) => run.workflowId === workflowId);
  return {
    ...{ subject, workflowId },
    // The run that published, or the last one that tried.
    asked: askedOf(own.find(({ state }) => state === 'completed') ?? own.at(-1)),
    inputs: inputsOf(activities),
    runs: runs.map(runOf),
    steps: activities.map(({ step }) => step).sort(byTime),
    decisions: decisionsOf(subject, ledger, signatures),
    verdicts: verdictsOf(activities),
    plans: results(activities, 'solvePlan').length,
    published: publishedOf(activities),
    ledger: ledgerLinesOf(subject, ledger),
  };
}
