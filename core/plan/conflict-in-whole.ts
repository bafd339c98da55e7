/**
 * Rules that hold together in fractions of tokens, but not in whole ones: a handful of tokens, as a rule. Here
 * each question is a plan of its own, of the recipe without some rules; the budget and repetition always stand. A plan
 * that was not found is no proof that there is none, so the conflict is never called proven.
 */
import type { Recipe } from '../schema/recipe.js';
import { ANCHOR_CAP, BUDGET_FLOOR, CHURN_CAP, FAMILIES_CAP, LICENCE_CAP } from './cap-rows.js';
import { type Conflict, quickXplain } from './conflict.js';
import type { RelaxedModel } from './relaxed-model.js';
import { ruleStatement } from './rule-statement.js';

/** With more rules than this the conflict is not looked for. */
const RULES_MAX = 40;

interface Rule {
  readonly capId: string;
  readonly remove: (recipe: Recipe) => Recipe;
}

/** An irreducible conflict; null with too many rules. `replan` gives the tokens of a recipe's plan. */
export async function conflictInWhole(
  model: RelaxedModel,
  replan: (recipe: Recipe) => Promise<number | null>,
): Promise<Conflict | null> {
  const { recipe } = model.instance;
  const rules = rulesOf(recipe);
  if (rules.length > RULES_MAX) return null;
  const under = (active: readonly number[]) => {
    const kept = new Set(active);
    return replan(
      rules.reduce((left, rule, i) => (kept.has(i) ? left : rule.remove(left)), recipe),
    );
  };
  const all = rules.map((_, i) => i);
  const found = await quickXplain([], false, all, async (active) => (await under(active)) === null);
  const members: Conflict['members'] = [];
  const groups: number[] = [];
  for (const i of found.sort((a, b) => a - b)) {
    const { capId } = rules[i]!;
    const group = model.groups.findIndex((g) => g.capId === capId);
    if (group < 0) return null;
    const { scope } = model.groups[group]!;
    const without = await under(found.filter((other) => other !== i));
    if (without === null) return null;
    const statement = ruleStatement(model.instance, capId, scope);
    members.push({ capId, scope, statement, without });
    groups.push(group);
  }
  return { groups, members, smallest: 'not_proven' };
}

function rulesOf(recipe: Recipe): Rule[] {
  const caps = recipe.caps.map(({ id }): Rule => {
    return { capId: id, remove: (r) => ({ ...r, caps: r.caps.filter((cap) => cap.id !== id) }) };
  });
  const rules: Rule[] = [
    { capId: BUDGET_FLOOR, remove: (r) => ({ ...r, minBudgetShare: 0 }) },
    { capId: FAMILIES_CAP, remove: (r) => ({ ...r, modelFamilies: null }) },
    { capId: LICENCE_CAP, remove: (r) => ({ ...r, licenceBudget: null }) },
    { capId: ANCHOR_CAP, remove: (r) => ({ ...r, anchor: null }) },
    { capId: CHURN_CAP, remove: (r) => ({ ...r, churnMax: null }) },
  ];
  const sorted = caps.sort((a, b) => (a.capId < b.capId ? -1 : 1));
  return [...sorted, ...rules.filter(({ remove }) => isStated(recipe, remove))];
}

/** Removing what is not stated gives an equal recipe. */
function isStated(recipe: Recipe, remove: Rule['remove']): boolean {
  const without = remove(recipe);
  return (Object.keys(without) as (keyof Recipe)[]).some((key) => without[key] !== recipe[key]);
}
