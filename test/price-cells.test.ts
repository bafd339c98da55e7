/** Prices as people read them: columns of the caps, per unit of money, with the range in which they hold. */
import { expect, test } from 'vitest';
import { planMix } from '../core/plan/plan-mix.js';
import { frontierPoint } from '../core/report/frontier.js';
import { planDiffTables } from '../core/report/plan-diff-tables.js';
import { budgetPriceText, priceCell, rangeCell, savedCell } from '../core/report/price-cells.js';
import { planLines, planTables, strataTable, type Table } from '../core/report/tables.js';
import type { Inventory, OptimalPlan, Price } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap, feeGrant, inventoryOf, recipeOf } from './plan-fixture.js';

const solver = await createHighs();

async function planOf(recipe: Recipe, inventory: Inventory): Promise<OptimalPlan> {
  const plan = await planMix(recipe, inventory, 'f', solver);
  if (plan.status !== 'optimal') throw new Error('infeasible');
  return plan;
}

/** Cells of a table by the name of their column, of the row that begins with `first`. */
function rowOf({ columns, rows }: Table, first: string): Record<string, string> {
  const row = rows.find(([cell]) => cell === first)!;
  return Object.fromEntries(columns.map(({ name }, i) => [name, row[i]!]));
}

const capsOf = (plan: OptimalPlan, inventory: Inventory) =>
  planTables(plan, inventory).find(({ title }) => title === 'Caps')!;

const bought = inventoryOf('web health h 100\nbought health h 1000 grant=paid');
const paying = (amount: string) =>
  recipeOf(bought, {
    tokenBudget: 2000,
    grants: [feeGrant('paid', { perToken: '0.05' })],
    licenceBudget: { currency: 'USD', amount, rates: {} },
  });

test('the licence budget has a price per unit of money, with its range, and the token budget has one', async () => {
  const table = capsOf(await planOf(paying('20.00'), bought), bought);
  const money = rowOf(table, 'licence_budget');
  // Five cents a token: 20 tokens a dollar, from nothing up to the whole 1,000 tokens for 50 dollars.
  expect(money['shadow price']).toBe('20 per USD');
  expect(money['holds for']).toMatch(/^USD -(19\.99|20\.00) to USD \+(29\.9\d|30\.00)$/);
  const budget = rowOf(table, 'token_budget');
  expect(budget).toMatchObject({ limit: '2,000', used: '500', 'shadow price': '0' });
});

test('a token of budget is worth a token where text is left, and a column without a value is left out', async () => {
  const inventory = inventoryOf('web health h 1000');
  const plan = await planOf(recipeOf(inventory, { tokenBudget: 400 }), inventory);
  const table = capsOf(plan, inventory);
  expect(rowOf(table, 'token_budget')).toMatchObject({
    'shadow price': '1',
    'holds for': '-400 to +600',
  });
  const names = table.columns.map(({ name }) => name);
  expect(names).not.toContain('off target');
  expect(names).not.toContain('licences saved');
  expect(budgetPriceText(plan.budgetPrice)).toBe(
    'A token more of budget would give 1 token of mix (for a change of -400 to +600 tokens).',
  );
});

test('a cap that costs no token but nearness to the targets says so', async () => {
  const inventory = inventoryOf('web law h 1000\nsite health h 300\nbot health s 700');
  const plan = await planOf(
    recipeOf(inventory, {
      tokenBudget: 1000,
      targetShares: { law: 0.5, health: 0.5 },
      caps: [cap('bots', { provenance: ['synthetic'], max: 0.1 })],
    }),
    inventory,
  );
  const row = rowOf(capsOf(plan, inventory), 'bots');
  // 600 and 400: a token more for bots is one more in health, one less in law.
  expect(row).toMatchObject({ 'shadow price': '0', 'off target': '-2' });
});

test('where less and more differ both are told; ranges without an end, and money saved', () => {
  const price = (changes: Partial<Price>): Price => ({
    ...{ tokens: 0.5, unique: true, less: 0.5, more: 0.5, deviation: null, money: null },
    ...{ range: { from: -10.5, to: 20.9 }, ...changes },
  });
  const kind = 'max_share';
  const kink = { kind, price: price({ unique: false, less: null, more: 0 }) };
  expect(priceCell(kink, 'USD')).toBe('no mix less, 0 more');
  const ends = [
    { from: -10.5, to: 20.9 },
    { from: -10, to: null },
    { from: null, to: 3 },
  ];
  const cells = [...ends, { from: null, to: null }].map((range) =>
    rangeCell({ kind, price: price({ range }) }, 'USD'),
  );
  expect(cells).toEqual(['-10 to +20', 'from -10', 'up to +3', 'always']);
  expect(savedCell({ kind, price: price({ money: 0.002 }) }, 'USD')).toBe('USD 20.00 per M');
  expect(savedCell({ kind, price: price({ money: 1e-9 }) }, 'USD')).toBe('-');
});

test('a comparison tells both prices of the budget, and how far those of changed caps hold', async () => {
  const [a, b] = await Promise.all(['20.00', '10.00'].map((n) => planOf(paying(n), bought)));
  const side = (name: string, plan: OptimalPlan) => ({ name, plan, recipe: null });
  const tables = planDiffTables(side('as written', a!), side('changed', b!));
  const head = tables.find(({ title }) => title === 'Plans')!;
  expect(head.rows).toContainEqual(['price of a token of budget', '0', '0', 'same']);
  const caps = tables.find(({ title }) => title === 'Caps that changed')!;
  expect(caps.columns.filter(({ name }) => name === 'holds for')).toHaveLength(2);
  const money = caps.rows.find(([id]) => id === 'licence_budget')!;
  expect(money.filter((cell) => cell === '20 per USD')).toHaveLength(2);
});

test('a sweep of the budget has the price of the budget', async () => {
  const inventory = inventoryOf('web health h 1000');
  const prices = await Promise.all(
    [400, 2000].map(async (tokenBudget) => {
      const plan = await planOf(recipeOf(inventory, { tokenBudget }), inventory);
      expect(planLines(plan)).toHaveLength(plan.caps.length + 1);
      return frontierPoint(tokenBudget, plan, 'token_budget').price;
    }),
  );
  expect(prices).toEqual([1, 0]);
});

test('site, language and anchor have a column where any stratum has them', () => {
  const row = {
    source: 's',
    domain: 'd',
    label: 'unknown',
    modelFamily: '',
    grantId: 'g',
  } as const;
  const tokens = { available: 9, requested: null, planned: null, written: null, documents: null };
  const plain = { ...row, ...tokens, lineageDepth: 0, site: '', language: '', anchored: false };
  const names = (rows: (typeof plain)[]) => strataTable(rows).columns.map(({ name }) => name);
  expect(names([plain])).toEqual([
    ...['source', 'domain', 'label', 'model family', 'grant', 'available'],
  ]);
  const told = strataTable([plain, { ...plain, site: 'a.org', language: 'de', anchored: true }]);
  expect(told.columns.map(({ name }) => name).slice(5, 8)).toEqual([
    'site',
    'language',
    'anchored',
  ]);
  expect(told.rows.map((cells) => cells.slice(5, 8))).toEqual([
    ['-', '-', 'no'],
    ['a.org', 'de', 'yes'],
  ]);
});
