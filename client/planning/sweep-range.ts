/**
 * `--sweep KEY=FROM..TO`, `KEY=a,b,c`, or `KEY` with `--steps a,b,c`: the values to plan at. A range over
 * more than a factor of ten is divided by equal factors, else by equal steps.
 */

import type { Swept, SweptKind } from '../../core/report/frontier.js';
import { Failure } from '../../core/schema/failure.js';

export const POINTS_DEFAULT = 9;
const POINTS_MIN = 2;
/** Each point is a whole plan. */
const POINTS_MAX = 200;
/** From this ratio of the ends on, values are spaced by equal factors. */
const LOG_RATIO = 10;
/** Digits of a value between the ends: enough to plot, short enough to read. */
const DIGITS = 4;

export interface SweepRange {
  /** As in `--set`; `budget` became `token_budget`. */
  readonly key: string;
  readonly spacing: Swept['spacing'];
  /** Ends of the range, or all values of a list; ascending, at least two. */
  readonly values: readonly number[];
  readonly points: number;
}

export interface SweepFlags {
  readonly sweep: string;
  readonly steps: string | undefined;
  readonly points: string | undefined;
}

const ALIASES: Readonly<Record<string, string>> = { budget: 'token_budget' };

function refuse(where: string, expected: string, found: string, remedy: string): Failure {
  const parts = { subject: 'option --sweep', expected, found, where, remedy };
  return new Failure('USAGE', parts);
}

/** Reads the flags. Throws `USAGE` for a bad key, range, list or number of points. */
export function parseSweep({ sweep, steps, points }: SweepFlags): SweepRange {
  const where = `--sweep ${sweep.slice(0, 120)}`;
  const at = sweep.indexOf('=');
  const key = (at < 0 ? sweep : sweep.slice(0, at)).trim();
  const range = at < 0 ? undefined : sweep.slice(at + 1);
  if (!/^[^\s=]+$/.test(key)) {
    throw refuse(where, 'KEY=FROM..TO', sweep, 'for example --sweep budget=1e6..1e9');
  }
  const written = { key: ALIASES[key] ?? key, points: pointsOf(points) };
  if (range !== undefined && steps !== undefined) {
    throw refuse(where, 'a range or --steps', 'both', 'leave one of them out');
  }
  const list = steps ?? (range?.includes('..') ? undefined : range);
  if (list === undefined && range === undefined) {
    throw refuse(where, 'a range', 'none', `write ${key}=FROM..TO, or add --steps a,b,c`);
  }
  if (list !== undefined) return { ...written, spacing: 'listed', values: listOf(list, where) };
  const [from, to] = endsOf(range!, where);
  const spacing = from > 0 && to / from > LOG_RATIO ? 'log' : 'linear';
  return { ...written, spacing, values: [from, to] };
}

function pointsOf(points: string | undefined): number {
  if (points === undefined) return POINTS_DEFAULT;
  const count = Number(points);
  if (Number.isInteger(count) && count >= POINTS_MIN && count <= POINTS_MAX) return count;
  const expected = `a whole number from ${POINTS_MIN} to ${POINTS_MAX}`;
  throw refuse(`--points ${points}`, expected, points, `for example --points ${POINTS_DEFAULT}`);
}

/** `1e6`, `10_000_000`, `0.25`; null for anything else, or below 0. */
function numberOf(text: string): number | null {
  const plain = text.trim().replaceAll(/(?<=\d)_(?=\d)/g, '');
  if (!/^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(plain)) return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}

function numbersOf(texts: readonly string[], where: string): number[] {
  return texts.map((text) => {
    const number = numberOf(text);
    if (number !== null) return number;
    const remedy = 'write numbers such as 0.25, 1e6 or 10_000_000';
    throw refuse(where, 'a number of at least 0', text === '' ? 'nothing' : text, remedy);
  });
}

function endsOf(range: string, where: string): [number, number] {
  const [from, to] = numbersOf(range.split(/\.\.(?!\.)/), where);
  if (from === undefined || to === undefined || range.split('..').length !== 2) {
    throw refuse(where, 'FROM..TO', range, 'for example 0.1..0.5');
  }
  if (from < to) return [from, to];
  throw refuse(where, 'FROM below TO', `${from}..${to}`, `write ${to}..${from}, or a longer range`);
}

function listOf(list: string, where: string): number[] {
  const values = [...new Set(numbersOf(list.split(','), where))].sort((a, b) => a - b);
  if (values.length < POINTS_MIN || values.length > POINTS_MAX) {
    const expected = `from ${POINTS_MIN} to ${POINTS_MAX} different values`;
    throw refuse(where, expected, String(values.length), 'for example --steps 0.1,0.2,0.3');
  }
  return values;
}

/** Every value to plan at, ascending; the ends as written, those between rounded to be read. */
export function sweepValues(range: SweepRange, kind: SweptKind): number[] {
  const { spacing, values, points } = range;
  if (spacing === 'listed') return [...values];
  const [from, to] = [values[0]!, values[1]!];
  const inner = Array.from({ length: points - 2 }, (_, i) => {
    const part = (i + 1) / (points - 1);
    const value = spacing === 'log' ? from * (to / from) ** part : from + (to - from) * part;
    return roundedTo(value, kind);
  });
  const all = [from, ...inner.filter((value) => value > from && value < to), to];
  return [...new Set(all)];
}

/** A value that the key takes: whole tokens and counts, money to a hundredth, else four digits. */
export function roundedTo(value: number, kind: SweptKind, digits = DIGITS): number {
  const short = Number(value.toPrecision(digits));
  if (kind === 'money') return Math.round(short * 100) / 100;
  return kind === 'tokens' || kind === 'count' ? Math.round(short) : short;
}

/** The value as `--set` takes it: plain digits, no exponent. */
export function settingOf(key: string, value: number, kind: SweptKind): string {
  if (kind === 'money') return `${key}="${value.toFixed(2)}"`;
  const plain = Number.isInteger(value) ? BigInt(value).toString() : plainDecimal(value);
  return `${key}=${plain}`;
}

function plainDecimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/0+$/, '') : text;
}
