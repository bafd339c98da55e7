/**
 * Which changes of a recipe leave its inventory as it is. Two recipes with an equal `inventoryPart`
 * have the same strata, so a plan of the second can be made on the inventory of the first. Whatever
 * stands here as a planning key is read by the planner alone; any other key counts for the inventory.
 */
import { canonicalJson } from '../schema/canonical.js';
import type { Recipe } from '../schema/recipe.js';
import { facetNames } from './facets.js';

/** The recipe without what only the planner reads. */
export function inventoryPart(recipe: Recipe): unknown {
  const {
    tokenBudget: _tokenBudget,
    targetShares: _targetShares,
    targetTolerances: _targetTolerances,
    minBudgetShare: _minBudgetShare,
    caps: _caps,
    modelFamilies: _modelFamilies,
    diversity: _diversity,
    maxRepetitionFactor: _maxRepetitionFactor,
    licenceBudget: _licenceBudget,
    risk: _risk,
    churnMax,
    anchor,
    sources,
    ...rest
  } = recipe;
  return {
    ...rest,
    facets: facetNames(recipe),
    looksBack: churnMax !== null || anchor !== null,
    anchor: anchor?.keepHumanOf ?? null,
    sources: sources.map(({ value: _value, maxRepetitionFactor: _factor, ...source }) => source),
  };
}

/** Whether one inventory serves both recipes. */
export function isSameInventory(a: Recipe, b: Recipe): boolean {
  return canonicalJson(inventoryPart(a)) === canonicalJson(inventoryPart(b));
}
