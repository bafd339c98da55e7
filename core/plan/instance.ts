/**
 * A planning problem in canonical form: usable strata sorted by key, so the order of sources or
 * caps in a file cannot matter, and what each may give.
 */
import { Failure } from '../schema/failure.js';
import type { Inventory, Stratum } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { type CapRow, capRows, domainsOf, type FamilyRow, familyRows } from './cap-rows.js';
import { type LicenceTerms, licenceTerms } from './licence.js';
import { byKey, keyText, repetitionFactors, tokensWritable } from './stratum.js';

/** Scaled size of the token budget: with it a tolerance of 1e-7 is 1e-11 of the budget. */
const BUDGET_UNITS = 1e4;

export interface Instance {
  readonly recipe: Recipe;
  readonly inventory: Inventory;
  /** Usable strata (tokens > 0), by key. */
  readonly strata: readonly Stratum[];
  /** Most tokens of each stratum: floor(factor x available). */
  readonly writable: readonly number[];
  readonly domains: readonly string[];
  readonly caps: readonly CapRow[];
  readonly families: readonly FamilyRow[];
  readonly licence: LicenceTerms | null;
  /** Tokens per unit of the LP. */
  readonly tokensPerUnit: number;
}

export function instanceOf(recipe: Recipe, inventory: Inventory): Instance {
  const strata = inventory.strata.filter((stratum) => stratum.tokens > 0).sort(byKey);
  checkStrata(recipe, strata);
  const factorOf = repetitionFactors(recipe);
  const domains = domainsOf(strata);
  return {
    recipe,
    inventory,
    strata,
    writable: strata.map((s) => tokensWritable(factorOf(s.source), s.tokens)),
    domains,
    caps: capRows(recipe, strata, domains),
    families: familyRows(strata),
    licence: licenceTerms(recipe, strata),
    tokensPerUnit: recipe.tokenBudget / BUDGET_UNITS,
  };
}

function checkStrata(recipe: Recipe, strata: readonly Stratum[]): void {
  if (strata.length === 0) {
    throw new Failure('NOTHING_USABLE', {
      subject: `${recipe.name}@${recipe.version}`,
      expected: 'at least one usable document',
      found: 'none in any source',
      where: 'sources',
      remedy:
        'see what was left out and why: duplicates, grants that do not allow the use, holdout',
    });
  }
  const known = new Set(recipe.sources.map((source) => source.name));
  const stranger = strata.find((stratum) => !known.has(stratum.source));
  if (stranger !== undefined) {
    throw new Failure('RECIPE_INVALID', {
      subject: `source "${stranger.source}"`,
      expected: 'a source of the recipe',
      found: 'one that only the inventory has',
      where: 'sources',
      remedy: 'take the inventory again with this recipe',
    });
  }
  const keys = new Set(strata.map(keyText));
  if (keys.size === strata.length) return;
  throw new Error('assertion failed: a stratum stands twice in the inventory');
}

/** Positions grouped by a text, in order of first appearance; null leaves an item out. */
export function groupBy<T>(
  items: readonly T[],
  textOf: (item: T, position: number) => string | null,
): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  items.forEach((item, i) => {
    const text = textOf(item, i);
    if (text === null) return;
    const list = groups.get(text);
    if (list === undefined) groups.set(text, [i]);
    else list.push(i);
  });
  return groups;
}
