/** The certificate accepts the planner's plan and catches each way of tampering with it. */
import { expect, test } from 'vitest';
import { certify } from '../core/plan/certificate.js';
import { planMix } from '../core/plan/plan-mix.js';
import type { OptimalPlan } from '../core/schema/plan.js';
import { createHighs } from '../engines/highs.js';
import { cap, feeGrant, inventoryAfter, inventoryOf, recipeOf, sourceOf } from './plan-fixture.js';

const inventory = inventoryOf(`
  a x h 4000 doc=10
  a y h 3000 doc=10
  g x s:m1 900
  g x s:m2 900
  g y s:m1 900
  g y s:m2 900
  p y u 500 grant=paid`);
const recipe = recipeOf(inventory, {
  tokenBudget: 6000,
  targetShares: { x: 0.6, y: 0.4 },
  caps: [cap('syn', { domain: 'each', provenance: ['synthetic'], max: 0.3 })],
  sources: [sourceOf('a'), sourceOf('g'), sourceOf('p', { value: 2 })],
  modelFamilies: { minCount: 2, maxShare: 0.5 },
  grants: [feeGrant('paid', { perToken: '0.01' })],
  licenceBudget: { currency: 'USD', amount: '3', rates: {} },
});
const plan = (await planMix(recipe, inventory, 'f', await createHighs())) as OptimalPlan;

type Draft = { -readonly [K in keyof OptimalPlan]: OptimalPlan[K] };
const allocationOf = (p: Draft, source: string, family = '') =>
  p.allocations.find((a) => a.source === source && a.modelFamily === family)!;

function set(p: Draft, source: string, family: string, tokens: number): void {
  const a = allocationOf(p, source, family);
  a.tokensAllocated = tokens;
  a.epochs = tokens / a.tokensAvailable;
}

test('the plan itself has no complaint', () => {
  expect(plan.status).toBe('optimal');
  expect(certify(recipe, inventory, plan)).toEqual([]);
});

test.each<[string, (p: Draft) => void, RegExp]>([
  [
    'one token more in one stratum',
    (p) => set(p, 'a', '', allocationOf(p, 'a').tokensAllocated + 1),
    /sum to/,
  ],
  [
    'a token moved between labels',
    (p) => {
      set(p, 'a', '', allocationOf(p, 'a').tokensAllocated - 1);
      set(p, 'g', 'm1', allocationOf(p, 'g', 'm1').tokensAllocated + 1);
    },
    /cap syn|model_families/,
  ],
  ['more than is available', (p) => set(p, 'g', 'm1', 901), /pass 1 x 900/],
  ['a negative amount', (p) => set(p, 'p', '', -1), /no number of tokens/],
  ['half a token', (p) => set(p, 'p', '', 0.5), /no number of tokens/],
  [
    'an unknown stratum',
    (p) => {
      allocationOf(p, 'p').grantId = 'other';
    },
    /not in the inventory/,
  ],
  [
    'a stratum left out',
    (p) => {
      p.allocations.splice(0, 1);
    },
    /missing in the plan/,
  ],
  [
    'a stratum twice',
    (p) => {
      p.allocations.push({ ...p.allocations[0]! });
    },
    /stands twice/,
  ],
  [
    'another availability',
    (p) => {
      allocationOf(p, 'p').tokensAvailable += 1;
    },
    /the inventory 500/,
  ],
  [
    'a request below nothing',
    (p) => {
      allocationOf(p, 'a').tokensRequested = -1;
    },
    /-1 is no number of tokens/,
  ],
  [
    'other epochs',
    (p) => {
      allocationOf(p, 'a').epochs += 0.1;
    },
    /epochs/,
  ],
  [
    'another total',
    (p) => {
      p.tokensAllocated -= 1;
    },
    /sum to/,
  ],
  [
    'another budget',
    (p) => {
      p.tokenBudget += 1;
    },
    /the recipe says 6000/,
  ],
  [
    'a target share not reached',
    (p) => {
      p.targets[0]!.planned = 0.61;
    },
    /targets/,
  ],
  [
    'a target left out',
    (p) => {
      p.targets.pop();
    },
    /targets/,
  ],
  [
    'another cap limit',
    (p) => {
      p.caps[0]!.limit = 0.4;
    },
    /caps\[0\]/,
  ],
  [
    'another cap part',
    (p) => {
      p.caps[0]!.part -= 1;
    },
    /caps\[0\]/,
  ],
  [
    'a cap left out',
    (p) => {
      p.caps.shift();
    },
    /expected/,
  ],
  [
    'a cap said to be broken',
    (p) => {
      p.caps[1]!.kept = false;
    },
    /caps\[1\]/,
  ],
  [
    'other licence money',
    (p) => {
      p.licenceCost!.minorUnits -= 1;
    },
    /licenceCost/,
  ],
  [
    'nothing allocated',
    (p) => {
      for (const a of p.allocations) Object.assign(a, { tokensAllocated: 0, epochs: 0 });
      p.tokensAllocated = 0;
    },
    /allocates nothing/,
  ],
])('tampering is caught: %s', (_, tamper, complaint) => {
  const draft = structuredClone(plan) as Draft;
  tamper(draft);
  expect(certify(recipe, inventory, draft).join('\n')).toMatch(complaint);
});

/** A mix after an earlier one, under every rule that looks back. */
const pastInventory = inventoryAfter(
  'a x h 400 anchored=yes\n b x h 2000\n c x h 2000',
  'a x h 400\n b x h 400\n c x h 200',
);
const pastRecipe = recipeOf(pastInventory, {
  ...{ tokenBudget: 1000, minBudgetShare: 0.9, churnMax: 0.1 },
  anchor: { keepHumanOf: 'previous', minShare: 1 },
  sources: [sourceOf('a'), sourceOf('b'), sourceOf('c', { value: 2 })],
});
const pastPlan = (await planMix(
  pastRecipe,
  pastInventory,
  'f',
  await createHighs(),
)) as OptimalPlan;

test.each<[string, readonly (readonly [string, number])[], RegExp]>([
  [
    'a token of the anchor given to other text',
    [
      ['a', -1],
      ['b', 1],
    ],
    /cap anchor/,
  ],
  [
    'a token moved to what has grown',
    [
      ['b', -1],
      ['c', 1],
    ],
    /cap churn_max/,
  ],
  [
    'less than the least budget',
    [
      ['b', -101],
      ['c', 0],
    ],
    /token_budget \(min_budget\)/,
  ],
])('rules that look back: %s is caught although every sum is right', (_, moves, complaint) => {
  expect(pastPlan.allocations.map((a) => a.tokensAllocated)).toEqual([400, 300, 300]);
  expect(certify(pastRecipe, pastInventory, pastPlan)).toEqual([]);
  const draft = structuredClone(pastPlan) as Draft;
  for (const [source, change] of moves) {
    set(draft, source, '', allocationOf(draft, source).tokensAllocated + change);
    draft.tokensAllocated += change;
  }
  expect(certify(pastRecipe, pastInventory, draft).join('\n')).toMatch(complaint);
});

test.each(['min_budget', 'anchor', 'churn'])(
  'a usage of %s that says something else is caught',
  (kind) => {
    const at = pastPlan.caps.findIndex((usage) => usage.kind === kind);
    for (const field of ['limit', 'limitTokens', 'part', 'whole', 'used', 'slack'] as const) {
      const draft = structuredClone(pastPlan) as Draft;
      draft.caps[at]![field] += 1;
      expect(certify(pastRecipe, pastInventory, draft).join('\n')).toMatch(`caps[${at}]`);
    }
    const draft = structuredClone(pastPlan) as Draft;
    draft.caps.splice(at, 1);
    expect(certify(pastRecipe, pastInventory, draft).join('\n')).toMatch(/expected/);
  },
);

test('money over the budget is caught although every sum is right', () => {
  const poor = { ...recipe, licenceBudget: { currency: 'USD', amount: '0.01', rates: {} } };
  expect(plan.licenceCost!.minorUnits).toBeGreaterThan(1);
  expect(certify(poor, inventory, plan).join('\n')).toMatch(/licence_budget/);
});
