/**
 * Churn against the previous version: half the sum of the changes of shares (total variation), over groups
 * source x domain x label x model family. With x_g tokens of a group in the mix of X, p_g of P before:
 *   churn = sum over groups of max(0, x_g / X - p_g / P) <= churn_max
 * In integers: sum of max(0, P x_g - p_g X) <= churn_max P X. A group that is gone lowers shares only; what
 * rises elsewhere is counted there. A site or language that a cap newly names moves nothing.
 */
import type { CapUsage, Inventory, StratumKey } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { CHURN_CAP } from './cap-rows.js';
import { groupBy } from './group-by.js';
import { divCeil, exactNumber, floorShare, ratioOf } from './rational.js';
import { sumAt, sumOf } from './sums.js';

export interface ChurnGroup {
  /** Tokens of the group in the previous version. */
  readonly before: number;
  /** Positions of its strata. */
  readonly positions: readonly number[];
}

export interface ChurnTerms {
  /** Groups of the keys at hand, in order of first appearance. */
  readonly groups: readonly ChurnGroup[];
  /** Tokens of the previous version, also of groups that are gone. */
  readonly before: number;
  readonly churnMax: number;
}

const groupOf = ({ source, domain, label, modelFamily }: StratumKey) =>
  JSON.stringify([source, domain, label, modelFamily]);

/** Null where the recipe has no `churn_max`, or no previous version to differ from. */
export function churnTerms(
  { churnMax }: Recipe,
  keys: readonly StratumKey[],
  { previous }: Pick<Inventory, 'previous'>,
): ChurnTerms | null {
  if (churnMax === null || previous === null) return null;
  const tokensBefore = new Map<string, number>();
  let before = 0;
  for (const row of previous.strata) {
    const group = groupOf(row);
    before += row.tokens;
    tokensBefore.set(group, (tokensBefore.get(group) ?? 0) + row.tokens);
  }
  if (before === 0) return null;
  const groups = [...groupBy(keys, groupOf)].map(([group, positions]) => {
    return { before: tokensBefore.get(group) ?? 0, positions };
  });
  return { groups, before, churnMax };
}

/** `P x_g - p_g X` of each group: above 0 where the group's share grew. */
export function gainsOf(terms: ChurnTerms, tokens: readonly number[]): bigint[] {
  const now = terms.groups.map(({ positions }) => sumAt(tokens, positions));
  return gainsOn(terms, now, sumOf(tokens));
}

/** The same, of tokens per group and in all. */
export function gainsOn(terms: ChurnTerms, now: readonly number[], whole: number): bigint[] {
  const [before, all] = [BigInt(terms.before), BigInt(whole)];
  return terms.groups.map((group, g) => before * BigInt(now[g]!) - BigInt(group.before) * all);
}

export const movedSum = (gains: readonly bigint[]) =>
  gains.reduce((sum, gain) => (gain > 0n ? sum + gain : sum), 0n);

/** The rule on a tally: `part` is tokens that lie elsewhere than before, of `whole`. */
export function churnUsages(
  recipe: Recipe,
  inventory: Inventory,
  tally: readonly { readonly key: StratumKey; readonly tokens: number }[],
): CapUsage[] {
  const keys = tally.map(({ key }) => key);
  const terms = churnTerms(recipe, keys, inventory);
  if (terms === null) return [];
  const tokens = tally.map((row) => row.tokens);
  const whole = sumOf(tokens);
  const sum = movedSum(gainsOf(terms, tokens));
  return [churnUsageOf(terms, { sum, whole }, inventory.previous!.version)];
}

/** The rule on what moved, times the tokens before, and on the tokens of the mix. */
export function churnUsageOf(
  terms: ChurnTerms,
  { sum, whole }: { readonly sum: bigint; readonly whole: number },
  version: string,
): CapUsage {
  const { numerator, denominator } = ratioOf(terms.churnMax);
  const before = BigInt(terms.before);
  const kept = sum * denominator <= numerator * before * BigInt(whole);
  const limitTokens = floorShare(terms.churnMax, whole);
  const rounded = exactNumber(divCeil(sum, before));
  // Kept exactly, though a part of a token may round past the limit in whole tokens.
  const part = kept ? Math.min(rounded, limitTokens) : rounded;
  return {
    ...{ capId: CHURN_CAP, scope: 'all', kind: 'churn', limit: terms.churnMax, confidence: null },
    ...{ limitTokens, part, whole, used: whole === 0 ? 0 : part / whole },
    ...{ slack: limitTokens - part, kept },
    reason: `tokens that lie elsewhere than in ${version}`,
  };
}
