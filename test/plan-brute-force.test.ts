/**
 * The planner against enumeration: whole allocations walked one by one, and the stages of the linear
 * program at every vertex (`plan-vertices.ts`). A grid of small problems (`plan-grid.ts`) takes every
 * kind of cap and rule; here every 61st of it, all of it in `test/long/plan-grid.long.ts`. Random sizes and
 * shares beside it. The reading of a recipe (`plan-oracle.ts`) shares no code with the planner.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planMix } from '../core/plan/plan-mix.js';
import { createHighs } from '../engines/highs.js';
import { cap, inventoryOf, recipeOf } from './plan-fixture.js';
import {
  compareAll,
  compareOptimum,
  compareStages,
  compareWhole,
  gridChoices,
  UNIT,
} from './plan-grid-checks.js';

const solver = await createHighs();

/** A prime: no kind, limit, layout or rule is passed over. */
const STEP = 61;

test('whole tokens: as many as any allocation of the grid, infeasible exactly where none is', async () => {
  const all = await compareAll(gridChoices(STEP), compareWhole, solver);
  expect(all.differences).toEqual([]);
  expect(all.count).toBe(528);
  expect(all.tokenLost).toBe(0);
  expect(all.feasible).toBeGreaterThan(200);
  expect(all.count - all.feasible).toBeGreaterThan(30);
});

test('fractions: total, untargeted, targets and value as at the best vertex', async () => {
  const all = await compareAll(gridChoices(STEP), compareStages, solver);
  expect(all.differences).toEqual([]);
  expect(all.feasible).toBeGreaterThan(200);
  expect(all.count - all.feasible).toBeGreaterThan(30);
});

const sizes = fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 1, max: 12 })));
const anyCase = fc.record({
  tokens: sizes,
  budget: fc.integer({ min: 2, max: 30 }),
  synthetic: fc.constantFrom(0.1, 0.25, 0.3, 0.5),
  human: fc.constantFrom(0, 0.2, 0.5, 0.6),
  floor: fc.constantFrom(0, 0, 1, 3),
  target: fc.constantFrom(0.2, 0.5, 0.7, 0.9),
});

test('budget and target deviation equal the enumerated optimum at random sizes', async () => {
  let feasible = 0;
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
      const compared = await compareOptimum({ name: 'random', recipe, inventory }, solver);
      expect(compared.differences).toEqual([]);
      feasible += compared.isFeasible ? 1 : 0;
    }),
    { numRuns: 120, seed: 21 },
  );
  expect(feasible).toBeGreaterThan(50);
  expect(feasible).toBeLessThan(118);
});

const anyConfidentCase = fc.record({
  tokens: sizes,
  budget: fc.integer({ min: 2, max: 30 }),
  /** Bounds of the synthetic share of each stratum, in hundredths: low, and how much wider. */
  low: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 60 }))),
  wide: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 40 }))),
  synthetic: fc.constantFrom(0.1, 0.25, 0.3, 0.5),
  human: fc.constantFrom(0, 0.2, 0.5, 0.6, 0.8),
  own: fc.constantFrom(0, 0.1, 0.4, 1),
});

test('caps at a confidence and on lineage reach the enumerated optimum at random sizes', async () => {
  let feasible = 0;
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
      const truthOf = (i: number) => ({
        human_authored: share(100 - high[i]!, 100 - c.low[i]!),
        human_edited: share(0, 0),
        synthetic: share(c.low[i]!, high[i]!),
      });
      const inventory = { ...rest, strata: strata.map((s, i) => ({ ...s, truth: truthOf(i) })) };
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
      const compared = await compareOptimum({ name: 'random', recipe, inventory }, solver);
      expect(compared.differences).toEqual([]);
      feasible += compared.isFeasible ? 1 : 0;
    }),
    { numRuns: 120, seed: 22 },
  );
  expect(feasible).toBeGreaterThan(50);
  expect(feasible).toBeLessThan(118);
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
        { explain: 'nothing' },
      );
      expect(plan.status === 'optimal' ? plan.tokensAllocated : 0).toBe(best);
      if (best > 0) positive += 1;
    }),
    { numRuns: 120, seed: 23 },
  );
  expect(positive).toBeGreaterThan(60);
});
