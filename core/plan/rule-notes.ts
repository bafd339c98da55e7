/** Sentences about the rules beyond caps: what they cannot look back on, and what documents may cost them. */
import type { OptimalPlan } from '../schema/plan.js';
import type { Instance } from './instance.js';
import { count } from './rule-statement.js';
import { budgetLeast } from './rule-usages.js';
import { tokensLeftAtMost } from './stratum.js';

/** Rules without a past to hold on to, and what of the anchor is no longer there. */
export function lookingBackNotes({ recipe, inventory, churn, anchor }: Instance): string[] {
  const notes: string[] = [];
  if (recipe.churnMax !== null && churn === null)
    notes.push('churn_max: there is no previous version, so nothing limits how much changes');
  if (recipe.anchor === null) return notes;
  const past = inventory.previous?.anchor ?? null;
  if (anchor === null || past === null) {
    notes.push('anchor: there is no earlier version, so no human text has to stay');
    return notes;
  }
  const of = `human text of ${past.version}`;
  for (const { reason, documents, tokens } of past.lost) {
    notes.push(`anchor: of the ${of}, ${amount(documents, tokens)} not asked for: ${reason}`);
  }
  const { documents, tokens } = past.absent;
  if (documents > 0) {
    const missing = `${amount(documents, tokens)} in no source any more`;
    notes.push(`anchor: of the ${of}, ${missing}: missing`);
  }
  return notes;
}

/** `1 document (30 tokens)`. */
function amount(documents: number, tokens: number): string {
  return `${count(documents)} ${documents === 1 ? 'document' : 'documents'} (${count(tokens)} tokens)`;
}

type Planned = Pick<OptimalPlan, 'tokensAllocated' | 'allocations'>;

/** Where whole documents may leave so much of the quotas unused that a rule is missed. */
export function documentNotes(instance: Instance, plan: Planned): string[] {
  const { recipe, strata, anchor } = instance;
  const unusedAt = (i: number) =>
    tokensLeftAtMost(strata[i]!, plan.allocations[i]!.tokensAllocated);
  const notes: string[] = [];
  const note = (rule: string, unused: number, spare: number) => {
    if (unused <= spare) return;
    const left = `whole documents may leave up to ${count(unused)} tokens of the quotas unused`;
    notes.push(`${left}, and ${rule} has ${count(spare)} to spare`);
  };
  const sumOf = (positions: Iterable<number>) =>
    [...positions].reduce((sum, i) => sum + unusedAt(i), 0);
  if (recipe.minBudgetShare > 0) {
    note('min_budget_share', sumOf(strata.keys()), plan.tokensAllocated - budgetLeast(recipe));
  }
  if (anchor === null) return notes;
  // A stratum that is written whole, or more than once, keeps all of it.
  const partial = [...anchor.available].filter(
    ([i, tokens]) => plan.allocations[i]!.tokensAllocated < tokens,
  );
  const missing = partial.reduce(
    (sum, [i, tokens]) => sum + tokens - plan.allocations[i]!.tokensAllocated,
    0,
  );
  const spare = anchor.usable - missing - anchor.least;
  note('anchor', sumOf(partial.map(([i]) => i)), spare);
  return notes;
}
