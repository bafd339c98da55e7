/**
 * Labels many documents: verdicts are remembered per distinct source, declared value, model family
 * and set of allow-list windows that the date lies in, and shared. What copies say is added to
 * that: by name only, or as evidence that is weighed. Equal to `labelDocument` row by row (tested);
 * treat verdicts as frozen.
 */
import type { Verdict } from '../schema/evidence.js';
import { keyOfParts } from '../schema/key-of-parts.js';
import { parseDate } from '../schema/parse-date.js';
import { isInWindow } from './families/allow-list.js';
import { readCluster } from './families/cluster.js';
import { labelDocument } from './label-document.js';
import type { LabelContext, LabelInput, PlacedAllowList } from './label-input.js';

/** Verdicts kept; beyond that (a family field with a value per row) none are added. */
const REMEMBERED = 10_000;

export function createLabeller(context: LabelContext): (row: LabelInput) => Verdict {
  const remembered = new Map<string, Verdict>();

  function labelAlone(row: LabelInput): Verdict {
    const key = keyOf(row, context.allowListsBySource.get(row.source.name));
    const before = remembered.get(key);
    if (before !== undefined) return before;
    const alone = row.cluster === null ? row : { ...row, cluster: null };
    const verdict = labelDocument(alone, context);
    if (remembered.size < REMEMBERED) remembered.set(key, verdict);
    return verdict;
  }

  return (row) => {
    const copies = readCluster(row, context);
    if (copies.some(({ strength }) => strength > 0)) return labelDocument(row, context);
    const verdict = labelAlone(row);
    if (copies.length === 0) return verdict;
    return { ...verdict, evidence: [...verdict.evidence, ...copies] };
  };
}

/** Everything that the verdict of a single document depends on. */
function keyOf(row: LabelInput, lists: readonly PlacedAllowList[] | undefined): string {
  const declared = row.source.provenance.kind === 'field' ? row.provenanceValue : null;
  const family = row.source.modelFamily?.kind === 'field' ? row.modelFamilyValue : null;
  const windows = lists === undefined ? '' : windowsOf(lists, row.created);
  return keyOfParts(row.source.name, windows, declared, family);
}

function windowsOf(lists: readonly PlacedAllowList[], created: string | null): string {
  const day = parseDate(created);
  if (day === null) return 'undated';
  let windows = '';
  for (const list of lists) windows += isInWindow(list, day) ? '1' : '0';
  return windows;
}
