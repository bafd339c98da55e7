/** Schedules as tables and in words. */
import type { Output } from '../terminal/output.js';
import type { ScheduleRun, ShownSchedule } from './shown-schedule.js';

const ACTS = {
  'build-new': 'builds the next version where something arrived',
  'build-always': 'builds the next version in any case',
  'watch-grants': 'looks for grants that end soon',
} as const;

const OVERLAPS = {
  skip: 'is left out',
  'buffer-one': 'waits, one at most',
  'buffer-all': 'waits',
  'allow-all': 'starts beside it',
} as const;

/** `90 s` as `1m 30s`. */
export function lengthText(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const;
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = unit === 's' ? rest : Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}

function utcText(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}

function whenText({ cron, everySeconds, timezone }: ShownSchedule): string {
  if (everySeconds !== null) return `every ${lengthText(everySeconds)}`;
  return cron === null ? 'as another release made it' : `${cron} (${timezone})`;
}

export function printSchedules(output: Output, schedules: readonly ShownSchedule[]): void {
  const columns = [
    ...['schedule', 'does', 'when', 'next (UTC)', 'last (UTC)', 'state'],
    ...['runs', 'skipped', 'missed'],
  ];
  const rows = schedules.map((each) => [
    ...[each.id, each.act ?? '?', whenText(each)],
    each.next
      .slice(0, 2)
      .map(({ utc }) => utcText(utc))
      .join('\n'),
    each.last === null ? 'never' : utcText(each.last.takenAt),
    each.paused ? `paused: ${each.note ?? ''}` : 'on',
    ...[each.taken, each.skippedOverlap, each.missedCatchup],
  ]);
  output.table('', columns, rows);
}

function lastText(last: ScheduleRun | null): string {
  if (last === null) return 'it never ran';
  const late = (Date.parse(last.takenAt) - Date.parse(last.scheduledAt)) / 1000;
  const how = late >= 1 ? `, ${lengthText(Math.round(late))} late` : '';
  return `${utcText(last.scheduledAt)} UTC${how}, as ${last.workflowId}`;
}

/** All of a schedule in words. */
export function printSchedule(output: Output, shown: ShownSchedule): void {
  const { act, overlap, jitterSeconds, catchupSeconds, paused, note } = shown;
  const rows: string[][] = [
    ['does', act === null ? 'what another release made it do' : ACTS[act]],
    ['when', whenText(shown)],
    [
      'spread',
      jitterSeconds === 0 ? 'none: it starts on time' : `up to ${lengthText(jitterSeconds)} later`,
    ],
    [
      'overlap',
      `where the last trigger still runs, the next one ${overlap === null ? 'goes by a policy that no recipe has' : OVERLAPS[overlap]}`,
    ],
    ['catch-up', `runs missed up to ${lengthText(catchupSeconds)} ago are made up, older ones not`],
    ['state', paused ? 'paused' : 'on'],
    ['note', note ?? ''],
    ['workspace', shown.workspace ?? ''],
    ['last run', lastText(shown.last)],
    [
      'so far',
      `${shown.taken} runs, ${shown.skippedOverlap} skipped for overlap, ${shown.missedCatchup} missed beyond the catch-up`,
    ],
  ];
  output.table(`schedule ${shown.id}`, ['', ''], rows);
  if (shown.next.length === 0)
    output.line(paused ? 'no run is due while it is paused' : 'no run is due');
  else
    output.table(
      'next runs',
      [shown.timezone, 'UTC'],
      shown.next.map(({ local, utc }) => [local, utcText(utc)]),
    );
  for (const { at, from, to, effect } of shown.clockChanges)
    output.line(
      effect === 'skipped'
        ? `on ${at.slice(0, 10)} the clocks go from ${from} to ${to}: a run between them is left out`
        : `on ${at.slice(0, 10)} the clocks go from ${from} back to ${to}: a run between them may come twice`,
    );
}
