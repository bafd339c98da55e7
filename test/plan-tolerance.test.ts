/** Tolerances of targets, and the tastes that may move domains inside them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { certify } from '../core/plan/certificate.js';
import { planMix } from '../core/plan/plan-mix.js';
import type { Inventory, OptimalPlan } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap, feeGrant, inventoryOf, recipeOf, sourceOf } from './plan-fixture.js';

const solver = await createHighs();

async function optimal(inventory: Inventory, given: Partial<Recipe>): Promise<OptimalPlan> {
  const recipe = recipeOf(inventory, given);
  const plan = await planMix(recipe, inventory, 'f'.repeat(64), solver);
  expect(certify(recipe, inventory, plan)).toEqual([]);
  if (plan.status !== 'optimal') throw new Error(JSON.stringify(plan));
  return plan;
}

const amounts = (plan: OptimalPlan) => plan.allocations.map((a) => a.tokensAllocated);
const stageOf = (plan: OptimalPlan, name: string) =>
  plan.stages.find((stage) => stage.name === name)?.objective ?? null;
const HALVES = { x: 0.5, y: 0.5 };

const two = inventoryOf('a x h 2000\n b y h 2000');

test('inside the band value moves a domain to its edge, without tolerances it moves nothing', async () => {
  const sources = [sourceOf('a', { value: 3 }), sourceOf('b', { value: 1 })];
  const given = { targetShares: HALVES, sources };
  expect(amounts(await optimal(two, given))).toEqual([500, 500]);
  const plan = await optimal(two, { ...given, targetTolerances: { x: 0.1, y: 0.1 } });
  expect(amounts(plan)).toEqual([600, 400]);
  expect(stageOf(plan, 'targets')).toBeCloseTo(0, 3);
  // One domain's band is enough to hold the other back.
  expect(amounts(await optimal(two, { ...given, targetTolerances: { x: 0.1, y: 0.04 } }))).toEqual([
    540, 460,
  ]);
});

test('a tolerance of one domain alone leaves the other on its target', async () => {
  const sources = [sourceOf('a', { value: 3 }), sourceOf('b', { value: 1 })];
  const plan = await optimal(two, {
    ...{ targetShares: HALVES, sources, targetTolerances: { x: 0.1 } },
  });
  expect(amounts(plan)).toEqual([500, 500]);
});

test('where no taste asks for anything the targets are met inside the bands too', async () => {
  const plan = await optimal(two, { targetShares: HALVES, targetTolerances: { x: 0.2, y: 0.2 } });
  expect(amounts(plan)).toEqual([500, 500]);
  expect(stageOf(plan, 'targets_near')).toBeCloseTo(0, 3);
});

test('only the distance beyond the band counts, and no taste adds to it', async () => {
  // x has 300 of 500 tokens; its band ends at 400, so it misses by 100, and y passes its band by 100.
  const inventory = inventoryOf('a x h 300\n b y h 2000\n c y h 2000');
  const plan = await optimal(inventory, {
    ...{ targetShares: HALVES, targetTolerances: { x: 0.1, y: 0.1 } },
    sources: [sourceOf('a'), sourceOf('b', { value: 9 }), sourceOf('c')],
  });
  expect(amounts(plan)).toEqual([300, 700, 0]);
  expect(stageOf(plan, 'targets')).toBeCloseTo(200, 3);
});

test('value does not decide which domain leaves its band', async () => {
  // z has 100 of 800 tokens; x and y together pass their bands by 500, whatever they are worth.
  const inventory = inventoryOf('a x h 9000\n b y h 9000\n c z h 100');
  const planWith = (value: number) =>
    optimal(inventory, {
      tokenBudget: 1600,
      targetShares: { x: 0.3125, y: 0.1875, z: 0.5 },
      targetTolerances: { x: 0.0625, y: 0.0625 },
      sources: [sourceOf('a'), sourceOf('b', { value }), sourceOf('c')],
    });
  const plan = await planWith(9);
  expect(stageOf(plan, 'targets')).toBeCloseTo(500 + 700, 2);
  expect(amounts(plan)[2]).toBe(100);
  expect(amounts(await planWith(0))).toEqual(amounts(plan));
});

test('licence money moves a domain inside its band', async () => {
  const inventory = inventoryOf('a x h 2000\n b y h 2000 grant=paid');
  const given = {
    targetShares: HALVES,
    grants: [feeGrant('paid', { perToken: '0.01' })],
  };
  const still = await optimal(inventory, given);
  expect(still.licenceCost).toEqual({ currency: 'USD', minorUnits: 500 });
  const plan = await optimal(inventory, { ...given, targetTolerances: { x: 0.25, y: 0.25 } });
  expect(amounts(plan)).toEqual([750, 250]);
  expect(plan.licenceCost).toEqual({ currency: 'USD', minorUnits: 250 });
  expect(stageOf(plan, 'cost')).toBeCloseTo(250, 3);
});

test('whatever recipe, bands are kept wherever budget and caps let them, to the last token', async () => {
  const anyCase = fc.record({
    tokens: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 400, max: 2000 }))),
    values: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 3 }))),
    target: fc.integer({ min: 2, max: 8 }),
    tolerance: fc.integer({ min: 1, max: 30 }),
  });
  let moved = 0;
  await fc.assert(
    fc.asyncProperty(anyCase, async ({ tokens, values, target, tolerance }) => {
      const [a, b, c, d] = tokens;
      const inventory = inventoryOf(`a x h ${a}\n b x s:m ${b}\n c y h ${c}\n d y s:m ${d}`);
      const plan = await optimal(inventory, {
        targetShares: { x: target / 10, y: (10 - target) / 10 },
        targetTolerances: { x: tolerance / 100, y: tolerance / 100 },
        sources: values.map((value, i) => sourceOf('abcd'[i]!, { value })),
        caps: [cap('syn', { domain: 'each', provenance: ['synthetic'], max: 0.4 })],
      });
      const outside = stageOf(plan, 'targets')!;
      const distance = plan.targets.reduce(
        (sum, t) => sum + Math.max(0, Math.abs(t.tokens - t.target * 1000) - tolerance * 10),
        0,
      );
      expect(plan.tokensAllocated).toBe(1000);
      expect(distance).toBeLessThanOrEqual(outside + 2);
      if (Math.abs(plan.targets[0]!.tokens - target * 100) > 1) moved++;
    }),
    { numRuns: 60, seed: 31 },
  );
  expect(moved).toBeGreaterThan(20);
});

test('sources of a domain are spread only where the recipe asks for it', async () => {
  const inventory = inventoryOf('a x h 6000\n b x h 2000\n c x h 100');
  expect(amounts(await optimal(inventory, {}))).toEqual([741, 247, 12]);
  const plan = await optimal(inventory, { diversity: ['sources'] });
  expect(amounts(plan)).toEqual([450, 450, 100]);
  expect(stageOf(plan, 'sources_spread')).toBeCloseTo(450, 3);
});

test('families are spread only where the recipe asks for it', async () => {
  const inventory = inventoryOf('g x s:m1 6000\n g x s:m2 2000');
  expect(amounts(await optimal(inventory, {}))).toEqual([500, 500]);
  const plan = await optimal(inventory, { diversity: [] });
  expect(plan.stages.map(({ name }) => name)).not.toContain('families_spread');
  expect(plan.tokensAllocated).toBe(1000);
});
