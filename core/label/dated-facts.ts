/**
 * Every date that is known of a document, by what says it. A third party's capture outranks what a
 * page says of itself, and what a page says outranks an address.
 */
import { dayOf, isIsoDate } from '../schema/calendar.js';
import { parseDate } from '../schema/parse-date.js';
import type { PlatformRole } from '../schema/platform.js';
import type { LabelInput } from './label-input.js';
import { firstWrittenDay } from './written-days.js';

/** A day, and the field that says it. */
export interface DatedFact {
  readonly day: string;
  readonly field: string;
}

export interface DatedFacts {
  readonly created: DatedFact | null;
  readonly published: readonly DatedFact[];
  /** Captures by third parties. */
  readonly firstSeen: readonly DatedFact[];
  readonly modified: readonly DatedFact[];
  /** First day that the address of the document allows. */
  readonly address: DatedFact | null;
  readonly stated: DatedFact | null;
  /** Latest days that the text mentions, newest first. */
  readonly mentioned: readonly DatedFact[];
}

/** What dates are read from. */
export type DatedRow = Pick<LabelInput, 'source' | 'created' | 'url' | 'platform' | 'textDates'>;

/** Two clocks, two time zones: days this near to each other do not contradict. */
const DAYS_APART_MIN = 2;

/** True if the first day lies clearly before the second. */
export function isApart(first: string, second: string): boolean {
  return dayOf(second) - dayOf(first) >= DAYS_APART_MIN;
}

export function datedFacts(row: DatedRow): DatedFacts {
  const created = parseDate(row.created);
  const { created: createdField, url: urlField } = row.source.fields;
  const capture = row.url === null ? null : captureDay(row.url);
  const address = row.url === null || capture !== null ? null : addressDay(row.url);
  const { stated, mentioned } = row.textDates ?? { stated: null, mentioned: [] };
  return {
    created: fact(created, createdField),
    published: factsOf(row, 'published'),
    firstSeen: [
      ...factsOf(row, 'first_seen'),
      ...(capture === null ? [] : [{ day: capture, field: urlField }]),
    ],
    modified: factsOf(row, 'modified'),
    address: fact(address, urlField),
    stated: fact(stated, 'text'),
    mentioned: mentioned.map((day) => ({ day, field: 'text' })),
  };
}

function fact(day: string | null, field: string): DatedFact | null {
  return day === null ? null : { day, field };
}

function factsOf({ platform }: DatedRow, role: PlatformRole): DatedFact[] {
  return platform.flatMap((item) => {
    if (item.role !== role) return [];
    const day = platformDay(item.value);
    return day === null ? [] : [{ day, field: item.field }];
  });
}

/** Dates as platforms write them: also `20190518123000` and `Thu, 30 Nov 2017 08:00:00 GMT`. */
function platformDay(value: string): string | null {
  if (value.length > 60) return null;
  return parseDate(value) ?? compactDay(value.trim()) ?? firstWrittenDay(value);
}

function compactDay(digits: string): string | null {
  if (!/^\d{8}(\d{6})?$/.test(digits)) return null;
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return isIsoDate(day) ? day : null;
}

/** Addresses of a web archive hold the time of the capture: `/web/20190518123000/http..`. */
function captureDay(url: string): string | null {
  const stamp = /\/web\/(\d{14})(?:[a-z]{2}_)?\//.exec(url)?.[1];
  return stamp === undefined ? null : compactDay(stamp);
}

/** `/2019/05/18/`, `/2019-05-18-`, or `/2019/05/`, whose first day counts. */
function addressDay(url: string): string | null {
  const path = /[/_-]((?:19|20)\d\d)([/-])(0?[1-9]|1[0-2])(?:\2(\d{1,2}))?(?=[/_.?#-]|$)/.exec(url);
  if (path === null) return null;
  const [, year, , month, date = '1'] = path;
  const day = `${year}-${month!.padStart(2, '0')}-${date.padStart(2, '0')}`;
  return isIsoDate(day) ? day : null;
}
