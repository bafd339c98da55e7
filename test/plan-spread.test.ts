/** What targets miss is spread over the domains: the stages `domains_widest` and `targets_widest`. */
import { expect, test } from 'vitest';
import { certify } from '../core/plan/certificate.js';
import { planMix } from '../core/plan/plan-mix.js';
import type { OptimalPlan } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap, inventoryOf, recipeOf } from './plan-fixture.js';

const solver = await createHighs();

async function planOf(strata: string, given: Partial<Recipe>): Promise<OptimalPlan> {
  const inventory = inventoryOf(strata);
  const recipe = recipeOf(inventory, { tokenBudget: 1000, ...given });
  const plan = await planMix(recipe, inventory, 'f'.repeat(64), solver);
  expect(certify(recipe, inventory, plan)).toEqual([]);
  if (plan.status !== 'optimal') throw new Error(JSON.stringify(plan));
  return plan;
}

const byDomain = (plan: OptimalPlan) =>
  Object.fromEntries(plan.allocations.map((row) => [row.domain, row.tokensAllocated]));
const stages = (plan: OptimalPlan) => plan.stages.map(({ name }) => name);

const SHORT = 'a a h 5000\n b b h 5000\n c c h 5000\n d d h 100';
const TARGETS = { a: 0.3, b: 0.2, c: 0.1, d: 0.4 };

test('an excess is the same part of every target that has text left', async () => {
  const plan = await planOf(SHORT, { targetShares: TARGETS });
  expect(byDomain(plan)).toEqual({ a: 450, b: 300, c: 150, d: 100 });
  // Excess of a half, shortfall of three quarters, of 1,000 tokens.
  const widest = plan.stages.find(({ name }) => name === 'domains_widest')!;
  expect(widest.objective).toBeCloseTo(500 + 750, 3);
});

test('a shortfall is too: no domain bears it alone', async () => {
  const plan = await planOf('r r h 5000\n u u s:m 5000\n v v s:m 5000\n w w s:m 5000', {
    targetShares: { r: 0.4, u: 0.3, v: 0.2, w: 0.1 },
    caps: [cap('bots', { provenance: ['synthetic'], max: 0.3 })],
  });
  expect(byDomain(plan)).toEqual({ r: 700, u: 150, v: 100, w: 50 });
});

test('a domain with hardly any text allows no other one a large excess', async () => {
  const plan = await planOf('a a h 5000\n b b h 5000\n d d h 10', {
    targetShares: { a: 0.45, b: 0.45, d: 0.1 },
  });
  expect(byDomain(plan)).toEqual({ a: 495, b: 495, d: 10 });
});

test('with tolerances what is beyond the bands is spread', async () => {
  const plan = await planOf(SHORT, { targetShares: TARGETS, targetTolerances: { a: 0.02 } });
  // 280 beyond 320, 200 and 100, in proportion to 300, 200 and 100.
  expect(byDomain(plan)).toEqual({ a: 460, b: 293, c: 147, d: 100 });
  expect(stages(plan)).toContain('targets_widest');
});

test('without targets it is measured against what is available', async () => {
  const plan = await planOf('a a h 3000\n b b h 2000\n d d s:m 5000', {
    caps: [cap('bots', { provenance: ['synthetic'], max: 0.1 })],
  });
  expect(byDomain(plan)).toEqual({ a: 540, b: 360, d: 100 });
  expect(stages(plan)).toContain('domains_widest');
});

test('where targets are met there is nothing to spread', async () => {
  const plan = await planOf(SHORT, { targetShares: { a: 0.5, b: 0.4, d: 0.1 } });
  expect(stages(plan)).not.toContain('domains_widest');
});
