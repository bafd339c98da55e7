/**
 * What trimming mends and what it must not break. A rule that is broken says from which strata tokens must
 * leave, and how many: caps and families by share, churn from the groups whose share grew, licence
 * money from text that is paid by the document or token. A floor (least budget, anchor, `min_tokens`) is
 * only ever broken by leaving, so it is asked before each document goes.
 */
import { anchorTerms } from '../plan/anchor.js';
import { type CapRow, capRows, domainsOf, familyRows, weightsOf } from '../plan/cap-rows.js';
import { capUsage } from '../plan/cap-usage.js';
import { licenceUsages, type TallyRow } from '../plan/cap-usages.js';
import { truthsOf, WHOLE_WEIGHT } from '../plan/cap-weights.js';
import { churnTerms, churnUsages, gainsOf } from '../plan/churn.js';
import { licenceTerms } from '../plan/licence.js';
import { budgetLeast } from '../plan/rule-usages.js';
import { keyText } from '../plan/stratum.js';
import type { CapUsage, Inventory, StratumKey } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';

/** Tokens that must leave from each stratum, if they leave from it alone, where that helps. */
export type Need = ReadonlyMap<number, number>;

export interface TrimRule {
  /** Null where there is nothing to judge. */
  usage(tally: readonly TallyRow[]): CapUsage | null;
  /** Null where no removal can mend it. */
  need(usage: CapUsage, tally: readonly TallyRow[]): Need | null;
}

/** Gains below this share of a token are float noise; no document mends a cap by them. */
const GAIN_LEAST = 1e-9;

const tokensOf = (tally: readonly TallyRow[]) => tally.map(({ tokens }) => tokens);

/** Caps in their order, then families, churn and money. */
export function trimRules(
  recipe: Recipe,
  keys: readonly StratumKey[],
  inventory: Inventory,
): TrimRule[] {
  const caps = shareRows(recipe, keys, inventory).map(
    (row): TrimRule => ({
      usage: (tally) => capUsage(row, tokensOf(tally)),
      need: (usage) => capNeed(row, usage),
    }),
  );
  return [...caps, churnRule(recipe, keys, inventory), moneyRule(recipe, keys, inventory)];
}

function shareRows(recipe: Recipe, keys: readonly StratumKey[], inventory: Inventory): CapRow[] {
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

/**
 * With weight w of a stratum in the part and s the share, a token less of it lowers part - s x whole by
 * w - s. A minimum of tokens cannot be mended by less.
 */
function capNeed(row: CapRow, { part, whole, limit }: CapUsage): Need | null {
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

/** A token less of a group that grew lowers churn's excess by 1 - churn_max - shares before of all that grew. */
function churnRule(recipe: Recipe, keys: readonly StratumKey[], inventory: Inventory): TrimRule {
  const terms = churnTerms(recipe, keys, inventory);
  return {
    usage: (tally) => churnUsages(recipe, inventory, tally)[0] ?? null,
    need: ({ part, whole, limit }, tally) => {
      const gains = gainsOf(terms!, tokensOf(tally));
      const grown = terms!.groups.filter((_, g) => gains[g]! > 0n);
      const before = grown.reduce((sum, group) => sum + group.before, 0) / terms!.before;
      const gain = 1 - limit - before;
      if (gain <= GAIN_LEAST) return new Map();
      const tokens = Math.ceil(Math.max(1e-9, part - limit * whole) / gain);
      return new Map(grown.flatMap(({ positions }) => positions.map((i) => [i, tokens] as const)));
    },
  };
}

/** Documents are paid as they are counted, and those of a quota may be more than the plan expected. */
function moneyRule(recipe: Recipe, keys: readonly StratumKey[], inventory: Inventory): TrimRule {
  const { strata } = inventory;
  const paid = new Set(
    (licenceTerms(recipe, strata)?.fees ?? [])
      .filter(({ fee }) => fee.meter !== 'ingested')
      .flatMap((grant) => grant.strata.map((i) => strata[i]!.grantId)),
  );
  const moneyOf = (tally: readonly TallyRow[]) => licenceUsages(recipe, strata, tally)[0] ?? null;
  return {
    usage: moneyOf,
    need: ({ part }, tally) => {
      const most = [...tally.keys()]
        .filter((i) => paid.has(keys[i]!.grantId) && tally[i]!.documents > 0)
        .sort((a, b) => tally[b]!.documents - tally[a]!.documents || a - b);
      const need = new Map<number, number>();
      for (const i of most) {
        // Worth it only where the money falls: not under a fee that has reached its cap.
        if (moneyOf(withoutOne(tally, i))!.part < part) need.set(i, 1);
        if (need.size === PAID_TRIED) break;
      }
      return need;
    },
  };
}

/** Strata between which the document that leaves for money is chosen. */
const PAID_TRIED = 8;

/** The tally with one document of mean size less in a stratum. */
function withoutOne(tally: readonly TallyRow[], i: number): TallyRow[] {
  const { tokens, documents } = tally[i]!;
  const less = Math.max(1, Math.floor(tokens / documents));
  const fewer = { ...tally[i]!, tokens: tokens - less, documents: documents - 1 };
  return tally.map((row, at) => (at === i ? fewer : row));
}

/** What must not fall: a sum of tokens by stratum, in the unit of the limit. */
export class Floors {
  private readonly floors: { part: bigint; least: bigint; amountAt: AmountAt }[] = [];

  constructor(recipe: Recipe, tally: readonly TallyRow[], inventory: Inventory) {
    const add = (least: bigint, amountAt: AmountAt) => {
      const part = tally.reduce((sum, { tokens }, i) => sum + amountAt(i, tokens), 0n);
      this.floors.push({ part, least, amountAt });
    };
    const keys = tally.map(({ key }) => key);
    if (recipe.minBudgetShare > 0) add(BigInt(budgetLeast(recipe)), (_, n) => BigInt(n));
    for (const row of shareRows(recipe, keys, inventory)) {
      if (row.kind !== 'min_tokens') continue;
      const weights = weightsOf(row);
      const least = BigInt(row.limit) * BigInt(WHOLE_WEIGHT);
      add(least, (i, n) => BigInt(weights.get(i) ?? 0) * BigInt(n));
    }
    const known = new Map(inventory.strata.map((stratum) => [keyText(stratum), stratum]));
    const strata = keys.map((key) => known.get(keyText(key))!);
    const anchor = anchorTerms(recipe, strata, inventory);
    if (anchor === null) return;
    add(BigInt(anchor.least), (i, n) => BigInt(Math.min(n, anchor.available.get(i) ?? 0)));
  }

  /** False where the stratum's next document would break a floor, or what is broken already. */
  allows(i: number, tokens: number, less: number): boolean {
    return this.floors.every(({ part, least, amountAt }) => {
      const change = amountAt(i, tokens) - amountAt(i, tokens - less);
      return change === 0n || part - change >= least;
    });
  }

  dropped(i: number, tokensBefore: number, less: number): void {
    for (const floor of this.floors)
      floor.part -= floor.amountAt(i, tokensBefore) - floor.amountAt(i, tokensBefore - less);
  }
}

type AmountAt = (position: number, tokens: number) => bigint;
