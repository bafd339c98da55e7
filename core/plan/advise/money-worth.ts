/**
 * What more licence money buys: the budget is raised by 1 % and by 100 units, and the problem is
 * planned again. Where the plan spends the money says which grant's text is the cheapest way to more.
 */
import { minorDigits, minorUnits, moneyText } from '../../license/fee.js';
import { grantIdsOf } from '../../license/resolve.js';
import type { GrantLine, MoneyAdvice, SetChange } from '../../schema/advice.js';
import type { Inventory, OptimalPlan, Plan } from '../../schema/plan.js';
import type { Recipe } from '../../schema/recipe.js';
import { licenceCost, licenceTerms } from '../licence.js';
import { byCode, documentsPlanned, keyText } from '../stratum.js';
import { sumOf } from '../sums.js';
import { moreMoney } from './limit-cost.js';
import type { Replans } from './replans.js';

const BUDGET_STEP = 0.01;
/** In major units. */
const UNITS_STEP = 100;

/** Re-plans that it takes. */
export const MONEY_REPLANS_MAX = 2;

/** Null where the recipe has no licence budget. */
export async function moneyWorth(replans: Replans, plan: OptimalPlan): Promise<MoneyAdvice | null> {
  const { recipe, inventory } = replans.problem;
  const budget = recipe.licenceBudget;
  if (budget === null) return null;
  const { amount, currency } = budget;
  const now = minorUnits(amount, currency);
  const steps = [
    moreMoney(budget, BUDGET_STEP),
    moneyText(now + UNITS_STEP * 10 ** minorDigits(currency), currency),
  ];
  const made = [];
  for (const to of new Set(steps)) made.push(await replans.planWith(moreBudget(amount, to)));
  made.sort(
    (a, b) => addedBy(now, a.tried.change, currency) - addedBy(now, b.tried.change, currency),
  );
  const tried = made.map((one) => one.tried);
  const binds = tried.some(
    (one) => replans.isGain(one, 'tokens') || replans.isGain(one, 'deviation'),
  );
  const last = made.at(-1)!;
  const perUnit = last.tried.gainTokens / addedBy(now, last.tried.change, currency);
  return {
    ...{ currency, binds, tried },
    tokensPerMinorUnit: binds ? perUnit : 0,
    grants: binds ? grantLines(recipe, inventory, plan, last.plan) : [],
  };
}

function moreBudget(from: string, to: string): SetChange {
  return { kind: 'set', key: 'licence_budget.amount', from, to };
}

/** Minor units by which a change raises the budget. */
export function addedBy(now: number, change: unknown, currency: string): number {
  return minorUnits(String((change as SetChange).to), currency) - now;
}

interface Spent {
  readonly tokens: number;
  readonly minorUnits: number;
}

/** Tokens under each grant with a fee, and what they cost; a stratum under two grants counts for both. */
function spentByGrant(recipe: Recipe, inventory: Inventory, plan: OptimalPlan): Map<string, Spent> {
  const strata = inventory.strata.filter((stratum) => stratum.tokens > 0);
  const terms = licenceTerms(recipe, strata);
  const allocated = new Map(plan.allocations.map((a) => [keyText(a), a.tokensAllocated]));
  const tokens = strata.map((stratum) => allocated.get(keyText(stratum)) ?? 0);
  const documents = strata.map((stratum, i) => documentsPlanned(stratum, tokens[i]!));
  return new Map(
    (terms?.fees ?? []).map((fee) => {
      const minor = licenceCost({ ...terms!, fees: [fee] }, strata, { tokens, documents });
      const under = strata.map((s, i) =>
        grantIdsOf(s.grantId).includes(fee.grantId) ? tokens[i]! : 0,
      );
      return [fee.grantId, { tokens: sumOf(under), minorUnits: minor }];
    }),
  );
}

function grantLines(
  recipe: Recipe,
  inventory: Inventory,
  before: OptimalPlan,
  after: Plan,
): GrantLine[] {
  if (after.status !== 'optimal') return [];
  const then = spentByGrant(recipe, inventory, after);
  const now = spentByGrant(recipe, inventory, before);
  const lines = [...then].map(([grantId, spent]) => {
    const { tokens, minorUnits: minor } = now.get(grantId) ?? NOTHING;
    const change = {
      changeTokens: spent.tokens - tokens,
      changeMinorUnits: spent.minorUnits - minor,
    };
    return { grantId, tokens, minorUnits: minor, ...change };
  });
  return lines.sort((a, b) => b.changeTokens - a.changeTokens || byCode(a.grantId, b.grantId));
}

const NOTHING: Spent = { tokens: 0, minorUnits: 0 };
