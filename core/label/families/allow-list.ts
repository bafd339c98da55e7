/**
 * Allow-lists: text of one source from a window of days `[after, before)`, of a site and of a class
 * of authors where the list names them, with a reason and an expiry. A list that has expired, or that
 * would need a date that the row lacks, is kept visible with strength 0.
 */

import type { Evidence } from '../../schema/evidence.js';
import { parseDate } from '../../schema/parse-date.js';
import {
  type EvidenceFamilyReader,
  type LabelInput,
  matchesPattern,
  type PlacedAllowList,
} from '../label-input.js';
import { STRENGTH_T2 } from '../policy.js';

export const readAllowLists: EvidenceFamilyReader = (row, context) => {
  const lists = context.allowListsBySource.get(row.source.name);
  if (lists === undefined) return [];
  const day = parseDate(row.created);
  return lists
    .filter((list) => isOfPlace(list, row))
    .flatMap((list) => readOne(list, day, context.asOf));
};

/** True if the row is of the site and the class of authors that a list names. */
export function isOfPlace(
  { url, author }: PlacedAllowList,
  row: Pick<LabelInput, 'url' | 'platform'>,
): boolean {
  if (url !== null && (row.url === null || !matchesPattern(url, row.url))) return false;
  if (author === null) return true;
  return row.platform.some(
    ({ role, value }) => role === 'author' && matchesPattern(author, value.trim()),
  );
}

/** True if a known day lies in the window of a list. */
export function isInWindow(list: PlacedAllowList, day: string): boolean {
  return (list.before === null || day < list.before) && (list.after === null || day >= list.after);
}

function readOne(list: PlacedAllowList, day: string | null, asOf: string): Evidence[] {
  if (day !== null && !isInWindow(list, day)) return [];
  if (day === null)
    return [entry(list, 'allow_list_without_date', `no readable date; ${list.reason}`)];
  if (asOf >= list.expires) {
    return [entry(list, 'allow_list_expired', `expired on ${list.expires}; ${list.reason}`)];
  }
  const window = [
    ...(list.url === null ? [] : [list.url]),
    ...(list.author === null ? [] : [`by ${list.author}`]),
    ...(list.after === null ? [] : [`from ${list.after}`]),
    ...(list.before === null ? [] : [`before ${list.before}`]),
  ].join(', ');
  return [
    { ...entry(list, 'allow_list_date', `${window}: ${list.reason}`), strength: STRENGTH_T2 },
  ];
}

function entry(list: PlacedAllowList, reason: string, detail: string): Evidence {
  return {
    family: 'allow_list',
    tier: 'T2',
    supports: list.label,
    direction: 'for',
    strength: 0,
    reason,
    detail,
    field: `allow_lists[${list.index}]`,
    span: null,
  };
}
