/** The least part of the budget, judged in integers like a cap. */
import type { CapUsage } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { BUDGET_CAP } from './cap-rows.js';
import { ceilShare } from './rational.js';

/** Fewest tokens that the plan may have: ceil(min_budget_share x token_budget). */
export function budgetLeast({ minBudgetShare, tokenBudget }: Recipe): number {
  return ceilShare(minBudgetShare, tokenBudget);
}

/** `limit` is the share, `whole` the budget. */
export function budgetUsages(recipe: Recipe, tokens: number): CapUsage[] {
  if (recipe.minBudgetShare === 0) return [];
  const limitTokens = budgetLeast(recipe);
  const slack = tokens - limitTokens;
  return [
    {
      ...{ capId: BUDGET_CAP, scope: 'all', kind: 'min_budget', limit: recipe.minBudgetShare },
      ...{ confidence: null, limitTokens, part: tokens, whole: recipe.tokenBudget },
      ...{ used: tokens / recipe.tokenBudget, slack, kept: slack >= 0 },
      reason: 'least part of the budget that must be reached',
    },
  ];
}
