/**
 * Prices with ranges against re-solved programs: inside its range a price is the exact change of the most
 * tokens per unit, and just outside it is not.
 */
import { expect, test } from 'vitest';
import { instanceOf } from '../core/plan/instance.js';
import { type MixModel, mixModel } from '../core/plan/mix-model.js';
import type { LinearModel } from '../core/plan/model.js';
import { planMix } from '../core/plan/plan-mix.js';
import { PriceProgram, type Side } from '../core/plan/price-program.js';
import { derive, draw } from '../core/random/draw.js';
import type { Inventory, OptimalPlan } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap, feeGrant, inventoryOf, recipeOf, stratum } from './plan-fixture.js';

const solver = await createHighs();

async function planOf(recipe: Recipe, inventory: Inventory): Promise<OptimalPlan> {
  const plan = await planMix(recipe, inventory, 'f', solver);
  if (plan.status !== 'optimal') throw new Error(JSON.stringify(plan.conflict));
  return plan;
}

const priceOf = (plan: OptimalPlan, capId: string) =>
  plan.caps.find((row) => row.capId === capId)!.price!;

test('a share cap: one more token of slack makes room for itself and its share, until the text ends', async () => {
  const inventory = inventoryOf('web health h 600\ngen health s:gpt 900');
  const caps = [cap('syn', { provenance: ['synthetic'], max: 0.4 })];
  const plan = await planOf(recipeOf(inventory, { tokenBudget: 2000, caps }), inventory);
  // 600 human, 400 synthetic. s - 0.4 (600 + s) <= t: s = (240 + t) / 0.6, at most 900: t <= 300.
  const syn = priceOf(plan, 'syn');
  expect(syn.tokens).toBeCloseTo(1 / 0.6, 6);
  expect(syn.range.to).toBeCloseTo(300, 3);
  expect(syn.range.from).toBeCloseTo(-240, 3);
  expect(syn.unique).toBe(true);
  // The human text's limit: h + 0.4 h / 0.6, up to where the budget is full: h = 1200.
  const human = priceOf(plan, 'max_repetition_factor:web');
  expect(human.tokens).toBeCloseTo(1 / 0.6, 6);
  expect(human.range.to).toBeCloseTo(600, 3);
  expect(human.range.from).toBeCloseTo(-600, 3);
  expect(plan.budgetPrice).toMatchObject({ tokens: 0, range: { to: null } });
  expect(plan.budgetPrice!.range.from).toBeCloseTo(-1000, 3);
});

test('a budget that is reached is worth a token per token, as far as text and caps go', async () => {
  const inventory = inventoryOf('web health h 600\ngen health s:gpt 900');
  const caps = [cap('syn', { provenance: ['synthetic'], max: 0.4 })];
  const plan = await planOf(recipeOf(inventory, { tokenBudget: 500, caps }), inventory);
  expect(plan.budgetPrice).toMatchObject({ tokens: 1, less: 1, more: 1, unique: true });
  expect(plan.budgetPrice!.range.from).toBeCloseTo(-500, 3);
  expect(plan.budgetPrice!.range.to).toBeCloseTo(500, 3);
  expect(priceOf(plan, 'syn')).toMatchObject({ tokens: 0, range: { to: null } });
});

test('two caps on the same text: less costs, more gives nothing, and both are said', async () => {
  const inventory = inventoryOf('web health h 600\ngen health s:gpt 900');
  const caps = [
    cap('one', { provenance: ['synthetic'], maxTokens: 200 }),
    cap('two', { domain: 'health', provenance: ['synthetic'], maxTokens: 200 }),
  ];
  const plan = await planOf(recipeOf(inventory, { tokenBudget: 2000, caps }), inventory);
  for (const id of ['one', 'two']) {
    const price = priceOf(plan, id);
    expect(price).toMatchObject({ unique: false, more: 0 });
    expect(price.less).toBeCloseTo(1, 6);
    expect(price.range.from).toBeCloseTo(-200, 2);
    expect(price.range.to).toBeNull();
  }
});

test('where the budget is reached a cap costs distance from the targets', async () => {
  const inventory = inventoryOf('web health h 1000\nweb law h 1000\ngen law s:gpt 1000');
  const caps = [cap('law', { domain: 'law', maxTokens: 300 })];
  const targetShares = { health: 0.5, law: 0.5 };
  const plan = await planOf(
    recipeOf(inventory, { tokenBudget: 1000, caps, targetShares }),
    inventory,
  );
  // 700 and 300 for 500 and 500: each token more in law is one less in health, two less of distance.
  expect(priceOf(plan, 'law')).toMatchObject({ tokens: 0 });
  expect(priceOf(plan, 'law').deviation).toBeCloseTo(-2, 5);
});

test('a minor unit of licence money buys tokens at the fee, until the text ends', async () => {
  const inventory = inventoryOf('web health h 100\nbought health h 1000 grant=paid');
  const plan = await planOf(
    recipeOf(inventory, {
      tokenBudget: 2000,
      grants: [feeGrant('paid', { perToken: '0.05' })],
      licenceBudget: { currency: 'USD', amount: '20.00', rates: {} },
    }),
    inventory,
  );
  const money = plan.caps.find((row) => row.kind === 'licence_budget')!.price!;
  // Five cents a token: a fifth of a token per cent.
  expect(money.tokens).toBeCloseTo(0.2, 6);
  expect(money.range.to! / 5).toBeGreaterThan(590);
  expect(money.range.to! / 5).toBeLessThan(610);
});

/** v(t) by a fresh solve of the program with a changed right-hand side; null where it is infeasible. */
async function mostWith(model: MixModel, side: Side, change: number): Promise<number | null> {
  const { columns, rows } = model.draft;
  const moved: LinearModel = {
    columns: columns.map((c, i) =>
      'column' in side && side.column === i ? { ...c, upper: Math.max(0, c.upper + change) } : c,
    ),
    rows: rows.map((row, r) =>
      'row' in side && side.row === r
        ? { ...row, lower: row.lower + change, upper: row.upper + change }
        : row,
    ),
    objective: { sense: 'maximise', indices: [model.total], values: [1] },
  };
  const solution = await solver.solve(moved);
  return solution.status === 'optimal' ? solution.objective : null;
}

/** Random strata of two domains under share caps, token caps and a floor; asked for more than there is. */
function randomModel(seed: number): MixModel {
  const of = (name: string) => draw(derive(seed, 'prices'), name);
  const kinds = ['h', 'e', 's:gpt', 's:gem', 'u'];
  const lines = Array.from({ length: 9 }, (_, i) => {
    const domain = of(`d${i}`) < 0.5 ? 'health' : 'law';
    const kind = kinds[Math.floor(5 * of(`k${i}`))]!;
    return stratum(`s${i} ${domain} ${kind} ${Math.ceil(1000 * of(`n${i}`))}`);
  });
  const inventory = { ...inventoryOf('x y h 1'), strata: lines };
  const caps = [
    cap('a', { domain: 'each', provenance: ['synthetic'], max: 0.1 + 0.4 * of('a') }),
    cap('b', { provenance: ['unknown'], max: 0.3 * of('b') }),
    cap('c', { domain: 'law', maxTokens: Math.ceil(1500 * of('c')) }),
    cap('d', { domain: 'health', min: 0.2 + 0.4 * of('d') }),
    cap('e', { provenance: ['human_authored'], min: 0.3 * of('e') }),
  ];
  return mixModel(instanceOf(recipeOf(inventory, { tokenBudget: 6000, caps }), inventory), {
    presence: new Set(),
    marginMinor: 0,
    hasRoom: false,
  });
}

test('in random programs a price is linear in its range and wrong just outside', async () => {
  let ends = 0;
  for (let seed = 0; seed < 40; seed++) {
    const model = randomModel(seed);
    const { columns, rows } = model.draft;
    const program = new PriceProgram({ columns, rows }, model.total, solver);
    const opened = (await program.open())!;
    const sides: Side[] = [
      ...model.capRows.map((row) => ({ row })),
      { row: 0 },
      ...model.x.map((column) => ({ column })),
    ];
    const base = (await mostWith(model, sides[0]!, 0))!;
    for (const side of sides) {
      const isMinimum = 'row' in side && rows[side.row]!.upper === Infinity;
      const dual = opened.priceOf(side);
      const price = Math.abs(dual) < 1e-9 ? 0 : dual;
      const found = (await program.pricesOf(side, price, isMinimum ? 'less' : 'more'))!;
      for (const [slope, end, open] of [
        [found.below, found.from, -500],
        [found.above, found.to, 500],
      ] as const) {
        if (slope === null) continue;
        const far = end ?? open;
        for (const part of [0.5, 0.999]) {
          const most = await mostWith(model, side, far * part);
          expect(most, `seed ${seed} ${JSON.stringify(side)}`).not.toBeNull();
          expect(most! - base).toBeCloseTo(slope * far * part, 3);
        }
        const below0 = 'column' in side && columns[side.column]!.upper + far <= 0.01;
        if (end === null || below0) continue;
        ends += 1;
        const past = far + Math.sign(far) * Math.max(0.5, Math.abs(far) * 0.01);
        const most = await mostWith(model, side, past);
        if (most !== null) expect(most - base).toBeLessThan(slope * past - 1e-6);
      }
    }
    program.close();
  }
  expect(ends).toBeGreaterThan(200);
});
