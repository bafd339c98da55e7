/** Rules that look back on the previous version: the anchor of human text, and churn. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { capUsages } from '../core/plan/cap-usages.js';
import { certify } from '../core/plan/certificate.js';
import { planMix } from '../core/plan/plan-mix.js';
import type { Inventory, OptimalPlan, Plan } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap, inventoryAfter, inventoryOf, recipeOf, sourceOf } from './plan-fixture.js';

const solver = await createHighs();

async function planOf(
  inventory: Inventory,
  given: Partial<Recipe>,
  explain: 'ways' | 'nothing' = 'ways',
): Promise<Plan> {
  const recipe = recipeOf(inventory, given);
  const plan = await planMix(recipe, inventory, 'f'.repeat(64), solver, { explain });
  expect(certify(recipe, inventory, plan)).toEqual([]);
  return plan;
}

async function optimal(inventory: Inventory, given: Partial<Recipe>): Promise<OptimalPlan> {
  const plan = await planOf(inventory, given);
  if (plan.status !== 'optimal') throw new Error(JSON.stringify(plan));
  return plan;
}

async function conflictOf(inventory: Inventory, given: Partial<Recipe>) {
  const plan = await planOf(inventory, given);
  if (plan.status !== 'infeasible') throw new Error(JSON.stringify(plan));
  return plan.conflict.map(({ without, ...member }) => {
    expect(without).toBeGreaterThan(0);
    return member;
  });
}

const amounts = (plan: OptimalPlan) => plan.allocations.map((a) => a.tokensAllocated);
const usageOf = (plan: OptimalPlan, kind: string) => plan.caps.find((c) => c.kind === kind)!;
const anchor = (minShare: number) => ({ keepHumanOf: 'previous', minShare });

test('all anchored human text stays, though other text is worth more', async () => {
  const inventory = inventoryAfter('a x h 300 anchored=yes\n b x h 2000', 'a x h 300');
  const sources = [sourceOf('a', { value: 1 }), sourceOf('b', { value: 5 })];
  expect(amounts(await optimal(inventory, { sources }))).toEqual([0, 1000]);
  const plan = await optimal(inventory, { sources, anchor: anchor(1) });
  expect(amounts(plan)).toEqual([300, 700]);
  expect(usageOf(plan, 'anchor')).toMatchObject({
    ...{ capId: 'anchor', scope: 'all', limit: 1, limitTokens: 300, part: 300, whole: 300 },
    ...{ used: 1, slack: 0, kept: true },
  });
});

test('a part of it stays where the recipe says so, rounded up', async () => {
  const text = 'a x h 300 anchored=yes\n a y h 33 anchored=yes\n b x h 2000';
  const inventory = inventoryAfter(text, 'a x h 333');
  const sources = [sourceOf('a', { value: 1 }), sourceOf('b', { value: 5 })];
  const plan = await optimal(inventory, { sources, anchor: anchor(0.5) });
  expect(usageOf(plan, 'anchor').limitTokens).toBe(167);
  expect(usageOf(plan, 'anchor').part).toBe(167);
});

test('a token that is written twice keeps one token', async () => {
  const text = 'a x h 100 anchored=yes\n a y h 100 anchored=yes\n b x h 900';
  const inventory = inventoryAfter(text, 'a x h 200');
  const plan = await optimal(inventory, {
    tokenBudget: 300,
    maxRepetitionFactor: 3,
    targetShares: { x: 1, y: 0 },
    sources: [sourceOf('a', { value: 9 }), sourceOf('b')],
    anchor: anchor(0.75),
  });
  // By value all 300 tokens were x of source a; 150 kept tokens need 50 of y.
  expect(amounts(plan)).toEqual([250, 50, 0]);
  expect(usageOf(plan, 'anchor')).toMatchObject({ part: 150, whole: 200, slack: 0 });
});

test('text that is in no source any more counts as missing, and can make the anchor infeasible', async () => {
  const inventory = inventoryAfter('a x h 300 anchored=yes\n b x h 2000', 'a x h 400', 100);
  expect(usageOf(await optimal(inventory, { anchor: anchor(0.75) }), 'anchor').part).toBe(300);
  expect(await conflictOf(inventory, { anchor: anchor(0.76) })).toEqual([
    {
      ...{ capId: 'anchor', scope: 'all' },
      statement: 'at least 304 of 400 human tokens of 2026.05.01; usable: 300, absent: 100',
    },
  ]);
});

test('an anchor larger than the budget conflicts with the budget, one under a cap with the cap', async () => {
  const inventory = inventoryAfter('a x h 1200 anchored=yes\n b x h 2000', 'a x h 1200');
  const budget = await conflictOf(inventory, { anchor: anchor(1) });
  expect(budget.map(({ capId }) => capId).sort()).toEqual(['anchor', 'token_budget']);
  const caps = [cap('a', { source: 'a', maxTokens: 500 }), cap('b', { source: 'b', max: 0.9 })];
  const capped = await conflictOf(inventory, { anchor: anchor(0.5), caps });
  expect(capped.map(({ capId }) => capId).sort()).toEqual(['a', 'anchor']);
});

test('without an earlier version there is neither rule, and notes say so', async () => {
  const plan = await optimal(inventoryOf('a x h 2000'), { anchor: anchor(1), churnMax: 0.1 });
  expect(plan.caps.map(({ kind }) => kind)).not.toContain('anchor');
  expect(plan.caps.map(({ kind }) => kind)).not.toContain('churn');
  expect(plan.notes.join('\n')).toMatch(/anchor: there is no earlier version/);
  expect(plan.notes.join('\n')).toMatch(/churn_max: there is no previous version/);
});

test('notes name what of the anchor is gone', async () => {
  const inventory = inventoryAfter('a x h 300 anchored=yes', 'a x h 400', 100);
  const lost = [{ reason: 'grant_revoked', documents: 2, tokens: 1500 }];
  const previous = { ...inventory.previous!, anchor: { ...inventory.previous!.anchor!, lost } };
  const plan = await optimal({ ...inventory, previous }, { anchor: anchor(0.5) });
  expect(plan.notes.join('\n')).toMatch(/2 documents \(1,500 tokens\) not asked for: grant_rev/);
  expect(plan.notes.join('\n')).toMatch(/1 document \(100 tokens\) in no source any more: missing/);
});

test('an anchor below all of it leaves room for whole documents, where there is room', async () => {
  // 500 tokens are asked for. Documents of up to 100 may leave 99 of a quota unused.
  const sources = [sourceOf('a', { value: 1 }), sourceOf('b', { value: 5 })];
  const text = 'a x h 1000 doc=100 anchored=yes\n b x h 2000';
  const roomy = await optimal(inventoryAfter(text, 'a x h 1000'), { sources, anchor: anchor(0.5) });
  expect(amounts(roomy)).toEqual([599, 401]);
  expect(roomy.notes.join('\n')).not.toMatch(/to spare/);
  const caps = [cap('a', { source: 'a', maxTokens: 550 })];
  const tight = await optimal(inventoryAfter(text, 'a x h 1000'), {
    ...{ sources, caps, anchor: anchor(0.5) },
  });
  expect(amounts(tight)).toEqual([500, 500]);
  // A quota of 500 is five documents of 100, but that is not known to hold for other sizes.
  expect(tight.notes.join('\n')).toMatch(/up to 99 tokens .* anchor has 0 to spare/);
});

test('churn is what left its place: a hand-made case', async () => {
  // Before: a 60 %, b 40 %. By value b would take all 1000 tokens: churn 0.6.
  const inventory = inventoryAfter('a x h 2000\n b x h 2000', 'a x h 600\n b x h 400');
  const sources = [sourceOf('a', { value: 1 }), sourceOf('b', { value: 5 })];
  expect(amounts(await optimal(inventory, { sources }))).toEqual([0, 1000]);
  const plan = await optimal(inventory, { sources, churnMax: 0.1 });
  expect(amounts(plan)).toEqual([500, 500]);
  expect(usageOf(plan, 'churn')).toMatchObject({
    ...{ capId: 'churn_max', scope: 'all', limit: 0.1, limitTokens: 100, part: 100, whole: 1000 },
    ...{ used: 0.1, slack: 0, kept: true },
  });
});

test('where nothing else decides, the mix stays as it was, even within churn_max', async () => {
  const inventory = inventoryAfter('a x h 2000\n b x h 2000', 'a x h 700\n b x h 300');
  expect(amounts(await optimal(inventory, {}))).toEqual([500, 500]);
  const plan = await optimal(inventory, { churnMax: 0.5 });
  expect(amounts(plan)).toEqual([700, 300]);
  expect(plan.stages.map(({ name }) => name)).toContain('stability');
});

test('a site that a cap newly names is no churn', async () => {
  const text = 'a x h 500 site=n.org\n a x h 500\n b x h 1000';
  const inventory = inventoryAfter(text, 'a x h 600\n b x h 400');
  const plan = await optimal(inventory, { churnMax: 0 });
  expect(usageOf(plan, 'churn').part).toBe(0);
  const [a, b, c] = amounts(plan) as [number, number, number];
  expect([a + b, c]).toEqual([600, 400]);
});

test('text that is gone counts as moved, and too little is left for a low churn_max', async () => {
  const inventory = inventoryAfter('a x h 2000', 'a x h 600\n gone x h 400');
  expect(usageOf(await optimal(inventory, { churnMax: 0.4 }), 'churn').used).toBe(0.4);
  expect(await conflictOf(inventory, { churnMax: 0.39 })).toEqual([
    {
      ...{ capId: 'churn_max', scope: 'all' },
      statement: 'at most 39 % of the mix elsewhere than in 2026.05.01',
    },
  ]);
});

test('a churn that binds has a price: tokens of budget per token that lies elsewhere', async () => {
  // b has 100 tokens of 40 %: a may have 60 % + 10 points of X, so 0.3 X <= 100 and X = 333.
  const inventory = inventoryAfter('a x h 2000\n b x h 100', 'a x h 600\n b x h 400');
  const plan = await optimal(inventory, { churnMax: 0.1 });
  expect(plan.tokensAllocated).toBe(333);
  // a - 0.6 X <= 0.1 X + slack, X = a + 100: slack more allows slack / 0.3 tokens.
  expect(usageOf(plan, 'churn').shadowPrice).toBeCloseTo(1 / 0.3, 5);
});

const anyPast = fc.record({
  tokens: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 1, max: 6 }))),
  before: fc.tuple(...[0, 1, 2, 3, 4].map(() => fc.integer({ min: 0, max: 6 }))),
  churnMax: fc.constantFrom(0, 0.1, 0.25, 0.4, 1),
  minShare: fc.constantFrom(0, 0.3, 0.5, 0.8, 1),
  absent: fc.constantFrom(0, 0, 1, 3),
  factor: fc.constantFrom(1, 1, 1.5, 2),
  budget: fc.integer({ min: 1, max: 16 }),
});

/** Whether whole tokens keep both rules, from their words alone. */
function isKept(c: typeof anyPast extends fc.Arbitrary<infer T> ? T : never, x: readonly number[]) {
  const whole = x.reduce((a, b) => a + b, 0);
  const past = c.before.reduce((a, b) => a + b, 0);
  if (past > 0) {
    const gained = x.map((n, i) => Math.max(0, past * n - c.before[i]! * whole));
    const sum = gained.reduce((a, b) => a + b, 0);
    if (sum * 100 > Math.round(c.churnMax * 100) * past * whole) return false;
  }
  const kept = Math.min(x[0]!, c.tokens[0]!) + Math.min(x[1]!, c.tokens[1]!);
  const asked = c.tokens[0]! + c.tokens[1]! + c.absent;
  return kept * 10 >= Math.round(c.minShare * 10) * asked;
}

test('both rules together reach what enumeration of whole tokens finds', async () => {
  let [optimalCases, infeasibleCases, short] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(anyPast, async (c) => {
      const [a, b, d, e] = c.tokens;
      const line = (n: number, i: number) => `${'abdeg'[i]} x h ${n}`;
      const inventory = inventoryAfter(
        `a x h ${a} anchored=yes\n b x h ${b} anchored=yes\n d x h ${d}\n e x h ${e}`,
        c.before.map(line).join('\n'),
        c.absent,
      );
      const recipe = {
        ...{ tokenBudget: c.budget, maxRepetitionFactor: c.factor },
        ...{ churnMax: c.churnMax, anchor: anchor(c.minShare) },
      };
      let best = 0;
      const most = c.tokens.map((n) => Math.floor(n * c.factor));
      const x = [0, 0, 0, 0];
      for (x[0] = 0; x[0]! <= most[0]!; x[0]!++)
        for (x[1] = 0; x[1]! <= most[1]!; x[1]!++)
          for (x[2] = 0; x[2]! <= most[2]!; x[2]!++)
            for (x[3] = 0; x[3]! <= most[3]!; x[3]!++) {
              const total = x.reduce((p, q) => p + q, 0);
              if (total <= c.budget && total > best && isKept(c, x)) best = total;
            }
      const plan = await planOf(inventory, recipe, 'nothing');
      if (plan.status === 'infeasible') {
        infeasibleCases++;
        expect(best).toBe(0);
        return;
      }
      optimalCases++;
      expect(isKept(c, amounts(plan))).toBe(true);
      if (plan.tokensAllocated < best) short++;
    }),
    { numRuns: 150, seed: 51 },
  );
  expect(short).toBe(0);
  expect(optimalCases).toBeGreaterThan(30);
  expect(infeasibleCases).toBeGreaterThan(30);
});

test('what is judged on written tokens is what the words say, for every mix of small pasts', () => {
  fc.assert(
    fc.property(anyPast, fc.tuple(...[0, 1, 2, 3].map(() => fc.nat(8))), (c, x) => {
      const [a, b, d, e] = c.tokens;
      const inventory = inventoryAfter(
        `a x h ${a} anchored=yes\n b x h ${b} anchored=yes\n d x h ${d}\n e x h ${e}`,
        c.before.map((n, i) => `${'abdeg'[i]} x h ${n}`).join('\n'),
        c.absent,
      );
      const recipe = recipeOf(inventory, { churnMax: c.churnMax, anchor: anchor(c.minShare) });
      const tally = inventory.strata.map((key, i) => ({ key, tokens: x[i]!, documents: x[i]! }));
      const judged = capUsages(recipe, tally, inventory).filter(
        ({ kind }) => kind === 'anchor' || kind === 'churn',
      );
      expect(judged.every(({ kept }) => kept)).toBe(isKept(c, x));
      for (const usage of judged) expect(usage.kept).toBe(usage.slack >= 0);
    }),
    { numRuns: 2000, seed: 52 },
  );
});

test('churn binds among many strata without losing a token of the budget to rounding', async () => {
  const lines = (shift: number) =>
    Array.from({ length: 160 }, (_, i) => {
      const tokens = 1000 + (((i + shift) * 7919) % 5003) * 37;
      return `s${i % 20} d${i % 4} ${['h', 'u', 'e', 's:m'][Math.floor(i / 4) % 4]} ${tokens} grant=g${i}`;
    }).join('\n');
  const inventory = inventoryAfter(lines(0), lines(13));
  const sources = Array.from({ length: 20 }, (_, i) => sourceOf(`s${i}`, { value: i % 7 }));
  const plan = await optimal(inventory, {
    ...{ tokenBudget: 5_000_001, sources, churnMax: 0.4 },
    caps: [cap('syn', { domain: 'each', provenance: ['synthetic'], max: 0.21 })],
  });
  expect(plan.tokensAllocated).toBe(5_000_001);
  const { part, limitTokens, kept } = usageOf(plan, 'churn');
  expect(kept).toBe(true);
  // Value presses against it; at most two tokens per stratum are left to rounding.
  expect(limitTokens - part).toBeLessThanOrEqual(2 * 160 + 1);
});
