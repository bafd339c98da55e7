/**
 * Properties that hold for every recipe and inventory: looser limits are never worse, order and unused
 * caps change nothing, scale scales, names decide ties only.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planMix } from '../core/plan/plan-mix.js';
import { canonicalJson } from '../core/schema/canonical.js';
import type { OptimalPlan, Plan } from '../core/schema/plan.js';
import type { Cap, Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap } from './plan-fixture.js';
import { anyProblem, type Problem } from './plan-random.js';

const solver = await createHighs();
const another = await createHighs();
const planOf = ({ recipe, inventory }: Problem) =>
  planMix(recipe, inventory, 'f', solver, { explain: 'nothing' });

const stageOf = (plan: OptimalPlan, name: string) =>
  plan.stages.find((stage) => stage.name === name)?.objective ?? 0;

/** Of an objective: the tolerance between stages (1e-10 of the budget), added up, and the solver's. */
const RELATIVE = 1e-8;

/** Whole tokens: a cap that moves may move where a fraction of a token is lost. */
const ROUNDING_TOKENS = 10;

/** -1 when a is better, 1 when b is: more tokens, then fewer untargeted, then nearer to the targets. */
function compareStages(a: OptimalPlan, b: OptimalPlan): number {
  const slack = RELATIVE * Math.max(a.tokenBudget, b.tokenBudget);
  for (const [name, sign] of [
    ['budget', -1],
    ['untargeted', 1],
    ['targets', 1],
  ] as const) {
    const difference = sign * (stageOf(a, name) - stageOf(b, name));
    if (Math.abs(difference) > slack) return Math.sign(difference);
  }
  return 0;
}

/** A limit that allows more; a number in (0, 1) says how much. */
function loosened({ limit, ...rest }: Cap, by: number): Cap {
  switch (limit.kind) {
    case 'max_share':
      return { ...rest, limit: { ...limit, share: limit.share + (1 - limit.share) * by } };
    case 'min_share':
      return { ...rest, limit: { ...limit, share: limit.share * (1 - by) } };
    case 'max_tokens':
      return { ...rest, limit: { ...limit, tokens: Math.ceil(limit.tokens * (1 + by)) } };
    case 'min_tokens':
      return { ...rest, limit: { ...limit, tokens: Math.floor(limit.tokens * (1 - by)) } };
  }
}

/** One thing of the recipe made looser; null where it has no such thing. */
function looser(recipe: Recipe, { what, by }: { what: number; by: number }): Recipe | null {
  const { caps, modelFamilies, licenceBudget, maxRepetitionFactor } = recipe;
  const rounded = (value: number) => Number(value.toFixed(4));
  if (what < caps.length) {
    return { ...recipe, caps: caps.map((c, i) => (i === what ? loosened(c, rounded(by)) : c)) };
  }
  if (what === caps.length)
    return { ...recipe, maxRepetitionFactor: rounded(maxRepetitionFactor * (1 + by)) };
  if (what === caps.length + 1 && modelFamilies !== null) {
    const maxShare = rounded(modelFamilies.maxShare + (1 - modelFamilies.maxShare) * by);
    return { ...recipe, modelFamilies: { ...modelFamilies, maxShare } };
  }
  if (what === caps.length + 2 && modelFamilies !== null)
    return { ...recipe, modelFamilies: { ...modelFamilies, minCount: 1 } };
  if (licenceBudget === null) return null;
  const amount = (Number(licenceBudget.amount) * (1 + by)).toFixed(2);
  return { ...recipe, licenceBudget: { ...licenceBudget, amount } };
}

const anyLooser = fc.record({
  what: fc.integer({ min: 0, max: 7 }),
  by: fc.double({ min: 0.01, max: 1, noNaN: true }),
});

test('a looser limit is never worse: not in tokens, nor at equal tokens in the targets', async () => {
  let compared = 0;
  let better = 0;
  await fc.assert(
    fc.asyncProperty(anyProblem, anyLooser, async (problem, change) => {
      const recipe = looser(problem.recipe, change);
      const tight = await planOf(problem);
      if (recipe === null || tight.status === 'infeasible') return;
      const loose = await planOf({ ...problem, recipe });
      if (loose.status === 'infeasible') throw new Error('a looser limit made it infeasible');
      // Where money binds, whole tokens and documents decide what is left of it.
      if (recipe.licenceBudget === null) expect(compareStages(tight, loose)).not.toBe(-1);
      expect(loose.tokensAllocated).toBeGreaterThanOrEqual(tight.tokensAllocated - ROUNDING_TOKENS);
      compared += 1;
      better += compareStages(loose, tight) === -1 ? 1 : 0;
    }),
    { numRuns: 150, seed: 31 },
  );
  expect(compared).toBeGreaterThan(60);
  expect(better).toBeGreaterThan(7);
});

test('the order of sources, strata, caps and grants changes no byte of the plan', async () => {
  await fc.assert(
    fc.asyncProperty(anyProblem, fc.nat(), async ({ recipe, inventory }, turn) => {
      const rotate = <T>(list: readonly T[]): T[] => {
        const k = turn % Math.max(1, list.length);
        return [...list.slice(k), ...list.slice(0, k)].reverse();
      };
      const turned = {
        ...{ ...recipe, sources: rotate(recipe.sources), caps: rotate(recipe.caps) },
        grants: rotate(recipe.grants),
      };
      const other = { ...inventory, strata: rotate(inventory.strata) };
      const plan = await planOf({ recipe, inventory });
      const again = await planMix(turned, other, 'f', another, { explain: 'nothing' });
      expect(JSON.stringify(again)).toBe(JSON.stringify(plan));
    }),
    { numRuns: 60, seed: 32 },
  );
});

const times = (k: number, { recipe, inventory }: Problem): Problem => ({
  inventory: {
    ...inventory,
    strata: inventory.strata.map((s) => {
      return { ...s, tokens: s.tokens * k, tokensMax: s.tokensMax * k, tokensMin: s.tokensMin * k };
    }),
  },
  recipe: {
    ...recipe,
    tokenBudget: recipe.tokenBudget * k,
    caps: recipe.caps.map(({ limit, ...rest }) => {
      return {
        ...rest,
        limit: 'tokens' in limit ? { ...limit, tokens: limit.tokens * k } : limit,
      };
    }),
  },
});

test('k times the tokens, token caps and budget give k times the stages and, rounding aside, the plan', async () => {
  const [small, large] = [1000, 1_000_000];
  await fc.assert(
    fc.asyncProperty(anyProblem, async (problem) => {
      const free = { ...problem, recipe: { ...problem.recipe, licenceBudget: null, grants: [] } };
      const plans = await Promise.all([small, large].map((k) => planOf(times(k, free))));
      const [a, b] = plans as [Plan, Plan];
      expect(b.status).toBe(a.status);
      if (a.status !== 'optimal' || b.status !== 'optimal') return;
      expect(b.stages.map((stage) => stage.name)).toEqual(a.stages.map((stage) => stage.name));
      a.stages.slice(0, 3).forEach((stage, i) => {
        const difference = b.stages[i]!.objective / large - stage.objective / small;
        expect(Math.abs(difference)).toBeLessThanOrEqual(RELATIVE * free.recipe.tokenBudget);
      });
      // Each of up to twelve strata is rounded once, and moved by at most a few tokens to keep a cap.
      const rounding = (4 * a.allocations.length) / small;
      a.allocations.forEach((row, i) => {
        const difference = b.allocations[i]!.tokensAllocated / large - row.tokensAllocated / small;
        expect(Math.abs(difference)).toBeLessThanOrEqual(rounding);
      });
    }),
    { numRuns: 60, seed: 33 },
  );
});

test('a cap on nothing, or one that allows everything, changes only the list of caps', async () => {
  const unused = [
    cap('zz-absent', { domain: 'each', modelFamily: 'nobody', max: 0.1 }),
    cap('zz-all', { provenance: ['synthetic'], max: 1 }),
    cap('zz-none', { domain: 'each', provenance: ['human_authored'], min: 0 }),
    cap('zz-many', { source: 'a', maxTokens: 1_000_000 }),
  ];
  await fc.assert(
    fc.asyncProperty(anyProblem, fc.constantFrom(...unused), async (problem, one) => {
      const { recipe } = problem;
      const plan = await planOf(problem);
      const more = await planOf({ ...problem, recipe: { ...recipe, caps: [...recipe.caps, one] } });
      expect(more.status).toBe(plan.status);
      if (plan.status !== 'optimal' || more.status !== 'optimal') return;
      expect(canonicalJson(more.allocations)).toBe(canonicalJson(plan.allocations));
      const rest = more.caps.filter(({ capId }) => capId !== one.id);
      const usages = (caps: OptimalPlan['caps']) =>
        caps.map(({ shadowPrice: _, price: __, ...cap }) => cap);
      expect(canonicalJson(usages(rest))).toBe(canonicalJson(usages(plan.caps)));
    }),
    { numRuns: 60, seed: 34 },
  );
});

test('other names may decide ties otherwise, and change no stage up to the targets', async () => {
  const renamed = { a: 'q', b: 'p', c: 'o', d: 'n' } as Record<string, string>;
  await fc.assert(
    fc.asyncProperty(anyProblem, async ({ recipe, inventory }) => {
      const name = (source: string) => renamed[source]!;
      const other: Problem = {
        inventory: {
          ...inventory,
          strata: inventory.strata.map((s) => ({ ...s, source: name(s.source) })),
        },
        recipe: {
          ...recipe,
          sources: recipe.sources.map((s) => ({ ...s, name: name(s.name) })),
          caps: recipe.caps.map((c) => ({
            ...c,
            source: c.source === null ? null : name(c.source),
          })),
        },
      };
      const a = await planOf({ recipe, inventory });
      const b = await planOf(other);
      expect(b.status).toBe(a.status);
      if (a.status !== 'optimal' || b.status !== 'optimal' || recipe.licenceBudget !== null) return;
      expect(compareStages(a, b)).toBe(0);
    }),
    { numRuns: 60, seed: 35 },
  );
});
