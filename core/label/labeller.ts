/**
 * Labels many documents: verdicts are remembered per distinct source, declared value, model family
 * and set of allow-lists that hold the document, and shared, where nothing else is known of it. What
 * copies say is added to that: by name only, or as evidence that is weighed. Equal to `labelDocument`
 * row by row (tested); treat verdicts as frozen.
 */
import type { Verdict } from '../schema/evidence.js';
import { keyOfParts } from '../schema/key-of-parts.js';
import { parseDate } from '../schema/parse-date.js';
import { isInWindow, isOfPlace } from './families/allow-list.js';
import { readCluster } from './families/cluster.js';
import { readDates } from './families/date.js';
import { labelDocument, regarded } from './label-document.js';
import type { LabelContext, LabelInput, PlacedAllowList } from './label-input.js';

/** Verdicts kept; beyond that (a family field with a value per row) none are added. */
const REMEMBERED = 10_000;

export function createLabeller(context: LabelContext): (row: LabelInput) => Verdict {
  const remembered = new Map<string, Verdict>();

  function labelAlone(row: LabelInput): Verdict {
    const alone = row.cluster === null ? row : { ...row, cluster: null };
    if (!isPlain(row, context)) return labelDocument(alone, context);
    const key = keyOf(row, context.allowListsBySource.get(row.source.name));
    const before = remembered.get(key);
    if (before !== undefined) return before;
    const verdict = labelDocument(alone, context);
    if (remembered.size < REMEMBERED) remembered.set(key, verdict);
    return verdict;
  }

  return (row) => {
    const copies = regarded(readCluster(row, context), context);
    if (copies.some(({ strength }) => strength > 0)) return labelDocument(row, context);
    const verdict = labelAlone(row);
    if (copies.length === 0) return verdict;
    return { ...verdict, evidence: [...verdict.evidence, ...copies] };
  };
}

/** True if nothing is known of the document by itself but its source, date and declared values. */
function isPlain(row: LabelInput, context: LabelContext): boolean {
  const { platform, credentials, boilerplate, ownOutputs, reviews } = row;
  const lists = [platform, credentials, boilerplate, ownOutputs, reviews];
  const { textDates, textScore } = row;
  if (textDates !== null || textScore !== null || lists.some((list) => list.length > 0))
    return false;
  return readDates(row, context).length === 0;
}

/** Everything that the verdict of a plain document depends on. */
function keyOf(row: LabelInput, lists: readonly PlacedAllowList[] | undefined): string {
  const declared = row.source.provenance.kind === 'field' ? row.provenanceValue : null;
  const family = row.source.modelFamily?.kind === 'field' ? row.modelFamilyValue : null;
  const windows = lists === undefined ? '' : windowsOf(lists, row);
  return keyOfParts(row.source.name, row.domain, windows, declared, family);
}

/** Per list: not of its place, undated, out of its window, or in it. */
function windowsOf(lists: readonly PlacedAllowList[], row: LabelInput): string {
  const day = parseDate(row.created);
  let windows = '';
  for (const list of lists) {
    if (!isOfPlace(list, row)) windows += '-';
    else windows += day === null ? '?' : isInWindow(list, day) ? '1' : '0';
  }
  return windows;
}
