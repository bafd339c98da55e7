/**
 * Stage 1 and 2 against enumeration. The set of feasible mixes is a polytope: its best total lies at a
 * vertex, and the least deviation from the targets among the best at a vertex of the arrangement with
 * the planes `tokens = target x total`. Both are enumerated here by elimination over every choice of
 * planes; no code is shared with the planner but the recipe.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planMix } from '../core/plan/plan-mix.js';
import { createHighs } from '../engines/highs.js';
import { cap, inventoryOf, recipeOf } from './plan-fixture.js';

const solver = await createHighs();

interface Plane {
  readonly a: readonly number[];
  readonly b: number;
}

/** Solves n equations by Gauss with pivoting; null when they are dependent. */
function intersect(planes: readonly Plane[]): number[] | null {
  const m = planes.map(({ a, b }) => [...a, b]);
  const n = m.length;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(m[r]![c]!) > Math.abs(m[pivot]![c]!)) pivot = r;
    if (Math.abs(m[pivot]![c]!) < 1e-9) return null;
    [m[c], m[pivot]] = [m[pivot]!, m[c]!];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const f = m[r]![c]! / m[c]![c]!;
      for (let k = c; k <= n; k++) m[r]![k]! -= f * m[c]![k]!;
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

const dot = (a: readonly number[], x: readonly number[]) => a.reduce((s, v, i) => s + v * x[i]!, 0);

/** Points where n planes meet that satisfy every `a x <= b`. */
function vertices(limits: readonly Plane[], others: readonly Plane[], n: number): number[][] {
  const points: number[][] = [];
  for (const chosen of choices([...limits, ...others], n)) {
    const x = intersect(chosen);
    if (x !== null && limits.every(({ a, b }) => dot(a, x) <= b + 1e-6)) points.push(x);
  }
  return points;
}

const anyCase = fc.record({
  tokens: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 1, max: 12 }))),
  budget: fc.integer({ min: 2, max: 30 }),
  synthetic: fc.constantFrom(0.1, 0.25, 0.3, 0.5),
  human: fc.constantFrom(0, 0.2, 0.5, 0.6),
  floor: fc.constantFrom(0, 0, 1, 3),
  target: fc.constantFrom(0.2, 0.5, 0.7, 0.9),
});

/** Tokens per enumerated unit, so that whole tokens are fine enough to compare with fractions. */
const UNIT = 1_000_000;
/** Whole tokens, four strata, and the tolerance kept between stages. */
const TOLERANCE = 50 / UNIT;

test('budget and target deviation equal the enumerated optimum in small instances', async () => {
  let optimalCases = 0;
  let infeasibleCases = 0;
  await fc.assert(
    fc.asyncProperty(anyCase, async (c) => {
      const [hx, sx, hy, sy] = c.tokens.map((t) => t * UNIT) as [number, number, number, number];
      const inventory = inventoryOf(`a x h ${hx}\n b x s:m ${sx}\n c y h ${hy}\n d y s:m ${sy}`);
      const recipe = recipeOf(inventory, {
        tokenBudget: c.budget * UNIT,
        targetShares: { x: c.target, y: Number((1 - c.target).toFixed(2)) },
        caps: [
          cap('syn', { domain: 'each', provenance: ['synthetic'], max: c.synthetic }),
          cap('hum', { source: 'a', min: c.human }),
          cap('floor', { domain: 'y', minTokens: c.floor * UNIT }),
        ],
      });
      const s = c.synthetic;
      const limits: Plane[] = [
        ...c.tokens.map((b, i) => ({ a: unit(i), b })),
        ...c.tokens.map((_, i) => ({ a: unit(i).map((v) => -v), b: 0 })),
        { a: [1, 1, 1, 1], b: c.budget },
        { a: [-s, 1 - s, 0, 0], b: 0 },
        { a: [0, 0, -s, 1 - s], b: 0 },
        { a: [c.human - 1, c.human, c.human, c.human], b: 0 },
        { a: [0, 0, -1, -1], b: -c.floor },
      ];
      const total = Math.max(-1, ...vertices(limits, [], 4).map((x) => dot([1, 1, 1, 1], x)));
      const plan = await planMix(recipe, inventory, 'f', solver);
      if (total < 1e-6) {
        infeasibleCases += 1;
        expect(plan.status).toBe('infeasible');
        return;
      }
      optimalCases += 1;
      if (plan.status !== 'optimal') throw new Error(JSON.stringify({ total, plan }));
      expect(Math.abs(plan.tokensAllocated / UNIT - total)).toBeLessThan(TOLERANCE);
      const t = c.target;
      const best = [...limits, { a: [-1, -1, -1, -1], b: -total + 1e-9 }];
      const deviation = (x: readonly number[]) => 2 * Math.abs(x[0]! + x[1]! - t * total);
      const planes = [{ a: [1 - t, 1 - t, -t, -t], b: 0 }];
      const least = Math.min(...vertices(best, planes, 4).map(deviation));
      const amounts = plan.allocations.map((a) => a.tokensAllocated / UNIT);
      expect(Math.abs(deviation(amounts) - least)).toBeLessThan(4 * TOLERANCE);
    }),
    { numRuns: 120, seed: 21 },
  );
  expect(optimalCases).toBeGreaterThan(50);
  expect(infeasibleCases).toBeGreaterThan(2);
});

const unit = (i: number) => [0, 1, 2, 3].map((k) => (k === i ? 1 : 0));

const anyConfidentCase = fc.record({
  tokens: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 1, max: 12 }))),
  budget: fc.integer({ min: 2, max: 30 }),
  /** Bounds of the synthetic share of each stratum, in hundredths: low, and how much wider. */
  low: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 60 }))),
  wide: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 40 }))),
  synthetic: fc.constantFrom(0.1, 0.25, 0.3, 0.5),
  human: fc.constantFrom(0, 0.2, 0.5, 0.6, 0.8),
  own: fc.constantFrom(0, 0.1, 0.4, 1),
});

test('caps at a confidence and on lineage reach the enumerated optimum in small instances', async () => {
  let optimalCases = 0;
  let infeasibleCases = 0;
  await fc.assert(
    fc.asyncProperty(anyConfidentCase, async (c) => {
      const [a, b, d, e] = c.tokens.map((t) => t * UNIT) as [number, number, number, number];
      const text = `a x h ${a}\n b x u ${b} depth=1\n c y h ${d}\n d y s:m ${e} depth=2`;
      const { strata, ...rest } = inventoryOf(text);
      const share = (low: number, high: number) => ({
        ...{ point: (low + high) / 200, low: low / 100, high: high / 100 },
        ...{ confidence: 0.95, basis: 'assumed' as const, reviews: 0 },
      });
      const high = c.low.map((low, i) => low + c.wide[i]!);
      const inventory = {
        ...rest,
        strata: strata.map((stratum, i) => ({
          ...stratum,
          truth: {
            human_authored: share(100 - high[i]!, 100 - c.low[i]!),
            human_edited: share(0, 0),
            synthetic: share(c.low[i]!, high[i]!),
          },
        })),
      };
      const recipe = recipeOf(inventory, {
        tokenBudget: c.budget * UNIT,
        caps: [
          cap('syn', {
            ...{ domain: 'each', provenance: ['synthetic'], max: c.synthetic, confidence: 0.9 },
          }),
          cap('hum', { provenance: ['human_authored'], min: c.human, confidence: 0.9 }),
          cap('own', { lineageDepth: 1, max: c.own }),
        ],
      });
      const least = high.map((h) => (100 - h) / 100);
      const most = high.map((h) => h / 100 - c.synthetic);
      const limits: Plane[] = [
        ...c.tokens.map((limit, i) => ({ a: unit(i), b: limit })),
        ...c.tokens.map((_, i) => ({ a: unit(i).map((v) => -v), b: 0 })),
        { a: [1, 1, 1, 1], b: c.budget },
        { a: [most[0]!, most[1]!, 0, 0], b: 0 },
        { a: [0, 0, most[2]!, most[3]!], b: 0 },
        { a: least.map((share) => c.human - share), b: 0 },
        { a: [-c.own, 1 - c.own, -c.own, 1 - c.own], b: 0 },
      ];
      const total = Math.max(-1, ...vertices(limits, [], 4).map((x) => dot([1, 1, 1, 1], x)));
      const plan = await planMix(recipe, inventory, 'f', solver);
      if (total < 1e-6) {
        infeasibleCases += 1;
        expect(plan.status).toBe('infeasible');
        return;
      }
      optimalCases += 1;
      if (plan.status !== 'optimal') throw new Error(JSON.stringify({ total, plan }));
      expect(Math.abs(plan.tokensAllocated / UNIT - total)).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 120, seed: 22 },
  );
  expect(optimalCases).toBeGreaterThan(50);
  expect(infeasibleCases).toBeGreaterThan(2);
});

test('whole tokens under a cap at a confidence are the most that any whole amounts keep', async () => {
  // Enumerated: three strata of up to 8 tokens, weights in hundredths, and the share of the cap.
  const anyWhole = fc.record({
    tokens: fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 1, max: 8 }))),
    weights: fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(0, 3, 5, 12, 30, 47, 100))),
    share: fc.constantFrom(3, 5, 10, 30, 33),
    budget: fc.integer({ min: 1, max: 20 }),
  });
  let positive = 0;
  await fc.assert(
    fc.asyncProperty(anyWhole, async ({ tokens, weights, share, budget }) => {
      const text = tokens.map((n, i) => `${'abc'[i]} x h ${n}`).join('\n');
      const { strata, ...rest } = inventoryOf(text);
      const truthOf = (high: number) => {
        const closed = { confidence: 0.95, basis: 'assumed' as const, reviews: 0 };
        const synthetic = { point: 0, low: 0, high: high / 100, ...closed };
        const human = { point: 1, low: 1 - high / 100, high: 1, ...closed };
        return { human_authored: human, human_edited: { ...synthetic, high: 0 }, synthetic };
      };
      const inventory = {
        ...rest,
        strata: strata.map((stratum, i) => ({ ...stratum, truth: truthOf(weights[i]!) })),
      };
      const caps = [cap('c', { provenance: ['synthetic'], max: share / 100, confidence: 0.9 })];
      let best = 0;
      for (let i = 0; i <= tokens[0]!; i++) {
        for (let j = 0; j <= tokens[1]!; j++) {
          for (let k = 0; k <= tokens[2]!; k++) {
            const sum = i + j + k;
            const part = weights[0]! * i + weights[1]! * j + weights[2]! * k;
            if (sum <= budget && part <= share * sum) best = Math.max(best, sum);
          }
        }
      }
      const plan = await planMix(
        recipeOf(inventory, { tokenBudget: budget, caps }),
        inventory,
        'f',
        solver,
      );
      expect(plan.status === 'optimal' ? plan.tokensAllocated : 0).toBe(best);
      if (best > 0) positive += 1;
    }),
    { numRuns: 120, seed: 23 },
  );
  expect(positive).toBeGreaterThan(60);
});
