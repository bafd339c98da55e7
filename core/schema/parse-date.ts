/**
 * The day on which a text was created, from what its row says. Known spellings only; anything else
 * is missing, never "today". Years come first or last; with the year last and numbers only, the day
 * comes first (23-07-2014).
 */
import { dayOf, isoDate, isoOfDay, isRealDate } from './calendar.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const YEAR_FIRST = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})$/;
const DAY_FIRST = /^(\d{1,2})([-/])(\d{1,2})\2(\d{4})$/;
const NAMED_MONTH = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/;
const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s?(?:[Zz]|UTC|([+-])(\d{2}):?(\d{2}))?$/;

/** Longest text that can be a date; longer ones are not looked at. */
const DATE_CHARACTERS_MAX = 40;

/** ISO day in UTC of a written date, or null. A time without a zone counts as UTC. */
export function parseDate(written: string | null): string | null {
  if (written === null || written.length > DATE_CHARACTERS_MAX) return null;
  const text = written.trim();
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst) return real(yearFirst[1], Number(yearFirst[3]), yearFirst[4]);
  const stamp = TIMESTAMP.exec(text);
  if (stamp) return dayOfTimestamp(stamp);
  const named = NAMED_MONTH.exec(text);
  if (named) return real(named[3], MONTHS.indexOf(named[2]!.toLowerCase()) + 1, named[1]);
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst) return real(dayFirst[4], Number(dayFirst[3]), dayFirst[1]);
  return null;
}

function real(year: string | undefined, month: number, day: string | undefined): string | null {
  const [y, d] = [Number(year), Number(day)];
  return isRealDate(y, month, d) ? isoDate(y, month, d) : null;
}

function dayOfTimestamp(stamp: RegExpExecArray): string | null {
  const [, date, hour, minute, second, sign, offsetHour, offsetMinute] = stamp;
  const local = real(date!.slice(0, 4), Number(date!.slice(5, 7)), date!.slice(8));
  const minutes = Number(hour) * 60 + Number(minute);
  if (local === null || minutes >= 1440 || Number(minute) > 59 || Number(second ?? 0) > 60)
    return null;
  if (sign === undefined) return local;
  const offset = Number(offsetHour) * 60 + Number(offsetMinute);
  if (offset > 14 * 60 || Number(offsetMinute) > 59) return null;
  const shift = Math.floor((minutes - (sign === '+' ? offset : -offset)) / 1440);
  return shift === 0 ? local : isoOfDay(dayOf(local) + shift);
}
