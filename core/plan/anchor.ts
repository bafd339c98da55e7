/**
 * The anchor: human text of an earlier version stays. Of what that version held, `usable` tokens may still
 * be used (the anchored strata), `absent` ones are in no source any more. The rule, in whole tokens:
 *   sum over anchored strata of min(tokens, available) >= ceil(min_share x (usable + absent))
 * A token written twice keeps one token. Text whose grant is gone, or that is no longer human, is not asked for.
 */
import type { CapUsage, Inventory, Stratum } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { ANCHOR_CAP } from './cap-rows.js';
import type { ExactRule } from './exact-rows.js';
import { ceilShare } from './rational.js';
import { keyText } from './stratum.js';
import { sumOf } from './sums.js';

export interface AnchorTerms {
  /** Tokens of each anchored stratum, by position. */
  readonly available: ReadonlyMap<number, number>;
  /** Tokens that the earlier version held and that may be used, or are missing. */
  readonly whole: number;
  readonly usable: number;
  /** Fewest tokens to keep. */
  readonly least: number;
  /** As many that whole documents surely keep the least, where there are so many. */
  readonly roomy: number;
}

/** Null where the recipe has no anchor, or no earlier version to hold on to. */
export function anchorTerms(
  recipe: Recipe,
  strata: readonly Stratum[],
  { previous }: Pick<Inventory, 'previous'>,
): AnchorTerms | null {
  if (recipe.anchor === null || previous === null || previous.anchor === null) return null;
  const anchored = [...strata.entries()].filter(([, stratum]) => stratum.anchored);
  const usable = anchored.reduce((sum, [, stratum]) => sum + stratum.tokens, 0);
  const whole = usable + previous.anchor.absent.tokens;
  const least = ceilShare(recipe.anchor.minShare, whole);
  const unused = anchored.reduce((sum, [, s]) => sum + Math.max(0, s.tokensMax - 1), 0);
  return {
    available: new Map(anchored.map(([i, stratum]) => [i, stratum.tokens])),
    ...{ whole, usable, least },
    roomy: Math.max(least, Math.min(usable, least + unused)),
  };
}

/** The rule on a tally: `part` is what is kept of `whole`. */
export function anchorUsages(
  recipe: Recipe,
  inventory: Inventory,
  tokensOf: ReadonlyMap<string, number>,
): CapUsage[] {
  const terms = anchorTerms(recipe, inventory.strata, inventory);
  if (terms === null) return [];
  const part = [...terms.available].reduce((sum, [i, available]) => {
    return sum + Math.min(available, tokensOf.get(keyText(inventory.strata[i]!)) ?? 0);
  }, 0);
  const { whole, least } = terms;
  const slack = part - least;
  return [
    {
      ...{ capId: ANCHOR_CAP, scope: 'all', kind: 'anchor', limit: recipe.anchor!.minShare },
      ...{
        confidence: null,
        limitTokens: least,
        part,
        whole,
        used: whole === 0 ? 0 : part / whole,
      },
      ...{ slack, kept: slack >= 0 },
      reason: `human text of ${inventory.previous!.anchor!.version}`,
    },
  ];
}

/** Fewest tokens that each anchored stratum must have, even where all others keep everything. */
export function anchorLower({ available }: AnchorTerms, wanted: number): Map<number, number> {
  const usable = sumOf([...available.values()]);
  return new Map([...available].map(([i, tokens]) => [i, Math.max(0, wanted - (usable - tokens))]));
}

/** The rule while whole tokens are moved one by one: `wanted` is kept. */
export function anchorRule(
  { available }: AnchorTerms,
  wanted: number,
): (tokens: readonly number[]) => ExactRule {
  return (tokens) => {
    const keptOf = (i: number, amount: number) => Math.min(amount, available.get(i) ?? 0);
    let kept = 0;
    for (const i of available.keys()) kept += keptOf(i, tokens[i]!);
    return {
      excess: () => BigInt(wanted - kept),
      effects: () =>
        [...available]
          .filter(([i, most]) => tokens[i]! < most)
          .map(([stratum]) => ({ stratum, effect: -1n })),
      allows: (i, delta) => {
        const change = keptOf(i, tokens[i]! + delta) - keptOf(i, tokens[i]!);
        return change >= 0 || kept + change >= wanted;
      },
      moved: (i, delta) => {
        kept += keptOf(i, tokens[i]!) - keptOf(i, tokens[i]! - delta);
      },
      addSteps: (draft, steps) => {
        // What is gained is at most the step, and at most what was missing; below 0 it is lost.
        const terms = [...available].map(([i, most]) => {
          const spare = Math.max(0, tokens[i]! - most);
          const missing = Math.max(0, most - tokens[i]!);
          const gained = draft.addColumn(`kept${i}`, -Infinity, missing);
          draft.addRow([[gained, 1] as const, [steps[i]!, -1] as const], { upper: spare });
          return [gained, 1] as const;
        });
        draft.addRow(terms, { lower: wanted - kept });
      },
    };
  };
}
