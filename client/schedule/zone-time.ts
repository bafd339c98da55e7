/** Times as the clocks of a zone show them, and the days on which those clocks are set. */

const DAY_MS = 86_400_000;
/** No zone sets its clocks at another minute. */
const QUARTER_MS = 900_000;
/** A year and a bit: each zone sets its clocks within it, if it does. */
const DAYS_AHEAD = 400;

/** `2026-11-27 02:00:00 GMT+1`. */
export function zoneTime(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, hourCycle: 'h23', timeZoneName: 'shortOffset' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((each) => each.type === type)?.value ?? '';
  const day = `${part('year')}-${part('month')}-${part('day')}`;
  return `${day} ${part('hour')}:${part('minute')}:${part('second')} ${part('timeZoneName')}`;
}

/** Milliseconds that the clocks of a zone are ahead of UTC. */
function offsetMs(atMs: number, timeZone: string): number {
  const at = Math.floor(atMs / 1000) * 1000;
  const [date, time] = zoneTime(new Date(at), timeZone).split(' ');
  return Date.parse(`${date}T${time}Z`) - at;
}

export interface ClockChange {
  /** ISO, UTC. */
  readonly at: string;
  /** Times of the clock before and after; those between are skipped, or may come twice: that is for the server. */
  readonly from: string;
  readonly to: string;
  readonly effect: 'skipped' | 'twice';
}

/** When the clocks of a zone are set next, at most two of them; empty for UTC. */
export function clockChanges(since: Date, timeZone: string): ClockChange[] {
  const start = Math.ceil(since.getTime() / QUARTER_MS) * QUARTER_MS;
  const changes: ClockChange[] = [];
  for (let day = 0; day < DAYS_AHEAD && changes.length < 2; day++) {
    const from = start + day * DAY_MS;
    const before = offsetMs(from, timeZone);
    const after = offsetMs(from + DAY_MS, timeZone);
    if (after !== before) changes.push(changeWithin(from, { before, after, timeZone }));
  }
  return changes;
}

interface Offsets {
  readonly before: number;
  readonly after: number;
  readonly timeZone: string;
}

/** The quarter of an hour within a day at which the offset changes. */
function changeWithin(from: number, { before, after, timeZone }: Offsets): ClockChange {
  let at = from + QUARTER_MS;
  while (offsetMs(at, timeZone) === before) at += QUARTER_MS;
  const clock = (offset: number) => new Date(at + offset).toISOString().slice(11, 16);
  const effect = after > before ? 'skipped' : 'twice';
  return { at: new Date(at).toISOString(), from: clock(before), to: clock(after), effect };
}
