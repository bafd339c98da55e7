/**
 * Makes caps hold on whole documents. A plan's tokens become documents that never pass their quota,
 * so a stratum may fall short, the denominator of a share shrinks, and a share that the plan kept
 * may be passed by a document's width. Then documents leave, highest rank first, from the strata
 * whose going mends the cap, until every cap holds. Each step removes at least one document, so it
 * ends; the same input gives the same steps.
 */
import { type CapRow, capRows, domainsOf, familyRows, weightsOf } from '../plan/cap-rows.js';
import { capUsage } from '../plan/cap-usage.js';
import { capUsages, type TallyRow } from '../plan/cap-usages.js';
import { truthsOf, WHOLE_WEIGHT } from '../plan/cap-weights.js';
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

/** Tokens that must leave from each stratum, if they leave from it alone, where that helps. */
type Need = ReadonlyMap<number, number>;

/** Gains below this share of a token are float noise; no document mends a cap by them. */
const GAIN_LEAST = 1e-9;

/**
 * With weight w of a stratum in the part and s the share, a token less of it lowers part - s x whole by
 * w - s. A minimum of tokens cannot be mended by less.
 */
function needOf(row: CapRow, { part, whole, limit }: CapUsage): Need | null {
  if (row.kind === 'min_tokens') return null;
  const isShare = row.kind !== 'max_tokens';
  const sign = row.kind === 'min_share' ? -1 : 1;
  const excess = Math.max(1e-9, sign * (part - (isShare ? limit * whole : limit)));
  const weights = weightsOf(row);
  const need = new Map<number, number>();
  for (const i of row.whole) {
    const weight = (weights.get(i) ?? 0) / WHOLE_WEIGHT;
    const gain = sign * (weight - (isShare ? limit : 0));
    if (gain > GAIN_LEAST) need.set(i, Math.ceil(excess / gain));
  }
  return need;
}

/** The stratum whose next document covers the need most tightly; a stratum's last document stays if it can. */
function nextToDrop(choices: readonly StratumChoice[], need: Need): StratumChoice | null {
  let best: StratumChoice | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const [position, needed] of need) {
    const choice = choices[position]!;
    const tokens = choice.nextTokens;
    if (tokens === null) continue;
    const over = tokens >= needed ? tokens - needed : needed - tokens + 1e9;
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
  const domains = domainsOf([...keys, ...inventory.strata]);
  const rows = capRows(recipe, { keys, domains, truthOf: truthsOf(inventory) });
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
      weights: null,
      confidence: null,
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
        if (choice === null)
          return { dropped, breached: [usage], exhausted: need !== null && need.size > 0 };
        choice.dropLast();
        dropped++;
        isStable = false;
      }
    }
  }
  const breached = capUsages(recipe, tallyOf(choices), inventory).filter((usage) => !usage.kept);
  return { dropped, breached, exhausted: false };
}
