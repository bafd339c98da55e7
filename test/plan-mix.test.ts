/** The planner on recipes small enough to know the answer, and on properties of all answers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { certify } from '../core/plan/certificate.js';
import { planMix } from '../core/plan/plan-mix.js';
import type { Inventory, OptimalPlan, Plan } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap, feeGrant, inventoryOf, recipeOf, sourceOf } from './plan-fixture.js';

const solver = await createHighs();
const synthetic = ['synthetic' as const];

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

/** `source domain label[:family]` -> tokens. */
function tokensOf(plan: OptimalPlan): Record<string, number> {
  return Object.fromEntries(
    plan.allocations.map((a) => {
      const family = a.modelFamily === '' ? '' : `:${a.modelFamily}`;
      return [`${a.source} ${a.domain} ${a.label}${family}`, a.tokensAllocated];
    }),
  );
}

interface Scenario {
  readonly title: string;
  readonly inventory: string;
  readonly recipe: Partial<Recipe>;
  readonly expected: Record<string, number>;
  readonly note?: RegExp;
}

const SCENARIOS: Scenario[] = [
  {
    title: 'without wishes the budget is filled in proportion to what is available',
    inventory: `a health h 1500\n b health h 500\n c law h 2000`,
    recipe: { tokenBudget: 1000 },
    expected: {
      'a health human_authored': 375,
      'b health human_authored': 125,
      'c law human_authored': 500,
    },
  },
  {
    title: 'target shares are met exactly where there is text',
    inventory: `a health h 2000\n b law h 2000`,
    recipe: { tokenBudget: 1000, targetShares: { health: 0.7, law: 0.3 } },
    expected: { 'a health human_authored': 700, 'b law human_authored': 300 },
  },
  {
    title: 'the budget comes before the targets: a short domain is filled up by the other',
    inventory: `a health h 200\n b law h 2000`,
    recipe: { tokenBudget: 1000, targetShares: { health: 0.7, law: 0.3 } },
    expected: { 'a health human_authored': 200, 'b law human_authored': 800 },
    note: /target of health: 70 % wanted, 20 % planned/,
  },
  {
    title: 'a domain without a target gets tokens only to reach the budget',
    inventory: `a health h 600\n b law h 300\n c art h 2000`,
    recipe: { tokenBudget: 1000, targetShares: { health: 0.5, law: 0.5 } },
    expected: {
      'a health human_authored': 600,
      'b law human_authored': 300,
      'c art human_authored': 100,
    },
    note: /art has no target and got 100 tokens/,
  },
  {
    title: 'a synthetic cap holds and the rest of the budget is human text',
    inventory: `a health h 1000\n g health s:m1 5000`,
    recipe: {
      tokenBudget: 1000,
      caps: [cap('syn', { domain: 'each', provenance: synthetic, max: 0.3 })],
    },
    expected: { 'a health human_authored': 700, 'g health synthetic:m1': 300 },
  },
  {
    title: 'a share is of what is written: a short supply of human text limits the whole mix',
    inventory: `a health h 300\n g health s:m1 5000`,
    recipe: { tokenBudget: 1000, caps: [cap('syn', { provenance: synthetic, max: 0.4 })] },
    expected: { 'a health human_authored': 300, 'g health synthetic:m1': 200 },
    note: /500 of 1,000 tokens of the budget are reached \(50 %\); what binds: .*syn in all/,
  },
  {
    title: 'a minimum share pulls human text in, a token cap keeps a source down',
    inventory: `a health h 5000\n b health u 90000`,
    recipe: {
      tokenBudget: 1000,
      caps: [
        cap('human', { provenance: ['human_authored'], min: 0.6 }),
        cap('a', { source: 'a', maxTokens: 450 }),
      ],
    },
    expected: { 'a health human_authored': 450, 'b health unknown': 300 },
  },
  {
    title: 'the source of higher value is used first, inside its domain only',
    inventory: `a health h 600\n b health h 600\n c law h 1000`,
    recipe: {
      tokenBudget: 1000,
      targetShares: { health: 0.8, law: 0.2 },
      sources: [
        sourceOf('a', { value: 1 }),
        sourceOf('b', { value: 2 }),
        sourceOf('c', { value: 9 }),
      ],
    },
    expected: {
      'a health human_authored': 200,
      'b health human_authored': 600,
      'c law human_authored': 200,
    },
  },
  {
    title: 'repetition is fractional and a source may have its own limit',
    inventory: `a health h 100\n b health h 100`,
    recipe: {
      tokenBudget: 1000,
      maxRepetitionFactor: 2.5,
      sources: [sourceOf('a'), sourceOf('b', { maxRepetitionFactor: 4 })],
    },
    expected: { 'a health human_authored': 250, 'b health human_authored': 400 },
    note: /650 of 1,000/,
  },
  {
    title: 'model families share the synthetic text evenly, small ones give all they have',
    inventory: `a x h 700\n g x s:m1 40\n g x s:m2 900\n g x s:m3 900`,
    recipe: { tokenBudget: 1000, caps: [cap('syn', { provenance: synthetic, max: 0.3 })] },
    expected: {
      'a x human_authored': 700,
      'g x synthetic:m1': 40,
      'g x synthetic:m2': 130,
      'g x synthetic:m3': 130,
    },
  },
  {
    title: 'a domain with two of three model families gets no synthetic text at all',
    inventory: `a x h 700\n g x s:m1 900\n g x s:m2 900\n b y h 100\n g y s:m1 90\n g y s:m2 90\n g y s:m3 90`,
    recipe: { tokenBudget: 5000, modelFamilies: { minCount: 3, maxShare: 0.5 } },
    expected: {
      ...{ 'a x human_authored': 700, 'g x synthetic:m1': 0, 'g x synthetic:m2': 0 },
      ...{
        'b y human_authored': 100,
        'g y synthetic:m1': 90,
        'g y synthetic:m2': 90,
        'g y synthetic:m3': 90,
      },
    },
    note: /x: its synthetic text is of 2 of 3 model families/,
  },
  {
    title: 'no family passes its share, also where that leaves text unused; unstated is a family',
    inventory: `g x s:m1 900\n g x s:m2 100\n g x s 50`,
    recipe: { tokenBudget: 5000, modelFamilies: { minCount: 3, maxShare: 0.5 } },
    expected: { 'g x synthetic:m1': 150, 'g x synthetic:m2': 100, 'g x synthetic': 50 },
  },
  {
    title: 'the third family comes in with one whole document where taste alone would leave it out',
    inventory: `a x h 500\n g x s:m1 200\n g2 x s:m2 200\n g3 x s:m3 200 doc=20`,
    recipe: {
      tokenBudget: 600,
      sources: [
        sourceOf('a', { value: 5 }),
        sourceOf('g', { value: 3 }),
        sourceOf('g2', { value: 3 }),
        sourceOf('g3'),
      ],
      modelFamilies: { minCount: 3, maxShare: 0.5 },
    },
    expected: {
      'a x human_authored': 500,
      'g x synthetic:m1': 40,
      'g2 x synthetic:m2': 40,
      'g3 x synthetic:m3': 20,
    },
  },
  {
    title: 'a fee per token limits how much is bought',
    inventory: `a x h 100\n b x h 9000 grant=paid`,
    recipe: {
      tokenBudget: 1000,
      grants: [feeGrant('paid', { perToken: '0.10' })],
      licenceBudget: { currency: 'USD', amount: '50.11', rates: {} },
    },
    expected: { 'a x human_authored': 100, 'b x human_authored': 501 },
    note: /what binds: .*licence_budget/,
  },
  {
    title: 'money may be spent to the last cent',
    inventory: `a x h 3\n b x h 5 grant=paid`,
    recipe: {
      ...{ tokenBudget: 9, caps: [cap('floor', { source: 'b', minTokens: 2 })] },
      grants: [feeGrant('paid', { fixed: '1.50', perToken: '0.25' })],
      licenceBudget: { currency: 'USD', amount: '2', rates: {} },
    },
    expected: { 'a x human_authored': 3, 'b x human_authored': 2 },
  },
  {
    title: 'what a mix holds twice is paid once where the meter is in_mix',
    inventory: `a x h 4 grant=paid\n b y h 3`,
    recipe: {
      ...{ tokenBudget: 20, maxRepetitionFactor: 2 },
      grants: [feeGrant('paid', { perToken: '1', meter: 'in_mix' })],
      licenceBudget: { currency: 'USD', amount: '4', rates: {} },
    },
    expected: { 'a x human_authored': 8, 'b y human_authored': 6 },
  },
  {
    title: 'a document begun is paid whole, and then filled',
    inventory: `a x h 1000 doc=10 grant=paid\n b y h 1000 doc=10 grant=paid`,
    recipe: {
      ...{ tokenBudget: 50, targetShares: { x: 0.5, y: 0.5 } },
      grants: [feeGrant('paid', { perDocument: '1' })],
      licenceBudget: { currency: 'USD', amount: '3', rates: {} },
    },
    expected: { 'a x human_authored': 10, 'b y human_authored': 20 },
  },
  {
    title: 'synthetic text that cannot reach its number of families gets no token from rounding',
    inventory: `a x h 4000000\n b x u 5000000\n c y s:m1 3000000\n d y e 4000000`,
    recipe: {
      ...{ tokenBudget: 4000000, targetShares: { x: 0.75, y: 0.25 } },
      modelFamilies: { minCount: 2, maxShare: 1 },
    },
    expected: {
      ...{ 'a x human_authored': 1333333, 'b x unknown': 1666667 },
      ...{ 'c y synthetic:m1': 0, 'd y human_edited': 1000000 },
    },
  },
  {
    title: 'of two grants with fixed fees the money buys the larger one',
    inventory: `a x h 300 grant=g1\n b x h 400 grant=g2`,
    recipe: {
      tokenBudget: 1000,
      grants: [feeGrant('g1', { fixed: '60' }), feeGrant('g2', { fixed: '70' })],
      licenceBudget: { currency: 'USD', amount: '120', rates: {} },
    },
    expected: { 'a x human_authored': 0, 'b x human_authored': 400 },
  },
  {
    title: 'a fee with a cap of its own is bought whole when the cap is within the budget',
    inventory: `a x h 1000 grant=g1`,
    recipe: {
      tokenBudget: 1000,
      grants: [feeGrant('g1', { perToken: '1', cap: '100' })],
      licenceBudget: { currency: 'USD', amount: '110', rates: {} },
    },
    expected: { 'a x human_authored': 1000 },
  },
  {
    title: 'a fee per pass buys whole passes only',
    inventory: `a x h 100 grant=g1`,
    recipe: {
      tokenBudget: 1000,
      maxRepetitionFactor: 4,
      grants: [feeGrant('g1', { perEpoch: '10' })],
      licenceBudget: { currency: 'USD', amount: '25', rates: {} },
    },
    expected: { 'a x human_authored': 200 },
  },
];

test.each(SCENARIOS)('$title', async ({ inventory, recipe, expected, note }) => {
  const plan = await optimal(inventoryOf(inventory), recipe);
  expect(tokensOf(plan)).toEqual(expected);
  if (note !== undefined) expect(plan.notes.join('\n')).toMatch(note);
});

test('a cap that binds has a price: tokens of budget per token of slack', async () => {
  const inventory = inventoryOf(`a health h 300\n g health s:m1 5000`);
  const caps = [cap('syn', { provenance: synthetic, max: 0.4 })];
  const plan = await optimal(inventory, { tokenBudget: 1000, caps });
  // s <= 0.4 (300 + s) + slack, so s = (120 + slack) / 0.6.
  expect(plan.caps.find((c) => c.capId === 'syn')!.shadowPrice).toBeCloseTo(1 / 0.6, 6);
  // h more human text gives h (1 + 0.4 / 0.6) tokens.
  expect(plan.caps.find((c) => c.capId.endsWith(':a'))!.shadowPrice).toBeCloseTo(1 / 0.6, 6);
});

test.each([
  {
    title: 'floors above the budget',
    inventory: `a x h 900\n b y h 900`,
    recipe: {
      caps: [
        cap('lots', { domain: 'x', minTokens: 700 }),
        cap('more', { domain: 'y', minTokens: 700 }),
        cap('idle', { domain: 'x', provenance: synthetic, max: 0.1 }),
      ],
    },
    conflict: ['lots', 'more', 'token_budget'],
  },
  {
    title: 'a floor above what is available',
    inventory: `a x h 900`,
    recipe: { caps: [cap('lots', { domain: 'x', minTokens: 950 })] },
    conflict: ['lots', 'max_repetition_factor'],
  },
  {
    title: 'shares that leave only nothing',
    inventory: `a x h 900\n g x s:m1 900`,
    recipe: {
      caps: [
        cap('no-syn', { provenance: synthetic, max: 0.3 }),
        cap('mostly', { provenance: synthetic, min: 0.6 }),
        cap('idle', { source: 'a', max: 0.9 }),
      ],
    },
    conflict: ['mostly', 'no-syn'],
  },
  {
    title: 'only synthetic text, of too few families',
    inventory: `g x s:m1 900\n g x s:m2 900`,
    recipe: { modelFamilies: { minCount: 3, maxShare: 0.5 } },
    conflict: ['model_families'],
  },
  {
    title: 'no money for the only text',
    inventory: `a x h 900 grant=paid`,
    recipe: {
      grants: [feeGrant('paid', { fixed: '500' })],
      licenceBudget: { currency: 'USD', amount: '100', rates: {} },
    },
    conflict: ['licence_budget'],
  },
])(
  'infeasible: $title names exactly the caps involved',
  async ({ inventory, recipe, conflict }) => {
    const plan = await planOf(inventoryOf(inventory), recipe);
    if (plan.status !== 'infeasible') throw new Error(`status ${plan.status}`);
    expect(plan.conflict.map((c) => c.capId).sort()).toEqual(conflict);
    for (const member of plan.conflict) expect(member.statement.length).toBeGreaterThan(10);
    expect('allocations' in plan).toBe(false);
  },
);

test('a budget that cannot be reached is a plan with a note, not infeasible', async () => {
  const plan = await optimal(inventoryOf('a x h 10'), { tokenBudget: 1_000_000 });
  expect(plan.tokensAllocated).toBe(10);
  expect(plan.notes[0]).toMatch(/10 of 1,000,000 tokens/);
});

test('wishes for absent domains and caps on absent text are notes', async () => {
  const plan = await optimal(inventoryOf('a x h 900'), {
    tokenBudget: 500,
    targetShares: { x: 0.5, nowhere: 0.5 },
    caps: [cap('gone', { domain: 'elsewhere', provenance: synthetic, max: 0.1 })],
  });
  expect(plan.notes.join('\n')).toMatch(/target of nowhere \(50 %\): no usable text/);
  expect(plan.notes.join('\n')).toMatch(/cap gone: no usable text of domain elsewhere/);
});

test('nothing usable, and a fee in another currency, are failures with a remedy', async () => {
  const none = { ...inventoryOf('a x h 10'), strata: [] };
  const recipe = recipeOf(inventoryOf('a x h 10 grant=paid'), {
    grants: [feeGrant('paid', { perToken: '1', currency: 'EUR' })],
    licenceBudget: { currency: 'USD', amount: '5', rates: {} },
  });
  await expect(planMix(recipe, none, 'f', solver)).rejects.toMatchObject({
    code: 'NOTHING_USABLE',
  });
  await expect(
    planMix(recipe, inventoryOf('a x h 10 grant=paid'), 'f', solver),
  ).rejects.toMatchObject({ code: 'GRANTS_INVALID' });
});

/** Random instances: up to 3 domains, 3 sources, 4 kinds; caps on synthetic and unknown text. */
const anyInventory = fc
  .uniqueArray(
    fc.record({
      source: fc.constantFrom('a', 'b', 'c'),
      domain: fc.constantFrom('x', 'y', 'z'),
      kind: fc.constantFrom('h', 'u', 's:m1', 's:m2', 's:m3'),
      tokens: fc.integer({ min: 50, max: 4000 }),
    }),
    { minLength: 1, maxLength: 10, selector: (s) => `${s.source} ${s.domain} ${s.kind}` },
  )
  .map((rows) =>
    inventoryOf(rows.map((r) => `${r.source} ${r.domain} ${r.kind} ${r.tokens} doc=7`).join('\n')),
  );
const anyShare = fc.integer({ min: 0, max: 20 }).map((n) => n / 20);
const anyRecipe = fc.record({
  tokenBudget: fc.integer({ min: 10, max: 9000 }),
  synthetic: anyShare,
  unknown: anyShare,
  human: anyShare,
  families: fc.constantFrom(null, { minCount: 2, maxShare: 0.6 }, { minCount: 3, maxShare: 0.5 }),
  factor: fc.constantFrom(1, 1.5, 4),
  targets: fc.constantFrom({}, { x: 0.5, y: 0.3, z: 0.2 }, { x: 0.25, y: 0.75 }),
});

function givenOf(r: typeof anyRecipe extends fc.Arbitrary<infer T> ? T : never): Partial<Recipe> {
  return {
    ...{ tokenBudget: r.tokenBudget, targetShares: r.targets, maxRepetitionFactor: r.factor },
    modelFamilies: r.families,
    caps: [
      cap('syn', { domain: 'each', provenance: synthetic, max: r.synthetic }),
      cap('unk', { provenance: ['unknown'], max: r.unknown }),
      cap('hum', { domain: 'x', provenance: ['human_authored'], min: r.human }),
    ],
  };
}

test('every plan passes its certificate, whatever recipe and inventory', async () => {
  await fc.assert(
    fc.asyncProperty(anyInventory, anyRecipe, async (inventory, r) => {
      await planOf(inventory, givenOf(r));
    }),
    { numRuns: 150, seed: 11 },
  );
});
