/**
 * Trust no chooser: re-checks a selection from recipe, inventory and plan alone. No quota is passed, every
 * cap holds on whole documents, each stratum's shortfall is explained, and no stratum came out empty
 * unsaid. Which documents they are is not judged here: the written files are counted against the selection.
 */
import { capUsages, type TallyRow } from '../plan/cap-usages.js';
import { keyText, stratumName } from '../plan/stratum.js';
import { canonicalJson } from '../schema/canonical.js';
import type { Inventory, OptimalPlan, Stratum } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import type { Selection, StratumSelection } from '../schema/selection.js';
import { emptyStrata } from './selected-strata.js';
import { stratumKeyFrom } from './stratum-table.js';

/** Complaints about a selection; none means that it holds. Cost: caps x strata. */
export function certifySelection(
  recipe: Recipe,
  inventory: Inventory,
  plan: OptimalPlan,
  selection: Selection,
): string[] {
  const complaints = [
    ...checkStrata(inventory, plan, selection),
    ...checkHoldout(recipe, inventory, selection),
    ...checkNotes(inventory, selection),
  ];
  if (complaints.length > 0) return complaints;
  return [
    ...checkCaps(recipe, inventory, selection),
    ...checkTrimming(recipe, inventory, selection),
  ];
}

/** Every stratum of the inventory once, each with a choice that its documents and its quota allow. */
function checkStrata(inventory: Inventory, plan: OptimalPlan, { strata }: Selection): string[] {
  const known = new Map(inventory.strata.map((stratum) => [keyText(stratum), stratum]));
  const quotas = new Map(plan.allocations.map((a) => [keyText(a), a.tokensAllocated]));
  const seen = new Set<string>();
  const complaints = strata.flatMap((selected) => {
    const key = keyText(selected);
    const stratum = known.get(key);
    const found =
      stratum === undefined
        ? ['is not in the inventory']
        : checkStratum(selected, stratum, quotas.get(key) ?? 0);
    if (seen.has(key)) found.push('stands twice in the selection');
    seen.add(key);
    return found.map((complaint) => `${stratumName(selected)}: ${complaint}`);
  });
  const missing = inventory.strata.filter((stratum) => !seen.has(keyText(stratum)));
  return [...complaints, ...missing.map((s) => `${stratumName(s)}: missing in the selection`)];
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;

function checkStratum(selected: StratumSelection, stratum: Stratum, quota: number): string[] {
  const { tokensPlanned, tokensSelected, documentsSelected, tokensTrimmed } = selected;
  const { tokensAvailable, documentsTrimmed } = selected;
  const counts = [tokensSelected, documentsSelected, tokensTrimmed, documentsTrimmed];
  if (!counts.every(isCount)) return [`${counts.join(', ')} are no counts`];
  const complaints: string[] = [];
  if (tokensAvailable !== stratum.tokens)
    complaints.push(`says ${tokensAvailable} available, the inventory ${stratum.tokens}`);
  if (tokensPlanned !== quota) complaints.push(`says ${tokensPlanned} planned, the plan ${quota}`);
  const chosen = tokensSelected + tokensTrimmed;
  if (chosen > quota) complaints.push(`${chosen} tokens pass the quota of ${quota}`);
  if (quota > 0 && quota - chosen >= stratum.tokensMax)
    complaints.push(
      `${quota - chosen} tokens below its quota, where its largest document has ${stratum.tokensMax}`,
    );
  if (tokensTrimmed > 0 !== documentsTrimmed > 0)
    complaints.push(`${documentsTrimmed} documents of ${tokensTrimmed} tokens trimmed`);
  return [...complaints, ...checkPasses(selected, stratum)];
}

/** Whole passes, and a part of one more whose documents are as large as documents of the stratum are. */
function checkPasses(selected: StratumSelection, stratum: Stratum): string[] {
  const { fullPasses, extras, tokensSelected, documentsSelected, threshold } = selected;
  const tokens = tokensSelected - fullPasses * stratum.tokens;
  const documents = documentsSelected - fullPasses * stratum.documents;
  const isPart =
    tokens >= 0 && documents >= 0 && tokens <= stratum.tokens && documents <= stratum.documents;
  if (!isPart) return [`${fullPasses} whole passes are not what it selects`];
  if (tokens < documents * stratum.tokensMin || tokens > documents * stratum.tokensMax)
    return [`${documents} documents cannot have ${tokens} tokens`];
  if (documents === stratum.documents && tokens !== stratum.tokens)
    return [`all ${documents} documents have ${stratum.tokens} tokens, not ${tokens}`];
  if (extras.length > documents || new Set(extras).size < extras.length)
    return [`${extras.length} documents fill its gap, of ${documents}`];
  return documents > extras.length && threshold === 0 ? ['a cut at 0 chooses nothing'] : [];
}

function checkHoldout(recipe: Recipe, { leftOut }: Inventory, selection: Selection): string[] {
  const held = leftOut.filter(({ reason }) => reason === 'holdout');
  const documents = held.reduce((sum, row) => sum + row.documents, 0);
  const tokens = held.reduce((sum, row) => sum + row.tokens, 0);
  const complaints: string[] = [];
  if (selection.seed !== recipe.seed) complaints.push(`seed ${selection.seed} is not the recipe's`);
  if (canonicalJson(selection.holdout) !== canonicalJson({ documents, tokens }))
    complaints.push('holdout: not what the inventory holds out');
  const isFiled = (rows: number, shards: number) => (rows === 0 ? shards === 0 : shards > 0);
  if (!isFiled(documents, selection.holdoutShards))
    complaints.push('holdout: no file, or too many');
  if (selection.trainShards === 0) complaints.push('no file for the training rows');
  return complaints;
}

function checkNotes(inventory: Inventory, { strata, notes }: Selection): string[] {
  const expected = emptyStrata(strata, inventory);
  return canonicalJson(expected) === canonicalJson(notes)
    ? []
    : ['notes: not the strata that were planned and came out empty'];
}

type Amount = (selected: StratumSelection) => { tokens: number; documents: number };

function brokenCaps(recipe: Recipe, inventory: Inventory, selection: Selection, of: Amount) {
  const tally: TallyRow[] = selection.strata.map((selected) => ({
    key: stratumKeyFrom(selected),
    ...of(selected),
  }));
  return capUsages(recipe, tally, inventory).filter(({ kept }) => !kept);
}

function checkCaps(recipe: Recipe, inventory: Inventory, selection: Selection): string[] {
  const broken = brokenCaps(recipe, inventory, selection, (s) => ({
    tokens: s.tokensSelected,
    documents: s.documentsSelected,
  }));
  return broken.map(
    ({ capId, kind, scope, part, limitTokens }) =>
      `cap ${capId} (${kind}) in ${scope}: ${part} against ${limitTokens} on whole documents`,
  );
}

/** Documents leave for a cap only: with all of them back, one is broken. */
function checkTrimming(recipe: Recipe, inventory: Inventory, selection: Selection): string[] {
  const trimmed = selection.strata.reduce((sum, s) => sum + s.documentsTrimmed, 0);
  if (trimmed === 0) return [];
  const broken = brokenCaps(recipe, inventory, selection, (s) => ({
    tokens: s.tokensSelected + s.tokensTrimmed,
    documents: s.documentsSelected + s.documentsTrimmed,
  }));
  return broken.length > 0 ? [] : [`${trimmed} documents left, yet every cap holds with them`];
}
