/**
 * Advice on recipes without a mix: small instances of the shapes of `examples/infeasible-*.yaml`. Advice and plan say the same:
 * the ways out of the plan, in its order and words, and nothing that these contradict.
 */
import { describe, expect, test } from 'vitest';
import { advise } from '../core/plan/advise/advise.js';
import type { Replan } from '../core/plan/advise/replans.js';
import { planMix } from '../core/plan/plan-mix.js';
import { adviceCsv } from '../core/report/advice-csv.js';
import { adviceTables } from '../core/report/advice-tables.js';
import { infeasibleLines } from '../core/report/infeasible-lines.js';
import { advice as adviceSchema } from '../core/schema/advice.js';
import type { Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap, feeGrant, inventoryOf, recipeOf } from './plan-fixture.js';

const solver = await createHighs();
const replan: Replan = (recipe, inventory) => planMix(recipe, inventory, 'f'.repeat(64), solver);
const synthetic = ['synthetic' as const];

interface Shape {
  readonly title: string;
  readonly inventory: string;
  readonly recipe: Partial<Recipe>;
  /** What the first line must offer. */
  readonly headline: RegExp;
  /** Settings and words that must be among the ways. */
  readonly ways: readonly string[];
}

const SHAPES: Shape[] = [
  {
    title: 'a floor of paid text, and less money than it costs',
    inventory: 'a health h 9000 grant=paid\n b law h 9000',
    recipe: {
      tokenBudget: 9000,
      grants: [feeGrant('paid', { perToken: '0.5' }), feeGrant('open', { fixed: '0' })],
      licenceBudget: { currency: 'USD', amount: '1200', rates: {} },
      caps: [cap('health-floor', { domain: 'health', minTokens: 3000 })],
    },
    headline:
      /^cheapest way out: find 600 more tokens of human-authored health text without a fee; then 9,000 of 9,000/,
    ways: ['licence_budget.amount=1500.00', 'caps.health-floor.min_tokens=2400'],
  },
  {
    title: 'two conflicts at once',
    inventory: 'a academic h 2900\n g academic s:gpt 1900\n m health h 4300',
    recipe: {
      tokenBudget: 8000,
      caps: [
        cap('academic-floor', { domain: 'academic', minTokens: 1000 }),
        cap('syn-most', { domain: 'academic', provenance: synthetic, max: 0.1 }),
        cap('syn-least', { domain: 'academic', provenance: synthetic, min: 0.15 }),
        cap('health-floor', { domain: 'health', minTokens: 5000 }),
      ],
    },
    headline: /^cheapest way out: --set caps\.\S+=\S+ --set caps\.\S+=\S+ /,
    ways: ['caps.health-floor.min_tokens=4300', 'caps.syn-least.min_share=0.1'],
  },
  {
    title: 'most of the budget must be reached, and a cap leaves less',
    inventory: 'a x h 400\n g x s:m 900',
    recipe: { minBudgetShare: 0.6, caps: [cap('syn', { provenance: synthetic, max: 0.2 })] },
    headline: /^cheapest way out: find 80 more tokens of human-authored x text; then 600 of 1,000/,
    ways: ['max_repetition_factor=1.2', 'min_budget_share=0.5', 'caps.syn.max_share=0.3334'],
  },
  {
    title: 'families that cannot fill a synthetic floor',
    inventory: 'a x h 9000\n g x s:m1 900\n g x s:m2 900\n g x s:m3 900',
    recipe: {
      caps: [cap('floor', { provenance: synthetic, minTokens: 300 })],
      modelFamilies: { minCount: 3, maxShare: 0.3 },
    },
    headline: /model_families\.max_share=0\.3334|more tokens? of synthetic x text by another model/,
    ways: ['model_families.max_share=0.3334', 'caps.floor.min_tokens=0'],
  },
  {
    title: 'a floor on unknown text alone',
    inventory: 'm health u 4300 doc=10\n f academic h 500 doc=10',
    recipe: {
      tokenBudget: 4000,
      caps: [
        cap('health-floor', { domain: 'health', minTokens: 1000 }),
        cap('unknown-each', { domain: 'each', provenance: ['unknown'], max: 0.1 }),
      ],
    },
    headline: /^cheapest way out: label 900 tokens of unknown health text as human: /,
    ways: ['caps.unknown-each.max_share=1', 'find 900 more tokens of human-authored health text'],
  },
];

describe.each(SHAPES)('$title', ({ inventory: text, recipe: given, headline, ways }) => {
  const inventory = inventoryOf(text);
  const recipe = recipeOf(inventory, given);
  const problem = { recipe, inventory };

  test('is advised what its plan says, in that order and in those words', async () => {
    const plan = await replan(recipe, inventory);
    if (plan.status !== 'infeasible') throw new Error(plan.status);
    const found = await advise({ problem, replan });
    expect(adviceSchema.parse(found)).toEqual(found);
    expect(found.waysOut).toEqual(plan.waysOut);
    expect(found.headline).toBe(infeasibleLines(plan).ways[0]);
    expect(found.headline).toMatch(headline);
    const told = found.waysOut.flatMap((way) => [
      way.statement,
      ...way.changes.map(({ setting }) => setting),
    ]);
    for (const way of ways) expect(told).toContain(way);
    // A plan that is known is not made again.
    const again = await advise({
      ...{ problem, infeasible: plan },
      replan: () => Promise.reject(new Error('planned again')),
    });
    expect(again).toEqual(found);
  });

  test('no line and no note says that what frees it gains nothing', async () => {
    const found = await advise({ problem, replan });
    expect([found.text, found.labels, found.limits, found.money]).toEqual([[], [], [], null]);
    expect(found.notes.join('\n')).not.toMatch(/nothing|not bind|costs? any|worth 0/);
    const [table, ...more] = adviceTables(found);
    expect(more).toEqual([]);
    expect(table!.rows.map(([change]) => change!.split(' (')[0])).toEqual(
      found.waysOut.map(({ statement }) => statement),
    );
    const rows = adviceCsv(found).split('\r\n');
    const isWay = (row: string) => row.startsWith('way_out,');
    expect(rows.filter(isWay)).toHaveLength(found.waysOut.length);
  });
});
