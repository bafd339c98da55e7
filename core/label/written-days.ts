/**
 * Days written in full inside running text: `2014-03-11`, `2020/5/18`, `2018年12月17日`, `13-Jun-2000`,
 * `17 December 2018`, `Dec 17th, 2018`, `17/12/2018` where only one reading is a date,
 * `ngày 17 tháng 12 năm 2018`. The scan looks for years, and at what stands beside each.
 */
import { isoDate, isRealDate } from '../schema/calendar.js';

const YEARS = /(?:19|20)\d\d/g;
const AFTER_YEAR = /([-/.])(\d{1,2})\1(\d{1,2})(?!\d)|\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日/y;
/** Characters before a year that can belong to its day: `the 17th of September, `. */
const BEFORE_CHARACTERS = 24;
const NAME =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const DAY_MONTH = new RegExp(
  `(?:^|[^\\d.])(\\d{1,2})(?:st|nd|rd|th)?(?: of)?[- ]${NAME}[.,]?[- ]$`,
  'i',
);
const MONTH_DAY = new RegExp(`(?:^|[^a-z])${NAME}\\.? (\\d{1,2})(?:st|nd|rd|th)?,? $`, 'i');
const NUMBERS = /(?:^|[^\d./-])(\d{1,2})([-/.])(\d{1,2})\2$/;
const VIETNAMESE = /(?:^|\D)(\d{1,2}) tháng (\d{1,2})(?: năm|,)? $/iu;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** First day written in full in a text; null where there is none. Cost: linear. */
export function firstWrittenDay(text: string): string | null {
  for (const { index } of text.matchAll(YEARS)) {
    const day = dayAround(text, index);
    if (day !== null) return day;
  }
  return null;
}

/** Distinct days written in full in a text, latest first, at most `count`. Cost: linear. */
export function latestWrittenDays(text: string, count: number): string[] {
  const latest: string[] = [];
  for (const { index } of text.matchAll(YEARS)) {
    const oldest = latest.length < count ? undefined : latest[count - 1]!;
    if (oldest !== undefined && text.slice(index, index + 4) < oldest.slice(0, 4)) continue;
    const day = dayAround(text, index);
    if (day === null || latest.includes(day)) continue;
    latest.push(day);
    latest.sort((a, b) => (a < b ? 1 : -1));
    if (latest.length > count) latest.pop();
  }
  return latest;
}

/** The day whose year begins at `at`; null where the year stands alone or in another number. */
function dayAround(text: string, at: number): string | null {
  if (isDigit(text, at - 1)) return null;
  AFTER_YEAR.lastIndex = at + 4;
  const after = AFTER_YEAR.exec(text);
  const year = Number(text.slice(at, at + 4));
  if (after !== null) return real(year, after[2] ?? after[4]!, after[3] ?? after[5]!);
  if (isDigit(text, at + 4)) return null;
  const before = text.slice(Math.max(0, at - BEFORE_CHARACTERS), at).replace(/\s+/g, ' ');
  return dayBefore(before, year);
}

function dayBefore(before: string, year: number): string | null {
  if (!/[-/. ,]$/.test(before) || !/\d/.test(before)) return null;
  const named = DAY_MONTH.exec(before);
  if (named) return real(year, monthOf(named[2]!), named[1]!);
  const american = MONTH_DAY.exec(before);
  if (american) return real(year, monthOf(american[1]!), american[2]!);
  const numbers = NUMBERS.exec(before);
  if (numbers) return unambiguous(year, numbers[1]!, numbers[3]!);
  const vietnamese = VIETNAMESE.exec(before);
  return vietnamese ? real(year, vietnamese[2]!, vietnamese[1]!) : null;
}

/** Day and month in either order, where one of them can be no month, or both are the same. */
function unambiguous(year: number, first: string, second: string): string | null {
  if (Number(first) > 12 || first === second) return real(year, second, first);
  return Number(second) > 12 ? real(year, first, second) : null;
}

function monthOf(name: string): string {
  return String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

function real(year: number, month: string, day: string): string | null {
  const [m, d] = [Number(month), Number(day)];
  return isRealDate(year, m, d) ? isoDate(year, m, d) : null;
}

function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 48 && unit <= 57;
}
