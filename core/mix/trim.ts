/**
 * Makes caps hold on whole documents. A plan's tokens become documents that never pass their quota,
 * so a stratum may fall short, the denominator of a share shrinks, and a share that the plan kept
 * may be passed by a document's width. Then documents leave, highest rank first, from the strata
 * whose going mends the cap, until every cap holds. Each step removes at least one document, so it
 * ends; the same input gives the same steps.
 */
import { type CapRow, capRows, domainsOf, familyRows } from '../plan/cap-rows.js';
import { capUsage, capUsages, type TallyRow } from '../plan/cap-usages.js';
import type { CapUsage, Inventory } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import type { StratumChoice } from './choose.js';

export interface TrimResult {
  /** Documents that left. */
  readonly dropped: number;
  /** Caps that no removal can mend, or that ran out of listed documents. */
  readonly breached: readonly CapUsage[];
  /** True where a wider window of documents may help. */
  readonly exhausted: boolean;
}

/** Tokens that must leave, and the strata that they may leave from. */
interface Need {
  readonly tokens: number;
  readonly from: readonly number[];
}

function needOf(row: CapRow, usage: CapUsage): Need | null {
  const { part, whole, limit } = usage;
  switch (row.kind) {
    case 'max_tokens':
      return { tokens: part - limit, from: row.part };
    case 'max_share':
      return {
        tokens: Math.ceil((part - limit * whole) / Math.max(1e-9, 1 - limit)),
        from: row.part,
      };
    case 'min_share': {
      const inPart = new Set(row.part);
      return {
        tokens: Math.ceil(whole - part / limit),
        from: row.whole.filter((i) => !inPart.has(i)),
      };
    }
    case 'min_tokens':
      return null;
  }
}

/** The stratum whose next document covers the need most tightly; a stratum's last document stays if it can. */
function nextToDrop(choices: readonly StratumChoice[], need: Need): StratumChoice | null {
  let best: StratumChoice | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const position of need.from) {
    const choice = choices[position]!;
    const tokens = choice.nextTokens;
    if (tokens === null) continue;
    const over = tokens >= need.tokens ? tokens - need.tokens : need.tokens - tokens + 1e9;
    const cost = over + (choice.documents === 1 ? 1e12 : 0);
    if (cost < bestCost) {
      best = choice;
      bestCost = cost;
    }
  }
  return best;
}

function shareRows(
  recipe: Recipe,
  choices: readonly StratumChoice[],
  inventory: Inventory,
): CapRow[] {
  const keys = choices.map((choice) => choice.source.key);
  const rows = capRows(recipe, keys, domainsOf([...keys, ...inventory.strata]));
  const rule = recipe.modelFamilies;
  if (rule === null) return rows;
  const families = familyRows(keys).map(
    ({ scope, part, whole }): CapRow => ({
      capId: 'model_families',
      scope,
      kind: 'max_share',
      limit: rule.maxShare,
      part,
      whole,
      reason: '',
    }),
  );
  return [...rows, ...families];
}

export function tallyOf(choices: readonly StratumChoice[]): TallyRow[] {
  return choices.map(({ source, tokens, documents }) => ({ key: source.key, tokens, documents }));
}

/** Drops documents from `choices` until every cap that can be mended holds. */
export function trimToCaps(
  recipe: Recipe,
  inventory: Inventory,
  choices: readonly StratumChoice[],
): TrimResult {
  const rows = shareRows(recipe, choices, inventory);
  let dropped = 0;
  for (let isStable = false; !isStable; ) {
    isStable = true;
    for (const row of rows) {
      for (;;) {
        const usage = capUsage(
          row,
          choices.map((choice) => choice.tokens),
        );
        if (usage.kept) break;
        const need = needOf(row, usage);
        const choice = need === null ? null : nextToDrop(choices, need);
        if (choice === null) return { dropped, breached: [usage], exhausted: need !== null };
        choice.dropLast();
        dropped++;
        isStable = false;
      }
    }
  }
  const breached = capUsages(recipe, tallyOf(choices), inventory).filter((usage) => !usage.kept);
  return { dropped, breached, exhausted: false };
}
