/**
 * Conflicts against enumeration. Under a set of rules the mixes are a polytope, so the most tokens lie at a
 * vertex; all vertices are found by elimination, for every subset of the rules. From that follow all irreducible
 * conflicts, the size of the smallest, and whether a changed limit frees. No code is shared with the planner but the recipe.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { certify } from '../core/plan/certificate.js';
import { smallestHittingSet } from '../core/plan/hitting-set.js';
import { planMix } from '../core/plan/plan-mix.js';
import { roundOutwards, stepOutwards } from '../core/plan/readable.js';
import type { InfeasiblePlan, Plan } from '../core/schema/plan.js';
import type { Cap, Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap, inventoryOf, recipeOf } from './plan-fixture.js';

const solver = await createHighs();

/** a x <= b, of the rule named. */
interface Plane {
  readonly rule: string;
  readonly a: readonly number[];
  readonly b: number;
}

/** Tokens per enumerated unit. */
const UNIT = 1000;
const STRATA = ['a x h', 'b x s:m', 'c y h', 'd y u'] as const;
const IN_X = [true, true, false, false];
const LABELS = ['human_authored', 'synthetic', 'human_authored', 'unknown'];

const anyCase = fc.record({
  tokens: fc.tuple(...STRATA.map(() => fc.integer({ min: 1, max: 12 }))),
  budget: fc.integer({ min: 4, max: 24 }),
  synthetic: fc.constantFrom(0, 0.1, 0.25, 0.5),
  human: fc.constantFrom(0, 0.4, 0.8, 0.9),
  unknown: fc.constantFrom(0, 0.1, 0.3),
  floorX: fc.constantFrom(0, 3, 8, 14),
  floorUnknown: fc.constantFrom(0, 0, 1, 4),
  factor: fc.constantFrom(1, 1, 1.5),
});
interface Case {
  readonly tokens: readonly number[];
  readonly budget: number;
  readonly synthetic: number;
  readonly human: number;
  readonly unknown: number;
  readonly floorX: number;
  readonly floorUnknown: number;
  readonly factor: number;
}

const textOf = (c: Case) =>
  c.tokens.map((tokens, i) => `${STRATA[i]} ${tokens * UNIT} doc=10`).join('\n');

function recipeFor(c: Case): Recipe {
  return recipeOf(inventoryOf(textOf(c)), {
    tokenBudget: c.budget * UNIT,
    maxRepetitionFactor: c.factor,
    caps: [
      cap('synthetic', { domain: 'x', provenance: ['synthetic'], max: c.synthetic }),
      cap('human', { provenance: ['human_authored'], min: c.human }),
      cap('unknown', { provenance: ['unknown'], max: c.unknown }),
      cap('floor-x', { domain: 'x', minTokens: c.floorX * UNIT }),
      cap('floor-unknown', { provenance: ['unknown'], minTokens: c.floorUnknown * UNIT }),
    ],
  });
}

/** Rules of a recipe of that shape, as planes in units; `always` is no rule. */
function planesOf({ caps, tokenBudget, maxRepetitionFactor }: Recipe, c: Case): Plane[] {
  const unit = (i: number) => STRATA.map((_, k) => Number(i === k));
  const planes: Plane[] = c.tokens.flatMap((tokens, i) => [
    { rule: 'max_repetition_factor', a: unit(i), b: maxRepetitionFactor * tokens },
    { rule: 'always', a: unit(i), b: 1000 * tokens },
    { rule: 'always', a: unit(i).map((v) => -v), b: 0 },
  ]);
  planes.push({ rule: 'token_budget', a: [1, 1, 1, 1], b: tokenBudget / UNIT });
  return [...planes, ...caps.map(planeOf)];
}

function planeOf({ id, domain, provenance, limit }: Cap): Plane {
  const whole = IN_X.map((isX) => Number(domain === 'all' || isX));
  const part = whole.map((w, i) =>
    provenance === null || provenance.includes(LABELS[i] as never) ? w : 0,
  );
  const sign = limit.kind.startsWith('max') ? 1 : -1;
  if ('tokens' in limit)
    return { rule: id, a: part.map((p) => sign * p), b: (sign * limit.tokens) / UNIT };
  return { rule: id, a: part.map((p, i) => sign * (p - limit.share * whole[i]!)), b: 0 };
}

/** Solves n equations by Gauss with pivoting; null when they are dependent. */
function intersect(planes: readonly Plane[]): number[] | null {
  const m = planes.map(({ a, b }) => [...a, b]);
  const n = m.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let r = column + 1; r < n; r++) {
      if (Math.abs(m[r]![column]!) > Math.abs(m[pivot]![column]!)) pivot = r;
    }
    if (Math.abs(m[pivot]![column]!) < 1e-9) return null;
    [m[column], m[pivot]] = [m[pivot]!, m[column]!];
    for (let r = 0; r < n; r++) {
      if (r === column) continue;
      const f = m[r]![column]! / m[column]![column]!;
      for (let k = column; k <= n; k++) m[r]![k]! -= f * m[column]![k]!;
    }
  }
  return m.map((row, i) => row[n]! / row[i]!);
}

function* choices<T>(list: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let i = from; i <= list.length - size; i++) {
    for (const rest of choices(list, size - 1, i + 1)) yield [list[i]!, ...rest];
  }
}

const sum = (values: readonly number[]) => values.reduce((total, n) => total + n, 0);
const TOLERANCE = 1e-7;

/** Every point where four planes meet: the same whichever rules stand. */
function cornersOf(planes: readonly Plane[]) {
  return [...choices(planes, 4)].flatMap((chosen) => {
    const point = intersect(chosen);
    if (point === null) return [];
    const broken = new Set<string>();
    for (const { rule, a, b } of planes) {
      const at = sum(a.map((v, i) => v * point[i]!));
      if (at > b + TOLERANCE * Math.max(1, Math.abs(b))) broken.add(rule);
    }
    if (broken.has('always')) return [];
    return [{ total: sum(point), broken, rules: new Set(chosen.map(({ rule }) => rule)) }];
  });
}

/** Most units under some rules; below 0 where they exclude each other. */
function mostUnder(corners: ReturnType<typeof cornersOf>, kept: ReadonlySet<string>): number {
  let most = -1;
  for (const { total, broken, rules } of corners) {
    if (total <= most) continue;
    const isOf = [...rules].every((rule) => rule === 'always' || kept.has(rule));
    if (isOf && ![...broken].some((rule) => kept.has(rule))) most = total;
  }
  return most;
}

/** Less than a token is no mix. */
const LEAST = 1 / UNIT - 1e-6;

/** Sizes and members of all irreducible conflicts. */
function irreducible(corners: ReturnType<typeof cornersOf>, rules: readonly string[]): string[][] {
  const conflicts: string[][] = [];
  for (let size = 0; size <= rules.length; size++) {
    for (const members of choices(rules, size)) {
      if (conflicts.some((found) => found.every((rule) => members.includes(rule)))) continue;
      if (mostUnder(corners, new Set(members)) < LEAST) conflicts.push(members);
    }
  }
  return conflicts;
}

const RULES = ['token_budget', 'max_repetition_factor'];

test('the conflict is one of the smallest of all irreducible conflicts, and every way frees by least', async () => {
  let [found, ways, several, further] = [0, 0, 0, 0];
  await fc.assert(
    fc.asyncProperty(anyCase, async (given) => {
      const c: Case = given;
      const inventory = inventoryOf(textOf(c));
      const recipe = recipeFor(c);
      const rules = [...recipe.caps.map(({ id }) => id), ...RULES];
      const corners = cornersOf(planesOf(recipe, c));
      const plan = await planMix(recipe, inventory, 'f'.repeat(64), solver);
      const isInfeasible = mostUnder(corners, new Set(rules)) < LEAST;
      expect(plan.status).toBe(isInfeasible ? 'infeasible' : 'optimal');
      if (plan.status === 'optimal') return;
      found += 1;
      expect(certify(recipe, inventory, plan)).toEqual([]);
      const conflicts = irreducible(corners, rules);
      const members = plan.conflict.map(({ capId }) => capId).sort();
      expect(conflicts.map((ids) => [...ids].sort())).toContainEqual(members);
      expect(members).toHaveLength(Math.min(...conflicts.map(({ length }) => length)));
      expect(plan.smallest).toBe('proven');
      if (conflicts.length > 1) several += 1;
      for (const { capId, without } of plan.conflict) {
        const rest = new Set(members.filter((id) => id !== capId));
        const most = mostUnder(corners, rest) * UNIT;
        expect(without).toBeGreaterThan(0);
        expect(without).toBeLessThanOrEqual(most * (1 + 1e-6) + 1);
      }
      further += checkFurther(plan, conflicts);
      ways += checkWays(plan, recipe, c, rules);
      expect(plan.waysOut.length).toBeGreaterThan(0);
      expect(plan.search.solves).toBeLessThan(300);
      expect(plan.search.plans).toBeLessThan(40);
    }),
    { numRuns: 60, seed: 5 },
  );
  expect([found > 20, ways > 40, several > 5, further > 2]).toEqual([true, true, true, true]);
}, 240_000);

/** Conflicts beside the first are irreducible and disjoint; none is left out, and none is there where one limit frees. */
function checkFurther(
  { conflict, further, waysOut }: InfeasiblePlan,
  conflicts: readonly string[][],
): number {
  const told = [conflict, ...further].map((members) => members.map(({ capId }) => capId).sort());
  const sorted = conflicts.map((ids) => [...ids].sort());
  for (const members of told) expect(sorted).toContainEqual(members);
  const off = told.flat();
  expect(new Set(off).size).toBe(off.length);
  expect(sorted.filter((ids) => !ids.some((id) => off.includes(id)))).toEqual([]);
  if (waysOut.some(({ changes }) => changes.length === 1 && changes[0]!.setting !== null)) {
    expect(further).toEqual([]);
  }
  return further.length;
}

/** Each limit of a way frees, and its readable neighbour does not; the number that was looked at. */
function checkWays(
  plan: InfeasiblePlan,
  recipe: Recipe,
  c: Case,
  rules: readonly string[],
): number {
  const all = new Set(rules);
  const frees = (r: Recipe) => mostUnder(cornersOf(planesOf(r, c)), all) >= LEAST;
  let count = 0;
  for (const way of plan.waysOut) {
    if (way.changes.some(({ setting }) => setting === null)) continue;
    const changed = way.changes.reduce((r, { capId, to }) => withLimit(r, capId, to), recipe);
    expect(frees(changed)).toBe(true);
    for (const { capId, from, to, unit } of way.changes) {
      count += 1;
      const back = stepOutwards(to, { up: to < from, isWhole: unit === 'tokens' });
      if (to > from ? back <= from : back >= from) continue;
      expect([capId, back, frees(withLimit(changed, capId, back))]).toEqual([capId, back, false]);
    }
  }
  return count;
}

function withLimit(recipe: Recipe, capId: string, value: number): Recipe {
  if (capId === 'token_budget') return { ...recipe, tokenBudget: value };
  if (capId === 'max_repetition_factor') return { ...recipe, maxRepetitionFactor: value };
  const caps = recipe.caps.map((one) => {
    if (one.id !== capId) return one;
    const limit =
      'share' in one.limit ? { ...one.limit, share: value } : { ...one.limit, tokens: value };
    return { ...one, limit };
  });
  return { ...recipe, caps };
}

test('the order of caps, sources and strata changes no word of the answer', async () => {
  const text = 'a x h 900\n g x s:m1 900\n b y u 700\n c y h 50';
  const inventory = inventoryOf(text);
  const recipe = recipeOf(inventory, {
    caps: [
      cap('b-floor', { domain: 'y', minTokens: 600 }),
      cap('a-unknown', { domain: 'each', provenance: ['unknown'], max: 0.1 }),
      cap('c-human', { domain: 'y', provenance: ['human_authored'], min: 0.6 }),
      cap('d-syn', { domain: 'x', provenance: ['synthetic'], max: 0.3 }),
    ],
  });
  const plan = await planMix(recipe, inventory, 'f', solver);
  expect(plan.status).toBe('infeasible');
  for (const turn of [1, 2, 3]) {
    const turned = <T>(list: readonly T[]): T[] =>
      [...list.slice(turn), ...list.slice(0, turn)].reverse();
    const again: Plan = await planMix(
      { ...recipe, caps: turned(recipe.caps), sources: turned(recipe.sources) },
      { ...inventory, strata: turned(inventory.strata) },
      'f',
      solver,
    );
    expect(again).toEqual(plan);
  }
});

test('what fits in fractions, but not in whole tokens, is a conflict with ways as well', async () => {
  // 1 token of each: a third of two or three tokens is not a whole number, a fifth of them is less than one.
  const inventory = inventoryOf('a x h 1\n b x s:m 1');
  const recipe = recipeOf(inventory, {
    tokenBudget: 3,
    caps: [
      cap('most', { provenance: ['synthetic'], max: 0.4 }),
      cap('least', { provenance: ['synthetic'], min: 0.2 }),
    ],
  });
  const plan = await planMix(recipe, inventory, 'f', solver);
  if (plan.status !== 'infeasible') throw new Error(plan.status);
  expect(certify(recipe, inventory, plan)).toEqual([]);
  expect(plan.conflict.map(({ capId }) => capId)).toEqual(['least', 'most']);
  const settings = plan.waysOut.flatMap(({ changes }) => changes.map((change) => change.setting));
  expect(settings).toContain('caps.most.max_share=0.5');
  expect(settings).toContain('caps.least.min_share=0');
});

test('a smallest hitting set is as small as enumeration finds', () => {
  const anySets = fc.array(
    fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 4 }),
    {
      maxLength: 7,
    },
  );
  fc.assert(
    fc.property(anySets, (sets) => {
      const hits = (chosen: readonly number[]) =>
        sets.every((set) => set.some((e) => chosen.includes(e)));
      const found = smallestHittingSet(sets, 8);
      if (found === null || found === 'unknown') throw new Error('every set has an element');
      expect(hits(found)).toBe(true);
      for (let size = 0; size < found.length; size++) {
        for (const chosen of choices([0, 1, 2, 3, 4, 5, 6, 7], size))
          expect(hits(chosen)).toBe(false);
      }
      if (found.length > 0) expect(smallestHittingSet(sets, found.length - 1)).toBe(null);
    }),
    { seed: 9 },
  );
});

test.each([
  [0.333333, true, false, 0.3334],
  [0.25, true, false, 0.25],
  [0.2500000001, true, false, 0.25],
  [412_345, false, true, 412_300],
  [412_345, true, true, 412_400],
  [9_999.2, true, true, 10_000],
  [0.00012344, false, false, 0.0001234],
  [0, false, true, 0],
])(
  '%d is written for people with four digits (up: %s, whole: %s): %d',
  (value, up, isWhole, expected) => {
    expect(roundOutwards(value, { up, isWhole })).toBe(expected);
  },
);
