/**
 * Caps as sets of strata. A cap of the recipe becomes one row per scope: `part` are the strata that
 * it counts, `whole` those of the scope that a share is of. `each` gives a row per domain present.
 * The rule on model families gives a row per scope and family. All else (LP rows, exact rounding,
 * usages) is built from these rows, so there is one reading of a cap.
 */
import { tiersOf } from '../license/tier.js';
import type { LicenceTier } from '../schema/grant.js';
import type { StratumKey } from '../schema/plan.js';
import type { Cap, Recipe } from '../schema/recipe.js';
import type { TruthShares } from '../schema/truth-shares.js';
import {
  isConfident,
  rememberedBounds,
  type TruthOf,
  WHOLE_WEIGHT,
  weightOf,
} from './cap-weights.js';
import { isInLanguage, isInSite } from './facets.js';
import { groupBy } from './group-by.js';
import { byCode, familyOf } from './stratum.js';

export const FAMILIES_CAP = 'model_families';
export const LICENCE_CAP = 'licence_budget';
export const BUDGET_CAP = 'token_budget';
/** The rows of `min_budget_share`; what is reported stands under `token_budget`. */
export const BUDGET_FLOOR = 'min_budget_share';
export const ANCHOR_CAP = 'anchor';
export const CHURN_CAP = 'churn_max';
export const REPETITION_CAP = 'max_repetition_factor';

export interface CapRow {
  readonly capId: string;
  /** The domain, or `all`. */
  readonly scope: string;
  readonly kind: 'max_share' | 'min_share' | 'max_tokens' | 'min_tokens';
  /** A share, or tokens. */
  readonly limit: number;
  /** Positions in the list of keys, ascending. `part` lies inside `whole`. */
  readonly part: readonly number[];
  readonly whole: readonly number[];
  /** Millionths for which a token of each entry of `part` counts; null: each counts whole. */
  readonly weights: readonly number[] | null;
  /** Confidence over the uncertainty of labels; null where labels count as they are. */
  readonly confidence: number | null;
  readonly reason: string;
}

export interface FamilyRow {
  readonly scope: string;
  readonly family: string;
  readonly part: readonly number[];
  /** All synthetic strata of the scope. */
  readonly whole: readonly number[];
}

/** Positions by domain, plus `all`. */
export function scopesOf(
  keys: readonly StratumKey[],
  domains: readonly string[],
): Map<string, number[]> {
  const scopes = new Map<string, number[]>([['all', keys.map((_, i) => i)]]);
  for (const domain of domains) scopes.set(domain, []);
  keys.forEach((key, i) => {
    const list = scopes.get(key.domain);
    if (list === undefined) scopes.set(key.domain, [i]);
    else list.push(i);
  });
  return scopes;
}

/** Every domain of the keys, in code order. */
export function domainsOf(keys: readonly StratumKey[]): string[] {
  return [...new Set(keys.map((key) => key.domain))].sort(byCode);
}

export interface Capped {
  readonly keys: readonly StratumKey[];
  readonly domains: readonly string[];
  readonly truthOf: TruthOf;
}

/** One row per cap and scope, in order of cap id, then scope. */
export function capRows(recipe: Recipe, { keys, domains, truthOf }: Capped): CapRow[] {
  const scopes = scopesOf(keys, domains);
  const caps = [...recipe.caps].sort((a, b) => byCode(a.id, b.id));
  const boundOf = rememberedBounds();
  const tierOf = tiersOf(recipe.grants);
  const ofSource = groupBy(keys, ({ source }) => source);
  const truths = new Map<number, TruthShares>();
  const truthAt = (i: number) => {
    const truth = truths.get(i) ?? truthOf(keys[i]!);
    truths.set(i, truth);
    return truth;
  };
  return caps.flatMap((cap) =>
    (cap.domain === 'each' ? domains : [cap.domain]).map((scope) => {
      const whole = scopes.get(scope) ?? [];
      const near =
        cap.source === null ? whole : within(ofSource.get(cap.source) ?? [], scope, keys);
      const placed = near.filter((i) => isPlaced(cap, keys[i]!, tierOf));
      const row = { ...limitOf(cap), capId: cap.id, scope, whole, reason: cap.reason };
      if (!isConfident(cap)) {
        const part = placed.filter((i) => counts(cap, keys[i]!));
        return { ...row, part, weights: null, confidence: null };
      }
      const weighed = placed
        .map((i) => {
          const of = { key: keys[i]!, truth: truthAt(i) };
          return [i, weightOf(cap, of, boundOf)] as const;
        })
        .filter(([, weight]) => weight > 0);
      const part = weighed.map(([i]) => i);
      return { ...row, part, weights: weighed.map(([, w]) => w), confidence: cap.confidence };
    }),
  );
}

/** Positions inside a scope. A source has few of them, so a cap on one need not look at all strata. */
function within(positions: readonly number[], scope: string, keys: readonly StratumKey[]) {
  return scope === 'all' ? positions : positions.filter((i) => keys[i]!.domain === scope);
}

/** `licensed` needs no look: every stratum of an inventory has a grant that allows the use. */
function isPlaced(cap: Cap, key: StratumKey, tierOf: (grantId: string) => LicenceTier): boolean {
  if (cap.source !== null && cap.source !== key.source) return false;
  if (cap.site !== null && !isInSite(key.site, cap.site)) return false;
  if (cap.language !== null && !isInLanguage(key.language, cap.language)) return false;
  if (cap.licenceTier !== null && !cap.licenceTier.includes(tierOf(key.grantId))) return false;
  return cap.lineageDepth === null || key.lineageDepth >= cap.lineageDepth;
}

function counts(cap: Cap, key: StratumKey): boolean {
  if (cap.provenance !== null && !cap.provenance.includes(key.label)) return false;
  return (
    cap.modelFamily === null || (key.label === 'synthetic' && cap.modelFamily === familyOf(key))
  );
}

/** Weight of each position in a row's part, in millionths; positions outside it are missing. */
export function weightsOf({ part, weights }: CapRow): Map<number, number> {
  return new Map(part.map((i, at) => [i, weights?.[at] ?? WHOLE_WEIGHT]));
}

function limitOf({ limit }: Cap): { kind: CapRow['kind']; limit: number } {
  return { kind: limit.kind, limit: 'share' in limit ? limit.share : limit.tokens };
}

/** Synthetic strata by scope (`all`, then every domain that has any) and family. */
export function familyRows(keys: readonly StratumKey[]): FamilyRow[] {
  const rows: FamilyRow[] = [];
  for (const [scope, positions] of scopesOf(keys, domainsOf(keys))) {
    const whole = positions.filter((i) => keys[i]!.label === 'synthetic');
    const families = new Map<string, number[]>();
    for (const i of whole) {
      const family = familyOf(keys[i]!);
      const list = families.get(family);
      if (list === undefined) families.set(family, [i]);
      else list.push(i);
    }
    for (const family of [...families.keys()].sort(byCode)) {
      rows.push({ scope, family, part: families.get(family)!, whole });
    }
  }
  return rows;
}
