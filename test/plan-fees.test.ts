/**
 * Licence fees against enumeration: what a mix costs, how much the money buys, and what is cheapest. The
 * fees are computed here a second time, in whole thousandths of a cent, from the words of the documentation.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { licenceOf } from '../core/plan/cap-usages.js';
import { certify } from '../core/plan/certificate.js';
import { planMix } from '../core/plan/plan-mix.js';
import { documentsPlanned } from '../core/plan/stratum.js';
import type { Fee } from '../core/schema/grant.js';
import type { Inventory } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { feeGrant, inventoryOf, recipeOf } from './plan-fixture.js';

const solver = await createHighs();
const METERS = ['trained', 'in_mix', 'ingested'] as const;

/** Prices in cents; null where the fee has no such part. */
interface Prices {
  readonly fixed: number | null;
  readonly perToken: number | null;
  readonly perDocument: number | null;
  readonly perEpoch: number | null;
  readonly minimum: number | null;
  readonly cap: number | null;
}
const NO_PRICES: Prices = {
  ...{ fixed: null, perToken: null, perDocument: null },
  ...{ perEpoch: null, minimum: null, cap: null },
};

interface Bought {
  readonly available: number;
  readonly documents: number;
  readonly tokens: number;
}

/** Cents of one grant, rounded half up once, at `rate` thousandths of a cent per cent. */
function centsOf(p: Prices, meter: Fee['meter'], rate: number, strata: readonly Bought[]): number {
  if (strata.every(({ tokens }) => tokens === 0)) return 0;
  let cents = p.fixed ?? 0;
  let passes = 0;
  for (const { available, documents, tokens } of strata) {
    const taken = Math.ceil((documents * tokens) / available);
    const metered = { trained: tokens, in_mix: Math.min(tokens, available), ingested: available };
    const papers = { trained: taken, in_mix: Math.min(taken, documents), ingested: documents };
    cents += (p.perToken ?? 0) * metered[meter] + (p.perDocument ?? 0) * papers[meter];
    while (passes * available < tokens) passes++;
  }
  cents += (p.perEpoch ?? 0) * passes;
  if (p.minimum !== null && cents < p.minimum) cents = p.minimum;
  if (p.cap !== null && cents > p.cap) cents = p.cap;
  return Math.floor((cents * rate + 500) / 1000);
}

const amountOf = (cents: number | null) => (cents === null ? null : (cents / 100).toFixed(2));
const feeTextOf = (p: Prices, meter: Fee['meter'], currency: string): Partial<Fee> => ({
  ...{ currency, meter, fixed: amountOf(p.fixed), perToken: amountOf(p.perToken) },
  ...{ perDocument: amountOf(p.perDocument), perEpoch: amountOf(p.perEpoch) },
  ...{ minimum: amountOf(p.minimum), cap: amountOf(p.cap) },
});

interface Market {
  readonly prices: readonly Prices[];
  readonly meters: readonly Fee['meter'][];
  /** Of the first grant, in thousandths; 1000: its fee is in the budget's currency. */
  readonly rate: number;
  readonly factor: number;
  readonly tokens: readonly number[];
  /** Tokens per document of each stratum. */
  readonly sizes: readonly number[];
  readonly tokenBudget: number;
  readonly money: number | null;
}

/** Strata a and b under grant g0, c under g1, d free. */
const GRANTS_OF = ['g0', 'g0', 'g1', 'open'];

function problemOf(m: Market): { recipe: Recipe; inventory: Inventory } {
  const line = (n: number, i: number) =>
    `${'abcd'[i]} x h ${n} doc=${m.sizes[i]} grant=${GRANTS_OF[i]}`;
  const inventory = inventoryOf(m.tokens.map(line).join('\n'));
  const currency = m.rate === 1000 ? 'USD' : 'EUR';
  const recipe = recipeOf(inventory, {
    tokenBudget: m.tokenBudget,
    maxRepetitionFactor: m.factor,
    grants: m.prices.map((p, i) =>
      feeGrant(`g${i}`, feeTextOf(p, m.meters[i]!, i === 0 ? currency : 'USD')),
    ),
    // Without rates to state, no limit is no licence budget at all.
    licenceBudget:
      m.money === null && m.rate === 1000
        ? null
        : {
            ...{ currency: 'USD', amount: amountOf(m.money ?? 1e9)! },
            rates: { EUR: (m.rate / 1000).toFixed(3) },
          },
  });
  return { recipe, inventory };
}

function costOf(m: Market, amounts: readonly number[]): number {
  const bought = m.tokens.map((available, i): Bought => {
    const documents = Math.ceil(available / m.sizes[i]!);
    return { available, documents, tokens: amounts[i]! };
  });
  return m.prices.reduce((sum, p, g) => {
    const strata = bought.filter((_, i) => GRANTS_OF[i] === `g${g}`);
    return sum + centsOf(p, m.meters[g]!, g === 0 ? m.rate : 1000, strata);
  }, 0);
}

/** Every way to give whole tokens to the strata. */
function* mixes(m: Market): Generator<number[]> {
  const most = m.tokens.map((n) => Math.floor(n * m.factor));
  const at = m.tokens.map(() => 0);
  for (;;) {
    if (at.reduce((a, b) => a + b, 0) <= m.tokenBudget) yield [...at];
    let i = 0;
    for (; i < at.length && at[i] === most[i]; i++) at[i] = 0;
    if (i === at.length) return;
    at[i]!++;
  }
}

interface Best {
  readonly total: number;
  readonly cost: number;
}

/** Most tokens that the money buys, then the least money for as many. */
function bestOf(m: Market): Best {
  let best: Best = { total: 0, cost: 0 };
  for (const amounts of mixes(m)) {
    const total = amounts.reduce((a, b) => a + b, 0);
    if (total < best.total) continue;
    const cost = costOf(m, amounts);
    if (cost > (m.money ?? Infinity)) continue;
    if (total > best.total || cost < best.cost) best = { total, cost };
  }
  return best;
}

async function plannedOf(m: Market): Promise<Best> {
  const { recipe, inventory } = problemOf(m);
  const plan = await planMix(recipe, inventory, 'f', solver, { explain: 'nothing' });
  expect(certify(recipe, inventory, plan)).toEqual([]);
  if (plan.status === 'infeasible') return { total: 0, cost: 0 };
  const amounts = plan.allocations.map((a) => a.tokensAllocated);
  const cost = plan.licenceCost!.minorUnits;
  expect(cost).toBe(costOf(m, amounts));
  return { total: plan.tokensAllocated, cost };
}

const cents = (max: number) => fc.integer({ min: 1, max });
const maybe = (max: number) => fc.option(cents(max), { nil: null });
const anyPrices = fc
  .record({
    ...{ fixed: maybe(60), perToken: maybe(20), perDocument: maybe(30), perEpoch: maybe(40) },
    ...{ minimum: maybe(80), cap: maybe(200) },
  })
  .map((p): Prices => {
    const crossed = p.minimum !== null && p.cap !== null && p.minimum > p.cap;
    return crossed ? { ...p, minimum: null } : p;
  });
const anyMarket = fc.record({
  prices: fc.tuple(anyPrices, anyPrices),
  meters: fc.tuple(fc.constantFrom(...METERS), fc.constantFrom(...METERS)),
  rate: fc.constantFrom(1000, 1000, 1085, 499),
  factor: fc.constantFrom(1, 1, 1.5, 2),
  tokens: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 1, max: 5 }))),
  sizes: fc.constant([1, 1, 1, 1]),
  tokenBudget: fc.integer({ min: 2, max: 14 }),
  money: fc.option(fc.integer({ min: 20, max: 400 }), { nil: null }),
});

test('what a mix costs is what the words say, for every mix of small markets', () => {
  let judged = 0;
  fc.assert(
    fc.property(anyMarket, fc.tuple(...[0, 1, 2, 3].map(() => cents(4))), (m, sizes) => {
      const market = { ...m, sizes };
      const { recipe, inventory } = problemOf(market);
      for (const amounts of mixes({ ...market, tokenBudget: 6 })) {
        const tally = inventory.strata.map((key, i) => {
          const tokens = amounts[i]!;
          return { key, tokens, documents: documentsPlanned(key, tokens) };
        });
        const cost = licenceOf(recipe, inventory.strata, tally);
        const minorUnits = costOf(market, amounts);
        if (cost === null) expect(minorUnits).toBe(0);
        else expect(cost).toEqual({ currency: 'USD', minorUnits });
        judged++;
      }
    }),
    { numRuns: 120, seed: 41 },
  );
  expect(judged).toBeGreaterThan(10_000);
});

const ALONE: [string, Partial<Prices>][] = [
  ['fixed', { fixed: 35 }],
  ['per token', { perToken: 7 }],
  ['per document', { perDocument: 9 }],
  ['per epoch', { perEpoch: 21 }],
  ['capped', { perToken: 13, cap: 40 }],
  ['minimum', { perToken: 6, minimum: 30 }],
  ['fixed, capped and minimum', { fixed: 11, perToken: 9, cap: 60, minimum: 25 }],
];

test.each(ALONE.flatMap(([name, prices]) => METERS.map((meter) => ({ name, meter, prices }))))(
  'a $name fee by tokens $meter buys what enumeration finds, at its price',
  async (of) => {
    const prices: Prices = { ...NO_PRICES, ...of.prices };
    for (const money of [15, 40, 65, 90, null]) {
      for (const factor of [1, 2]) {
        const m: Market = {
          ...{ prices: [prices, { ...NO_PRICES, perToken: 10 }], meters: [of.meter, 'trained'] },
          ...{ rate: 1000, factor, tokens: [3, 2, 4, 1], sizes: [1, 1, 1, 1] },
          ...{ tokenBudget: 9, money },
        };
        expect({ money, factor, ...(await plannedOf(m)) }).toEqual({ money, factor, ...bestOf(m) });
      }
    }
  },
);

test('fees of all kinds together buy what enumeration finds, at its price', async () => {
  let [limited, cases, cheapest] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(anyMarket, async (m) => {
      const best = bestOf(m);
      const planned = await plannedOf(m);
      expect(planned.total).toBe(best.total);
      expect(planned.cost).toBeLessThanOrEqual(m.money ?? Infinity);
      if (best.total < bestOf({ ...m, money: null }).total) {
        // The last cents buy less than a token: the cheapest fractions may not be the cheapest tokens.
        limited++;
        return;
      }
      // Under a minimum or a cap fractions cost the same for a while; then a token may go the dearer way.
      const aToken = Math.max(...m.prices.map((p) => (p.perToken ?? 0) + (p.perDocument ?? 0)));
      expect(planned.cost).toBeLessThanOrEqual(best.cost + Math.ceil((aToken * m.rate) / 1000));
      cases++;
      if (planned.cost === best.cost) cheapest++;
    }),
    { numRuns: 80, seed: 42 },
  );
  expect(limited).toBeGreaterThan(10);
  expect(cheapest / cases).toBeGreaterThan(0.95);
});

test('money of another currency is rounded once, half up, and refused without a rate', async () => {
  const inventory = inventoryOf('a x h 1 grant=paid');
  const given = (rates: Record<string, string>) =>
    recipeOf(inventory, {
      grants: [feeGrant('paid', { currency: 'EUR', perToken: '0.10' })],
      licenceBudget: { currency: 'USD', amount: '1.00', rates },
    });
  const costAt = async (rate: string) => {
    const plan = await planMix(given({ EUR: rate }), inventory, 'f', solver);
    return plan.status === 'optimal' ? plan.licenceCost : null;
  };
  // 10 cents x 1.25 = 12.5; a hair less rounds down.
  expect(await costAt('1.25')).toEqual({ currency: 'USD', minorUnits: 13 });
  expect(await costAt('1.249999999999')).toEqual({ currency: 'USD', minorUnits: 12 });
  await expect(planMix(given({ GBP: '1.3' }), inventory, 'f', solver)).rejects.toMatchObject({
    code: 'GRANTS_INVALID',
    parts: { remedy: 'add licence_budget.rates.EUR, or state its fee in USD' },
  });
});
