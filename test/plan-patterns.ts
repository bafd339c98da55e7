/**
 * What small problems have beside linear rules, as patterns: which families are present in a domain, and
 * how a fee is paid (not at all, by its items, at its cap). Under each pattern the rest is linear; the
 * best of all patterns is the best.
 */
import type { Inventory, Stratum } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { domainsIn, dot, familyName, mostOf, type Plane, planesOf, usable } from './plan-oracle.js';
import { type Equation, leastOver } from './plan-vertices.js';

interface Pattern {
  readonly limits: readonly Plane[];
  readonly equations: readonly Equation[];
}

const NONE: Pattern = { limits: [], equations: [] };
const both = (a: Pattern, b: Pattern): Pattern => ({
  limits: [...a.limits, ...b.limits],
  equations: [...a.equations, ...b.equations],
});
const product = (lists: readonly (readonly Pattern[])[]): Pattern[] =>
  lists.reduce<Pattern[]>((all, list) => all.flatMap((a) => list.map((b) => both(a, b))), [NONE]);

const plane = (a: readonly number[], b: number): Plane => ({ a, b, member: null });

function subsets<T>(list: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return list.flatMap((item, i) =>
    subsets(list.slice(i + 1), size - 1).map((rest) => [item, ...rest]),
  );
}

/** Per domain: no synthetic text, or a document of each of as many families as the rule asks. */
function familyPatterns(recipe: Recipe, strata: readonly Stratum[]): Pattern[] {
  const rule = recipe.modelFamilies;
  if (rule === null) return [NONE];
  const one = (i: number, value: number) => strata.map((_, k) => (k === i ? value : 0));
  const lists = domainsIn(strata).map((domain): Pattern[] => {
    const at = strata.flatMap((s, i) =>
      s.domain === domain && s.label === 'synthetic' ? [i] : [],
    );
    const none = { limits: [], equations: at.map((i) => ({ a: one(i, 1), b: 0 })) };
    if (at.length === 0) return [NONE];
    const families = [...new Set(at.map((i) => familyName(strata[i]!)))];
    if (families.length < at.length) throw new Error('one stratum per family and domain, please');
    const some = subsets(at, rule.minCount).map((present) => ({
      limits: present.map((i) => {
        const least = Math.min(strata[i]!.tokensMax, mostOf(recipe, strata[i]!));
        return plane(one(i, -1), -least);
      }),
      equations: [],
    }));
    return [none, ...some];
  });
  return product(lists);
}

/** How one fee may be paid. Prices here are in major units. */
function feePatterns(recipe: Recipe, strata: readonly Stratum[]): Pattern[] {
  const amount = recipe.licenceBudget === null ? Infinity : Number(recipe.licenceBudget.amount);
  const paid = recipe.grants.filter((grant) => grant.fee !== null);
  if (paid.length === 0 || amount === Infinity) return [NONE];
  if (paid.length > 1) throw new Error('one fee, please');
  const { grantId, fee } = paid[0]!;
  const price = (text: string | null) => Number(text ?? '0');
  const at = strata.flatMap((s, i) => (s.grantId.split(' AND ').includes(grantId) ? [i] : []));
  const one = (i: number, value: number) => strata.map((_, k) => (k === i ? value : 0));
  const unused = { limits: [], equations: at.map((i) => ({ a: one(i, 1), b: 0 })) };
  const rate = (i: number) =>
    price(fee!.perToken) + (price(fee!.perDocument) * strata[i]!.documents) / strata[i]!.tokens;
  const patterns: Pattern[] = [unused];
  if (fee!.cap !== null && price(fee!.cap) <= amount) patterns.push(NONE);
  if (price(fee!.minimum) > amount) return patterns;
  const passesMost = Math.max(
    0,
    ...at.map((i) => Math.ceil(mostOf(recipe, strata[i]!) / strata[i]!.tokens)),
  );
  for (let passes = 1; passes <= passesMost; passes++) {
    const inPasses = at.map((i) => plane(one(i, 1), passes * strata[i]!.tokens));
    const fixed = price(fee!.fixed) + passes * price(fee!.perEpoch);
    for (const whole of countedWhole(fee!.meter, at)) {
      const constant = whole.reduce((sum, i) => sum + rate(i) * strata[i]!.tokens, fixed);
      const rates = strata.map((_, i) => (at.includes(i) && !whole.includes(i) ? rate(i) : 0));
      if (rates.every((r) => r === 0) && constant > amount) continue;
      const inMix = at.map((i) =>
        fee!.meter === 'in_mix' && !whole.includes(i)
          ? plane(one(i, 1), strata[i]!.tokens)
          : plane(one(i, 0), 0),
      );
      const limits = [...inPasses, ...inMix, plane(rates, amount - constant)];
      patterns.push({ limits, equations: [] });
    }
  }
  return patterns;
}

/** Sets of strata that are paid whole, whatever is written: all, any, none. */
function countedWhole(meter: string, at: readonly number[]): number[][] {
  if (meter === 'ingested') return [[...at]];
  if (meter === 'trained') return [[]];
  return at.reduce<number[][]>((all, i) => all.flatMap((set) => [set, [...set, i]]), [[]]);
}

export interface Optimum {
  /** Most tokens; below 0 where no mix keeps every rule. */
  readonly total: number;
  /** Of those mixes, least tokens of domains without a target, and then least distance from the targets. */
  readonly untargeted: number;
  readonly deviation: number;
  /** The region of the first stages, where it is one polytope. */
  readonly isLinear: boolean;
}

const patternsOf = (recipe: Recipe, strata: readonly Stratum[]) =>
  product([familyPatterns(recipe, strata), feePatterns(recipe, strata)]);

/** Everything in units of `unit` tokens. */
export function optimumOf(recipe: Recipe, inventory: Inventory, unit: number): Optimum {
  const strata = usable(inventory);
  const n = strata.length;
  const scaled = <T extends Equation>(p: T): T => ({ ...p, b: p.b / unit });
  const base = planesOf(recipe, inventory).map(scaled);
  const patterns = patternsOf(recipe, strata).map(({ limits, equations }) => {
    return { limits: [...base, ...limits.map(scaled)], equations };
  });
  const tolerance = 1e-7;
  const sum = strata.map(() => 1);
  const totals = patterns.map((p) => -leastOver({ ...p, tolerance }, n, (x) => -dot(sum, x)));
  const total = Math.max(...totals);
  const isLinear = patterns.length === 1;
  const targets = recipe.targetShares;
  if (!(total > 1e-6) || Object.keys(targets).length === 0)
    return { total, untargeted: 0, deviation: 0, isLinear };
  const of = (domain: string) => (Object.hasOwn(targets, domain) ? targets[domain]! : 0);
  const other = strata.map((s) => (of(s.domain) === 0 ? 1 : 0));
  const at = patterns.map((p, i) => ({
    ...{ ...p, tolerance: 1e-6 },
    equations: [...p.equations, { a: sum, b: Math.min(total, totals[i]!) }],
  }));
  const best = at.filter((_, i) => totals[i]! > total - 1e-7);
  const others = best.map((p) => leastOver(p, n, (x) => dot(other, x)));
  const untargeted = Math.min(...others);
  const distances = domainsIn(strata).map((domain) =>
    strata.map((s) => (s.domain === domain ? 1 : 0) - of(domain)),
  );
  const bends = distances.map((a) => ({ a, b: 0 }));
  const deviation = Math.min(
    ...best.map((p, i) => {
      if (others[i]! > untargeted + 1e-7) return Infinity;
      const equations = [...p.equations, { a: other, b: others[i]! }];
      return leastOver({ ...p, equations, bends }, n, (x) =>
        distances.reduce((all, a) => all + Math.abs(dot(a, x)), 0),
      );
    }),
  );
  return { total, untargeted, deviation, isLinear };
}

/** Most value x tokens over all mixes with these tokens per domain. */
export function mostValue(
  recipe: Recipe,
  inventory: Inventory,
  { unit, x }: { readonly unit: number; readonly x: readonly number[] },
): number {
  const strata = usable(inventory);
  const [pattern = NONE] = patternsOf(recipe, strata);
  const limits = [...planesOf(recipe, inventory), ...pattern.limits].map((p) => {
    return { ...p, b: p.b / unit };
  });
  const settled = domainsIn(strata).map((domain) => {
    const a = strata.map((s) => (s.domain === domain ? 1 : 0));
    return { a, b: dot(a, x) };
  });
  const equations = [...pattern.equations, ...settled];
  const value = strata.map((s) => recipe.sources.find(({ name }) => name === s.source)!.value);
  return -leastOver({ limits, equations, tolerance: 1e-4 }, strata.length, (y) => -dot(value, y));
}
