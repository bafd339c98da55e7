/**
 * Dates that a text bears in itself: the day that a line of its head states as its own, and the
 * latest days that it mentions. A text cannot be older than what it mentions as past.
 */
import { parseDate } from '../schema/parse-date.js';
import { MENTIONED_DAYS_MAX, type TextDates } from '../schema/text-dates.js';
import { firstWrittenDay, latestWrittenDays } from './written-days.js';

const HEAD_LINES = 40;
const HEAD_CHARACTERS = 4_000;
const HAS_YEAR = /(?:19|20)\d\d/;
/** `Created: 13-Jun-2000`, `- Start Date: 2014-03-11`, `**Published:** 3 May 2019`. */
const STATES =
  /^[\s\-*#>|:.]*(?:(?:date|day|first|originally)\s+)?(?:created|creation date|start date|date|published|posted|written|released|issued|publication date|ngày|ngày đăng|日期|发布时间)(?:\s+(?:on|date))?\s*(?:\*\*|__)?\s*[:：]\s*(?:\*\*|__)?\s*(\S.{5,60})$/iu;

/** What a text says of its own age; null where it says nothing. Cost: one linear scan. */
export function findTextDates(text: string): TextDates | null {
  if (!HAS_YEAR.test(text)) return null;
  const stated = statedDay(text);
  const mentioned = latestWrittenDays(text, MENTIONED_DAYS_MAX);
  return stated === null && mentioned.length === 0 ? null : { stated, mentioned };
}

function statedDay(text: string): string | null {
  for (const line of text.slice(0, HEAD_CHARACTERS).split('\n', HEAD_LINES)) {
    if (!HAS_YEAR.test(line)) continue;
    const value = STATES.exec(line.trimEnd())?.[1];
    if (value === undefined) continue;
    const day = parseDate(value) ?? firstWrittenDay(value);
    if (day !== null) return day;
  }
  return null;
}
