/**
 * What trimming mends and what it must not break. A rule that is broken says from which strata tokens must
 * leave, and how many: caps and families by share, churn from the groups whose share grew, licence
 * money from text that is paid by the document or token. A floor (least budget, anchor, `min_tokens`) is
 * only ever broken by leaving, so it is asked before each document goes.
 */
import { anchorTerms } from '../plan/anchor.js';
import {
  type CapRow,
  capRows,
  domainsOf,
  FAMILIES_CAP,
  familyRows,
  weightsOf,
} from '../plan/cap-rows.js';
import { capSums, capUsageOf } from '../plan/cap-usage.js';
import type { TallyRow } from '../plan/cap-usages.js';
import { truthsOf, WHOLE_WEIGHT } from '../plan/cap-weights.js';
import { churnTerms, churnUsageOf, gainsOn, movedSum } from '../plan/churn.js';
import { budgetLeast } from '../plan/rule-usages.js';
import { keyText } from '../plan/stratum.js';
import { sumAt, sumOf } from '../plan/sums.js';
import type { CapUsage, Inventory, StratumKey } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { moneyRule } from './trim-money.js';

/** Tokens that must leave from each stratum, if they leave from it alone, where that helps. */
export type Need = ReadonlyMap<number, number>;

/** Keeps its own sums of the tally; `dropped` tells it of each document that leaves. */
export interface TrimRule {
  /** Null where there is nothing to judge. */
  usage(): CapUsage | null;
  /** Null where no removal can mend it. */
  need(usage: CapUsage): Need | null;
  /** One document of so many tokens has left a stratum. */
  dropped(position: number, tokens: number): void;
}

/** Gains below this share of a token are float noise; no document mends a cap by them. */
const GAIN_LEAST = 1e-9;

/** What is trimmed, and its caps and families as rows: rules mend them, floors keep their minima. */
export interface TrimProblem {
  readonly recipe: Recipe;
  readonly tally: readonly TallyRow[];
  readonly inventory: Inventory;
  readonly rows: readonly CapRow[];
}

export function trimProblem(
  recipe: Recipe,
  tally: readonly TallyRow[],
  inventory: Inventory,
): TrimProblem {
  const keys = tally.map(({ key }) => key);
  return { recipe, tally, inventory, rows: shareRows(recipe, keys, inventory) };
}

/** Caps in their order, then families, churn and money. */
export function trimRules({ recipe, tally, inventory, rows }: TrimProblem): TrimRule[] {
  const tokens = tally.map((row) => row.tokens);
  const caps = rows.map((row) => shareRule(row, tokens));
  return [...caps, churnRule(recipe, tally, inventory), moneyRule(recipe, tally, inventory)].filter(
    (rule) => rule !== null,
  );
}

function shareRows(recipe: Recipe, keys: readonly StratumKey[], inventory: Inventory): CapRow[] {
  const domains = domainsOf([...keys, ...inventory.strata]);
  const rows = capRows(recipe, { keys, domains, truthOf: truthsOf(inventory) });
  const rule = recipe.modelFamilies;
  if (rule === null) return rows;
  const families = familyRows(keys).map(
    ({ scope, part, whole }): CapRow => ({
      capId: FAMILIES_CAP,
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
function shareRule(row: CapRow, tokens: readonly number[]): TrimRule {
  const isShare = row.kind === 'max_share' || row.kind === 'min_share';
  const sign = row.kind === 'min_share' ? -1 : 1;
  const weights = weightsOf(row);
  const inWhole = new Set(row.whole);
  let { part, whole } = capSums(row, tokens);
  const gains = row.whole.flatMap((i) => {
    const gain = sign * ((weights.get(i) ?? 0) / WHOLE_WEIGHT - (isShare ? row.limit : 0));
    return gain > GAIN_LEAST ? [{ i, gain }] : [];
  });
  return {
    usage: () => capUsageOf(row, { part, whole }),
    need: (usage) => {
      if (row.kind === 'min_tokens') return null;
      const limit = isShare ? usage.limit * usage.whole : usage.limit;
      const excess = Math.max(1e-9, sign * (usage.part - limit));
      return new Map(gains.map(({ i, gain }) => [i, Math.ceil(excess / gain)]));
    },
    dropped: (i, less) => {
      if (inWhole.has(i)) whole -= less;
      const weight = weights.get(i);
      if (weight !== undefined) part -= BigInt(row.weights === null ? 1 : weight) * BigInt(less);
    },
  };
}

/** A token less of a group that grew lowers churn's excess by 1 - churn_max - shares before of all that grew. */
function churnRule(
  recipe: Recipe,
  tally: readonly TallyRow[],
  inventory: Inventory,
): TrimRule | null {
  const keys = tally.map(({ key }) => key);
  const tokens = tally.map((row) => row.tokens);
  const terms = churnTerms(recipe, keys, inventory);
  if (terms === null) return null;
  const groupAt = new Map(
    terms.groups.flatMap((g, at) => g.positions.map((i) => [i, at] as const)),
  );
  const now = terms.groups.map(({ positions }) => sumAt(tokens, positions));
  let whole = sumOf(tokens);
  return {
    usage: () => {
      const sum = movedSum(gainsOn(terms, now, whole));
      return churnUsageOf(terms, { sum, whole }, inventory.previous!.version);
    },
    need: ({ part, limit }) => {
      const gains = gainsOn(terms, now, whole);
      const grown = terms.groups.filter((_, g) => gains[g]! > 0n);
      const before = grown.reduce((sum, group) => sum + group.before, 0) / terms.before;
      const gain = 1 - limit - before;
      if (gain <= GAIN_LEAST) return new Map();
      const least = Math.ceil(Math.max(1e-9, part - limit * whole) / gain);
      return new Map(grown.flatMap(({ positions }) => positions.map((i) => [i, least] as const)));
    },
    dropped: (i, less) => {
      now[groupAt.get(i)!]! -= less;
      whole -= less;
    },
  };
}

/** What must not fall: a sum of tokens by stratum, in the unit of the limit. */
export class Floors {
  private readonly floors: { part: bigint; least: bigint; amountAt: AmountAt }[] = [];

  constructor({ recipe, tally, inventory, rows }: TrimProblem) {
    const add = (least: bigint, amountAt: AmountAt) => {
      const part = tally.reduce((sum, { tokens }, i) => sum + amountAt(i, tokens), 0n);
      this.floors.push({ part, least, amountAt });
    };
    const keys = tally.map(({ key }) => key);
    if (recipe.minBudgetShare > 0) add(BigInt(budgetLeast(recipe)), (_, n) => BigInt(n));
    for (const row of rows) {
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
