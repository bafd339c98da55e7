/**
 * Trust no solver: re-checks a plan from recipe and inventory alone. Every number of the plan is
 * recomputed or bounded; what a plan merely claims (shadow prices, stage values, notes) is not judged,
 * but a plan whose caps, sums, targets, limits or money are off by one token is caught.
 */
import { canonicalJson } from '../schema/canonical.js';
import type { Allocation, CapUsage, Inventory, OptimalPlan, Plan } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { capUsages, licenceOf } from './cap-usages.js';
import { certifyInfeasible } from './certify-infeasible.js';
import { plannedTally } from './planned-tally.js';
import { byCode, keyText, repetitionFactors, stratumName, tokensWritable } from './stratum.js';

/** Complaints about a plan; none means that it holds. Of an infeasible plan its claims are checked that need no solver. */
export function certify(recipe: Recipe, inventory: Inventory, plan: Plan): string[] {
  if (plan.status === 'infeasible') return certifyInfeasible(recipe, inventory, plan);
  const complaints = [
    ...checkAllocations(recipe, inventory, plan),
    ...checkSums(recipe, plan),
    ...checkTargets(recipe, plan),
  ];
  if (complaints.length > 0) return complaints;
  return [...checkCaps(recipe, inventory, plan), ...checkMoney(recipe, inventory, plan)];
}

/** Each usable stratum once, known, in whole tokens, within availability x repetition. */
function checkAllocations(recipe: Recipe, inventory: Inventory, plan: OptimalPlan): string[] {
  const complaints: string[] = [];
  const usable = inventory.strata.filter((stratum) => stratum.tokens > 0);
  const strata = new Map(usable.map((stratum) => [keyText(stratum), stratum]));
  const factorOf = repetitionFactors(recipe);
  const seen = new Set<string>();
  for (const a of plan.allocations) {
    const key = keyText(a);
    const stratum = strata.get(key);
    const say = (text: string) => complaints.push(`${stratumName(a)}: ${text}`);
    if (seen.has(key)) say('stands twice in the plan');
    seen.add(key);
    if (stratum === undefined) {
      say('is not in the inventory');
      continue;
    }
    const tokens = a.tokensAllocated;
    if (!Number.isSafeInteger(tokens) || tokens < 0) say(`${tokens} is no number of tokens`);
    else if (tokens > tokensWritable(factorOf(a.source), stratum.tokens)) {
      say(`${tokens} tokens pass ${factorOf(a.source)} x ${stratum.tokens}`);
    }
    if (a.tokensAvailable !== stratum.tokens) {
      say(`says ${a.tokensAvailable} available, the inventory ${stratum.tokens}`);
    }
    if (!Number.isFinite(a.tokensRequested) || a.tokensRequested < 0) {
      say(`${a.tokensRequested} is no number of tokens`);
    }
    if (a.epochs !== tokens / stratum.tokens) say(`says ${a.epochs} epochs`);
  }
  for (const stratum of usable) {
    if (seen.has(keyText(stratum))) continue;
    complaints.push(`${stratumName(stratum)}: missing in the plan`);
  }
  return complaints;
}

const sumOf = (rows: readonly Allocation[]) =>
  rows.reduce((sum, row) => sum + row.tokensAllocated, 0);

function checkSums(recipe: Recipe, plan: OptimalPlan): string[] {
  const complaints: string[] = [];
  const sum = sumOf(plan.allocations);
  if (plan.tokenBudget !== recipe.tokenBudget) {
    complaints.push(`plan: budget ${plan.tokenBudget}, the recipe says ${recipe.tokenBudget}`);
  }
  if (plan.tokensAllocated !== sum) {
    complaints.push(`plan: says ${plan.tokensAllocated} tokens, its allocations sum to ${sum}`);
  }
  if (sum > recipe.tokenBudget) complaints.push(`plan: ${sum} tokens pass the budget`);
  if (sum === 0) complaints.push('plan: allocates nothing, yet calls itself optimal');
  return complaints;
}

function checkTargets(recipe: Recipe, plan: OptimalPlan): string[] {
  const total = sumOf(plan.allocations);
  const expected = Object.keys(recipe.targetShares)
    .sort(byCode)
    .map((domain) => {
      const tokens = sumOf(plan.allocations.filter((a) => a.domain === domain));
      const planned = total === 0 ? 0 : tokens / total;
      return { domain, target: recipe.targetShares[domain]!, planned, tokens };
    });
  const same = canonicalJson(expected) === canonicalJson(plan.targets);
  return same ? [] : ['targets: not what the allocations come to'];
}

/** Every cap kept, and every row of `plan.caps` what `capUsages` makes of the allocations. */
function checkCaps(recipe: Recipe, inventory: Inventory, plan: OptimalPlan): string[] {
  const expected = capUsages(recipe, plannedTally(plan.allocations, inventory), inventory);
  const complaints = expected
    .filter((cap) => !cap.kept)
    .map(
      (cap) =>
        `cap ${cap.capId} (${cap.kind}) in ${cap.scope}: ${cap.part} against ${cap.limitTokens}`,
    );
  if (expected.length !== plan.caps.length) {
    complaints.push(`caps: ${plan.caps.length} rows, ${expected.length} expected`);
  }
  expected.forEach((cap, i) => {
    const stated = plan.caps[i];
    if (stated === undefined) return;
    const { shadowPrice: _, price: __, ...usage } = stated;
    if (canonicalJson(usage satisfies CapUsage) === canonicalJson(cap)) return;
    complaints.push(`caps[${i}]: not what ${cap.capId} in ${cap.scope} comes to`);
  });
  return complaints;
}

function checkMoney(recipe: Recipe, inventory: Inventory, plan: OptimalPlan): string[] {
  const strata = inventory.strata.filter((stratum) => stratum.tokens > 0);
  const tally = plannedTally(plan.allocations, inventory);
  const cost = licenceOf(recipe, strata, tally);
  return canonicalJson(cost) === canonicalJson(plan.licenceCost)
    ? []
    : ['licenceCost: not what the grants of the allocations cost'];
}
