/**
 * A planning problem in canonical form: usable strata sorted by key, so the order of sources or
 * caps in a file cannot matter, and what each may give.
 */
import { Failure } from '../schema/failure.js';
import type { Inventory, Stratum } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { type AnchorTerms, anchorTerms } from './anchor.js';
import { type CapRow, capRows, domainsOf, type FamilyRow, familyRows } from './cap-rows.js';
import { truthsOf } from './cap-weights.js';
import { type ChurnTerms, churnTerms } from './churn.js';
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
  /** The rules that look back; null where the recipe or the past asks for nothing. */
  readonly anchor: AnchorTerms | null;
  readonly churn: ChurnTerms | null;
  /** Tokens per unit of the LP. */
  readonly tokensPerUnit: number;
}

export function instanceOf(recipe: Recipe, inventory: Inventory): Instance {
  const strata = inventory.strata.filter((stratum) => stratum.tokens > 0).sort(byKey);
  checkStrata(recipe, inventory, strata);
  const factorOf = repetitionFactors(recipe);
  const domains = domainsOf(strata);
  return {
    recipe,
    inventory,
    strata,
    writable: strata.map((s) => tokensWritable(factorOf(s.source), s.tokens)),
    domains,
    caps: capRows(recipe, { keys: strata, domains, truthOf: truthsOf(inventory) }),
    families: familyRows(strata),
    licence: licenceTerms(recipe, strata),
    anchor: anchorTerms(recipe, strata, inventory),
    churn: churnTerms(recipe, strata, inventory),
    tokensPerUnit: recipe.tokenBudget / BUDGET_UNITS,
  };
}

/** What became of the documents, most frequent reason first. */
function whyLeftOut(inventory: Inventory): string {
  const counts = new Map<string, number>();
  for (const { reason, documents } of inventory.leftOut) {
    counts.set(reason, (counts.get(reason) ?? 0) + documents);
  }
  const reasons = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (reasons.length === 0) return 'no document was read';
  return reasons.map(([reason, count]) => `${reason} ${count}`).join(', ');
}

function checkStrata(recipe: Recipe, inventory: Inventory, strata: readonly Stratum[]): void {
  if (strata.length === 0) {
    throw new Failure('NOTHING_USABLE', {
      subject: `${recipe.name}@${recipe.version}`,
      expected: 'at least one usable document',
      found: `none: ${whyLeftOut(inventory)}`,
      where: recipe.sources
        .map(({ name }) => `sources.${name}`)
        .join(', ')
        .slice(0, 200),
      remedy: 'add text, or grants that allow this use, territory and time',
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
