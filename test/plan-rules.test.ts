/** Rules of the mix beyond caps, on instances small enough to work out by hand. */
import { expect, test } from 'vitest';
import { capUsages } from '../core/plan/cap-usages.js';
import { certify } from '../core/plan/certificate.js';
import { planMix } from '../core/plan/plan-mix.js';
import type { Inventory, OptimalPlan, Plan } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap, inventoryOf, recipeOf } from './plan-fixture.js';

const solver = await createHighs();

async function planOf(inventory: Inventory, given: Partial<Recipe>): Promise<Plan> {
  const recipe = recipeOf(inventory, given);
  const plan = await planMix(recipe, inventory, 'f'.repeat(64), solver);
  expect(certify(recipe, inventory, plan)).toEqual([]);
  return plan;
}

async function optimal(inventory: Inventory, given: Partial<Recipe>): Promise<OptimalPlan> {
  const plan = await planOf(inventory, given);
  if (plan.status !== 'optimal') throw new Error(JSON.stringify(plan));
  return plan;
}

/** Ids and statements of a conflict. */
async function conflictOf(inventory: Inventory, given: Partial<Recipe>) {
  const plan = await planOf(inventory, given);
  if (plan.status !== 'infeasible') throw new Error(JSON.stringify(plan));
  return plan.conflict;
}

test('a mix that reaches the least part of the budget is a plan, one token less is infeasible', async () => {
  const inventory = inventoryOf('a x h 950');
  const plan = await optimal(inventory, { minBudgetShare: 0.95 });
  expect(plan.caps.find(({ kind }) => kind === 'min_budget')).toMatchObject({
    ...{ capId: 'token_budget', scope: 'all', limit: 0.95, limitTokens: 950 },
    ...{ part: 950, whole: 1000, used: 0.95, slack: 0, kept: true },
  });
  const conflict = await conflictOf(inventoryOf('a x h 949'), { minBudgetShare: 0.95 });
  expect(conflict).toEqual([
    {
      ...{ capId: 'min_budget_share', scope: 'all', without: 949 },
      statement: 'at least 950 tokens in all (95 % of the budget); usable: 949 tokens',
    },
    {
      ...{ capId: 'max_repetition_factor', scope: 'all', without: 1000 },
      statement: 'no text may be used more than once; usable: 949 tokens',
    },
  ]);
});

test('the least part of the budget is rounded up: 0.3335 of 1,000 tokens are 334', async () => {
  const plan = await optimal(inventoryOf('a x h 334'), { minBudgetShare: 0.3335 });
  expect(plan.tokensAllocated).toBe(334);
  expect((await planOf(inventoryOf('a x h 333'), { minBudgetShare: 0.3335 })).status).toBe(
    'infeasible',
  );
});

test('a cap that keeps the mix below the least part of the budget is in the conflict with it', async () => {
  const inventory = inventoryOf('a x h 300\n g x s:m 900');
  const caps = [
    cap('syn', { provenance: ['synthetic'], max: 0.4 }),
    cap('idle', { source: 'a', max: 0.9 }),
  ];
  expect((await optimal(inventory, { caps, minBudgetShare: 0.5 })).tokensAllocated).toBe(500);
  const conflict = await conflictOf(inventory, { caps, minBudgetShare: 0.6 });
  expect(conflict.map(({ capId }) => capId).sort()).toEqual([
    ...['max_repetition_factor', 'min_budget_share', 'syn'],
  ]);
});

test('a note says when whole documents may miss the least part of the budget', async () => {
  const inventory = inventoryOf('a x h 2000 doc=100\n b x h 2000 doc=40');
  const notes = async (minBudgetShare: number) =>
    (await optimal(inventory, { minBudgetShare })).notes.join('\n');
  // 500 tokens each: 99 and 39 of them may stay unused, 138 in all.
  expect(await notes(0.9)).toMatch(/up to 138 tokens .* min_budget_share has 100 to spare/);
  expect(await notes(0.86)).not.toMatch(/to spare/);
});

test('written tokens are judged by the same rule', () => {
  const inventory = inventoryOf('a x h 1000 doc=100');
  const recipe = recipeOf(inventory, { minBudgetShare: 0.95 });
  const key = inventory.strata[0]!;
  const judge = (tokens: number) =>
    capUsages(recipe, [{ key, tokens, documents: 9 }], inventory).find(
      (u) => u.kind === 'min_budget',
    )!;
  expect(judge(950)).toMatchObject({ kept: true, slack: 0 });
  expect(judge(949)).toMatchObject({ kept: false, slack: -1 });
});

test('every stratum states what was wished for in fractions, and what it got in whole tokens', async () => {
  const plan = await optimal(inventoryOf('a x h 6000\n b x h 2000\n c x h 100'), {});
  const rows = plan.allocations.map((a) => [a.tokensRequested, a.tokensAllocated]);
  // 1000 x 6000/8100, 2000/8100, 100/8100.
  expect(rows).toEqual([
    [740.741, 741],
    [246.914, 247],
    [12.346, 12],
  ]);
});

test('a quota below the smallest document is named, up to a number, and the rest counted', async () => {
  const small = Array.from(
    { length: 14 },
    (_, i) => `s${String(i).padStart(2, '0')} x h 100 doc=50`,
  );
  const plan = await optimal(inventoryOf(`a x h 8600\n ${small.join('\n ')}`), {});
  expect(plan.allocations.find((a) => a.source === 's00')!.tokensAllocated).toBe(10);
  const notes = plan.notes.filter((note) => note.includes('smallest document'));
  expect(notes).toHaveLength(13);
  expect(notes[0]).toBe(
    's00 / x / human_authored / open: 10 tokens planned, none written: its smallest document has 50',
  );
  expect(notes[12]).toBe(
    '2 more strata are given less than the smallest document (20 tokens in all)',
  );
});
