/**
 * What the files for trainers are made from: the strata with their tokens, the domains, the caps and
 * the data files. A published version tells tokens written; a plan alone tells tokens planned.
 */
import { byKey, stratumKeyFrom } from '../../plan/stratum.js';
import type { DataFile, Manifest } from '../../schema/manifest.js';
import type { CapUsage, OptimalPlan, Price, StratumKey } from '../../schema/plan.js';
import type { Recipe } from '../../schema/recipe.js';
import { capKey } from '../view-caps.js';

export interface WeightsStratum extends StratumKey {
  readonly tokensAvailable: number;
  readonly tokensPlanned: number;
  /** Null where nothing was written yet. */
  readonly tokensWritten: number | null;
  readonly documentsWritten: number | null;
}

export interface WeightsDomain {
  readonly domain: string;
  readonly target: number | null;
  readonly tokens: number;
}

export type WeightsCap = CapUsage & {
  readonly shadowPrice: number | null;
  readonly price: Price | null;
};

export interface WeightsView {
  /** `name@version`, or what a plan without one is called. */
  readonly mix: string;
  /** Name of the mix where it is one entry. */
  readonly name: string;
  readonly counted: 'written' | 'planned';
  /** Whose tokens are counted; null where the plan does not say. */
  readonly tokenizer: string | null;
  /** In canonical order. */
  readonly strata: readonly WeightsStratum[];
  readonly domains: readonly WeightsDomain[];
  readonly caps: readonly WeightsCap[];
  /** Empty where nothing was written yet. */
  readonly files: readonly DataFile[];
}

/** Tokens that count: written ones where there are any to count. */
export const countedTokens = (stratum: WeightsStratum): number =>
  stratum.tokensWritten ?? stratum.tokensPlanned;

/** View of a published version; `plan` adds the prices. */
export function weightsOfManifest(manifest: Manifest, plan: OptimalPlan | null): WeightsView {
  const prices = new Map(plan?.caps.map((cap) => [capKey(cap), cap]) ?? []);
  return {
    mix: `${manifest.name}@${manifest.version}`,
    name: manifest.name,
    counted: 'written',
    tokenizer: manifest.tokenizer,
    strata: manifest.strata
      .map(({ tokensAvailable, tokensPlanned, tokensWritten, documentsWritten, ...key }) => ({
        ...stratumKeyFrom(key),
        ...{ tokensAvailable, tokensPlanned, tokensWritten, documentsWritten },
      }))
      .sort(byKey),
    domains: manifest.targets.map(({ domain, target, tokens }) => ({ domain, target, tokens })),
    caps: manifest.caps.map((cap) => {
      const planned = prices.get(capKey(cap));
      return { ...cap, shadowPrice: planned?.shadowPrice ?? null, price: planned?.price ?? null };
    }),
    files: manifest.files,
  };
}

/** View of a plan alone; `name` is what its mix is called. */
export function weightsOfPlan(
  plan: OptimalPlan,
  { name, recipe }: { readonly name: string; readonly recipe: Pick<Recipe, 'tokenizer'> | null },
): WeightsView {
  const targets = new Map(plan.targets.map(({ domain, target }) => [domain, target]));
  const tokens = new Map<string, number>([...targets.keys()].map((domain) => [domain, 0]));
  for (const { domain, tokensAllocated } of plan.allocations)
    tokens.set(domain, (tokens.get(domain) ?? 0) + tokensAllocated);
  return {
    mix: `plan ${name}`,
    name,
    counted: 'planned',
    tokenizer: recipe === null ? null : tokenizerOf(recipe),
    strata: plan.allocations
      .map((allocation) => ({
        ...stratumKeyFrom(allocation),
        tokensAvailable: allocation.tokensAvailable,
        tokensPlanned: allocation.tokensAllocated,
        ...{ tokensWritten: null, documentsWritten: null },
      }))
      .sort(byKey),
    domains: [...tokens.keys()].sort().map((domain) => ({
      domain,
      target: targets.get(domain) ?? null,
      tokens: tokens.get(domain)!,
    })),
    caps: plan.caps,
    files: [],
  };
}

/** Name of the recipe's tokenizer; of one from a file, its path. */
function tokenizerOf({ tokenizer }: Pick<Recipe, 'tokenizer'>): string {
  return tokenizer.kind === 'file' ? tokenizer.path : tokenizer.kind;
}
