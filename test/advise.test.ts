/** Advice on problems small enough to know every gain, and on properties of all advice. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advise } from '../core/plan/advise/advise.js';
import { applyChange, proRata, TRUTH_DRAWS } from '../core/plan/advise/apply-change.js';
import { deviationOf, type Replan } from '../core/plan/advise/replans.js';
import { certify } from '../core/plan/certificate.js';
import { planMix } from '../core/plan/plan-mix.js';
import { type Advice, advice as adviceSchema, type Tried } from '../core/schema/advice.js';
import { canonicalJson } from '../core/schema/canonical.js';
import type { Inventory } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { drawTruthShares, estimateTruthShares, truthKey } from '../core/stats/truth-shares.js';
import { createHighs } from '../engines/highs.js';
import { POLICY } from './label-fixture.js';
import { cap, feeGrant, inventoryOf, recipeOf } from './plan-fixture.js';

const solver = await createHighs();
const replan: Replan = async (recipe, inventory) => {
  const plan = await planMix(recipe, inventory, 'f'.repeat(64), solver);
  expect(certify(recipe, inventory, plan)).toEqual([]);
  return plan;
};

async function adviceOn(
  inventory: Inventory,
  given: Partial<Recipe>,
  replansMax?: number,
): Promise<{ found: Advice; recipe: Recipe }> {
  const recipe = recipeOf(inventory, given);
  const max = replansMax === undefined ? {} : { replansMax };
  const found = await advise({ problem: { recipe, inventory }, replan, ...max });
  expect(adviceSchema.parse(found)).toEqual(found);
  return { found, recipe };
}

/** Everything that was tried, wherever it stands; draws are summed up in their line. */
function allTried({ text, labels, limits, money }: Advice): Tried[] {
  return [
    ...text.flatMap((line) => line.tried),
    ...labels.flatMap((line) => line.sizes.flatMap((size) => [size.allHuman, size.noneHuman])),
    ...limits.flatMap((line) => [line.step, ...(line.without === null ? [] : [line.without])]),
    ...(money?.tried ?? []),
  ];
}

const textLine = (found: Advice, domain: string, label: string) =>
  found.text.find((line) => line.domain === domain && line.label === label)!;
const limitLine = (found: Advice, key: string) =>
  found.limits.find(({ step }) => step.change.kind === 'set' && step.change.key === key)!;
const synthetic = ['synthetic' as const];
const unknown = ['unknown' as const];
const MILLION = 1_000_000;

/** 600,000 human tokens under `synthetic at most a quarter`: 800,000 of a million are reached. */
const SHORT = `web health h 600000\n gen health s:gpt 500000`;
const QUARTER = {
  tokenBudget: MILLION,
  caps: [cap('quarter', { provenance: synthetic, max: 0.25 })],
};

describe('text that is not there yet', () => {
  test('is worth itself and what it makes room for, until the budget is reached', async () => {
    const { found } = await adviceOn(inventoryOf(SHORT), QUARTER);
    expect(found.now).toEqual({
      status: 'optimal',
      tokens: 800_000,
      deviationTokens: 0,
      minorUnits: 0,
    });
    const line = textLine(found, 'health', 'human_authored');
    // The mix is (600,000 + s) / 0.75, up to the budget: 4/3 per token until s = 150,000.
    for (const { change, gainTokens } of line.tried) {
      const s = 'tokens' in change ? change.tokens : 0;
      const whole = Math.min(MILLION, Math.floor((600_000 + s) / 0.75));
      expect(gainTokens).toBe(whole - 800_000);
    }
    expect(line.worthTokens).toBeCloseTo(4e6 / 3, -2);
    expect(line.tokensUseful).toBeGreaterThan(149_990);
    expect(line.tokensUseful).toBeLessThan(150_010);
    expect(line.holds).toBe(true);
    expect(textLine(found, 'health', 'synthetic').gain).toBe('none');
    expect(found.headline).toMatch(
      /^Add 150,00\d tokens of human authored text of health: 200,000 tokens more; the budget is reached then\.$/,
    );
  });

  test('has a worth that falls once what it makes room for is used up', async () => {
    const { found } = await adviceOn(
      inventoryOf(`web health h 600000\n gen health s:gpt 220000`),
      QUARTER,
    );
    const line = textLine(found, 'health', 'human_authored');
    // Four thirds per token until all 220,000 synthetic ones are in (880,000), then one for one.
    for (const { change, gainTokens } of line.tried) {
      const s = 'tokens' in change ? change.tokens : 0;
      const whole = Math.min(MILLION, 820_000 + s, Math.floor((600_000 + s) / 0.75));
      expect(gainTokens).toBe(whole - 800_000);
    }
    expect(line.worthTokens).toBeCloseTo(4e6 / 3, -2);
    expect(line.tokensUseful).toBeGreaterThan(179_990);
    expect(line.tokensUseful).toBeLessThan(180_010);
    expect(line.holds).toBe(false);
  });

  test('of machines is worth something where their share is not yet full', async () => {
    const { found } = await adviceOn(inventoryOf(`gen law s:gpt 300000\n b health h 400000`), {
      tokenBudget: MILLION,
      caps: [cap('half', { provenance: synthetic, max: 0.5 })],
    });
    // One for one up to 400,000 in all, then nothing.
    const line = textLine(found, 'law', 'synthetic');
    expect(line.tried.at(-1)!.gainTokens).toBe(100_000);
    expect(line.tokensUseful).toBeGreaterThanOrEqual(99_990);
    expect(line.tokensUseful).toBeLessThanOrEqual(100_010);
  });

  test('is worth nearness to the targets where the budget is reached', async () => {
    const { found } = await adviceOn(inventoryOf(`a health h 900000\n b law h 200000`), {
      tokenBudget: MILLION,
      targetShares: { health: 0.5, law: 0.5 },
    });
    // 200,000 of law: off by 300,000 on either side.
    expect(found.now.deviationTokens).toBe(600_000);
    const line = textLine(found, 'law', 'human_authored');
    expect(line).toMatchObject({ gain: 'deviation', holds: true });
    expect(line.worthDeviation).toBeCloseTo(2e6, -1);
    expect(line.tokensUseful).toBeGreaterThan(299_990);
    expect(line.tokensUseful).toBeLessThan(300_010);
    expect(found.headline).toMatch(/^Add 300,00\d tokens .* of law: 600,000 tokens nearer/);
  });

  test('is worth nothing where budget and targets are reached, and the first line says so', async () => {
    const { found } = await adviceOn(inventoryOf(`a health h 2000000\n b law h 2000000`), {
      tokenBudget: MILLION,
      targetShares: { health: 0.5, law: 0.5 },
    });
    expect(found.headline).toBe(
      'Nothing is missing: the budget of 1,000,000 tokens and every target is reached.',
    );
    expect(found.text.map((line) => line.gain)).toEqual(['none', 'none', 'none', 'none']);
    expect(found.notes).toContain(
      'more human authored text is worth 0 in any domain: the plan would not change for it',
    );
  });

  test('of a domain with a target and no text at all is asked for', async () => {
    const { found } = await adviceOn(inventoryOf(`a health h 900000`), {
      tokenBudget: MILLION,
      targetShares: { health: 0.5, law: 0.5 },
    });
    expect(textLine(found, 'law', 'human_authored')).toMatchObject({ gain: 'tokens' });
    // Both give the budget's last 100,000 tokens; those of law are nearer to the targets.
    expect(found.text[0]!.domain).toBe('law');
  });

  test('of a family that a minimum asks for is tried by its name', async () => {
    const { found } = await adviceOn(
      inventoryOf(`a law h 900000\n g law s:gpt 60000\n c law s:claude 300000`),
      {
        tokenBudget: MILLION,
        caps: [cap('gpt', { modelFamily: 'gpt', min: 0.1 })],
      },
    );
    const line = found.text.find((one) => one.modelFamily === 'gpt')!;
    // 60,000 / 0.1: each further token brings ten.
    expect(found.now.tokens).toBe(600_000);
    expect(line.worthTokens).toBeCloseTo(10e6, -2);
    expect(found.text[0]).toBe(line);
  });
});

/** 60 of 100 reviewed documents were human, 40 synthetic. */
const REVIEWED = estimateTruthShares(
  {
    label: 'unknown',
    own: {
      weights: { human_authored: 60, human_edited: 0, synthetic: 40 },
      ...{ squares: 100, reviews: 100 },
    },
    ...{ domain: null, flags: null },
  },
  { thresholds: POLICY.thresholds, confidence: 0.95 },
);

describe('unknown text', () => {
  const caps = [
    cap('unknown', { provenance: unknown, max: 0.1 }),
    cap('synthetic', { provenance: synthetic, max: 0 }),
  ];
  const text = `web health h 540000\n old health u 200000`;

  test('is worth what its draws are worth: mean and interval are those of plans with each draw', async () => {
    const inventory = inventoryOf(text);
    const strata = inventory.strata.map((s) =>
      s.label === 'unknown' ? { ...s, truth: REVIEWED } : s,
    );
    const { found, recipe } = await adviceOn(
      { ...inventory, strata },
      { tokenBudget: MILLION, caps },
    );
    expect(found.now.tokens).toBe(600_000);
    const line = found.labels[0]!;
    expect(line).toMatchObject({ domain: 'health', basis: 'measured', tokensUnknown: 200_000 });
    const key = truthKey(recipe.seed, `advice/health/${canonicalJson(REVIEWED)}`);
    const draws = drawTruthShares(REVIEWED, key, TRUTH_DRAWS);
    for (const size of line.sizes) {
      // Human h = 540,000 + found; unknown at most h / 9, and no more than is left.
      const gains = draws.map(([human, edited]) => {
        const y = size.tokens;
        const h = 540_000 + Math.floor(human * y) + Math.floor(edited * y);
        return h + Math.min(200_000 - y, Math.floor(h / 9)) - 600_000;
      });
      const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
      gains.sort((a, b) => a - b);
      const expected = size.expectedTokens!;
      expect(Math.abs(expected.mean - mean)).toBeLessThan(2);
      expect(Math.abs(expected.low - gains[1]!)).toBeLessThan(2);
      expect(Math.abs(expected.high - gains[30]!)).toBeLessThan(2);
      expect(size.allHuman.gainTokens).toBe(
        Math.min(
          MILLION,
          540_000 +
            size.tokens +
            Math.min(200_000 - size.tokens, Math.floor((540_000 + size.tokens) / 9)),
        ) - 600_000,
      );
    }
    expect(found.headline).toMatch(/^Label [\d,]+ unknown tokens of health .* first: .* expected/);
  });

  test('of which nothing is known has a range and no expectation, and does not lead', async () => {
    const { found } = await adviceOn(inventoryOf(text), { tokenBudget: MILLION, caps });
    const line = found.labels[0]!;
    expect(line).toMatchObject({ basis: 'unknown', gain: 'tokens' });
    expect(line.sizes.every((size) => size.expectedTokens === null)).toBe(true);
    expect(line.sizes.at(-1)!.allHuman.gainTokens).toBe(140_000);
    // Labelled synthetic, which is refused, the unknown share has nothing to draw on.
    expect(line.sizes.at(-1)!.noneHuman.gainTokens).toBe(-60_000);
    expect(found.headline).toMatch(/^Add /);
    expect(found.notes.join('\n')).toMatch(/nothing is known of what its unknown text is/);
  });

  test('need not all be labelled: 95 % of the gain is enough, and the rest may stay unknown', async () => {
    // 810,000 human allow 90,000 unknown; 200,000 are there. All human: 180,000 labelled reach the most.
    const { found } = await adviceOn(inventoryOf(`web health h 810000\n old health u 200000`), {
      tokenBudget: MILLION,
      caps,
    });
    const line = found.labels[0]!;
    expect(line.sizes.at(-1)!.allHuman.gainTokens).toBe(100_000);
    // y labelled give y / 0.9 more: 95 % of 100,000 at 85,500.
    expect(line.sizes.map((size) => size.tokens)).toContain(100_000);
    expect(line.tokensFirst).toBeGreaterThanOrEqual(85_500);
    expect(line.tokensFirst).toBeLessThan(85_510);
  });

  test('is divided in whole tokens, never more than a stratum holds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1e12 }), { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (sizes, share) => {
          const all = sizes.reduce((a, b) => a + b, 0);
          const amount = Math.floor(share * all);
          const parts = proRata(amount, sizes);
          expect(parts.reduce((a, b) => a + b, 0)).toBe(amount);
          expect(parts.every((part, i) => part >= 0 && part <= sizes[i]!)).toBe(true);
        },
      ),
      { seed: 5 },
    );
  });
});

describe('limits', () => {
  test('cost what loosening them gains; the dearest stands first', async () => {
    const { found } = await adviceOn(inventoryOf(SHORT), QUARTER);
    const line = limitLine(found, 'caps.quarter.max_share');
    expect(line.step.change).toMatchObject({ from: 0.25, to: 0.26 });
    expect(line.step.gainTokens).toBe(Math.floor(600_000 / 0.74) - 800_000);
    expect(line.without!.gainTokens).toBe(200_000);
    const passes = limitLine(found, 'max_repetition_factor');
    // A hundredth of a pass more of human text: 6,000 / 0.75.
    expect(passes.step.gainTokens).toBe(8_000);
    expect(passes.without!.gainTokens).toBe(200_000);
    expect(found.limits.map((one) => one.capId)).toEqual(['quarter', 'max_repetition_factor:web']);
    expect(found.dearestLimit).toBe(
      'Dearest limit: caps.quarter.max_share from 0.25 to 0.26: 10,810 tokens more; to 1: 200,000 tokens more.',
    );
  });

  test('of families, of a source and of the budget are tried too', async () => {
    const inventory = inventoryOf(`a law h 500000\n g law s:gpt 200000\n c law s:claude 100000`);
    const { found } = await adviceOn(inventory, {
      tokenBudget: MILLION,
      modelFamilies: { minCount: 2, maxShare: 0.5 },
    });
    // 100,000 of each family; with 0.51 the larger one may be 0.51 / 0.49 of the smaller.
    const share = limitLine(found, 'model_families.max_share');
    expect(share.step.gainTokens).toBe(Math.floor((100_000 * 0.51) / 0.49) - 100_000);
    expect(share.without!.gainTokens).toBe(100_000);
    const full = await adviceOn(inventory, { tokenBudget: 400_000 });
    expect(limitLine(full.found, 'token_budget').step.gainTokens).toBe(4_000);
  });
});

describe('money', () => {
  const grants = [feeGrant('paid', { perToken: '0.01' }), feeGrant('dear', { perToken: '0.05' })];
  const inventory = inventoryOf(
    `free law h 100000\n paid law h 20000 grant=paid\n dear law h 90000 grant=dear`,
  );

  test('buys tokens at the cheapest grant; text is worth what its gain costs there', async () => {
    const { found } = await adviceOn(inventory, {
      ...{
        tokenBudget: 200_000,
        grants,
        licenceBudget: { currency: 'USD', amount: '100.00', rates: {} },
      },
    });
    const money = found.money!;
    expect(money).toMatchObject({ currency: 'USD', binds: true });
    expect(money.tried.map(({ change }) => (change.kind === 'set' ? change.to : ''))).toEqual([
      '101.00',
      '200.00',
    ]);
    // A cent a token, less the few that rounding keeps free.
    expect(Math.abs(money.tried[1]!.gainTokens - 10_000)).toBeLessThanOrEqual(3);
    expect(money.tokensPerMinorUnit).toBeCloseTo(1, 2);
    expect(money.grants[0]!.grantId).toBe('paid');
    expect(money.grants[0]!.changeTokens).toBe(money.tried[1]!.gainTokens);
    expect(money.grants.find((grant) => grant.grantId === 'dear')!.changeTokens).toBe(0);
    // A million free tokens at a cent each: 10,000 USD.
    const line = textLine(found, 'law', 'human_authored');
    expect(line.worthMinorUnits! / 100).toBeCloseTo(10_000, -2);
  });

  test('that does not bind is said in a note', async () => {
    const { found } = await adviceOn(inventory, {
      ...{
        tokenBudget: 50_000,
        grants,
        licenceBudget: { currency: 'USD', amount: '9000.00', rates: {} },
      },
    });
    expect(found.money).toMatchObject({ binds: false, grants: [] });
    expect(found.notes).toContain('the licence budget does not bind: more money buys nothing');
  });
});

/** Small problems of two domains, four strata, targets, caps and families. */
const problems = fc.record({
  tokens: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 5, maxLength: 5 }),
  most: fc.constantFrom(0.1, 0.25, 0.4),
  unknown: fc.constantFrom(0.05, 0.2),
  target: fc.constantFrom(0.3, 0.5, 0.9),
  factor: fc.constantFrom(0.5, 1, 2),
  families: fc.boolean(),
});

function problemOf(given: typeof problems extends fc.Arbitrary<infer T> ? T : never) {
  const [a, b, c, d, e] = given.tokens.map((n) => n * 1_000);
  const inventory = inventoryOf(
    `a law h ${a}\n g law s:gpt ${b}\n k law s:claude ${c}\n b health h ${d}\n u health u ${e}`,
  );
  const recipe = recipeOf(inventory, {
    tokenBudget: MILLION,
    targetShares: { law: given.target, health: Number((1 - given.target).toFixed(2)) },
    caps: [
      cap('machines', { domain: 'each', provenance: synthetic, max: given.most }),
      cap('nobody', { provenance: unknown, max: given.unknown }),
    ],
    maxRepetitionFactor: given.factor,
    modelFamilies: given.families ? { minCount: 2, maxShare: 0.6 } : null,
  });
  return { recipe, inventory };
}

describe('all advice', () => {
  test('states gains that are plan with the change less plan without', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async (given) => {
        const problem = problemOf(given);
        const found = await advise({ problem, replan });
        const now = await replan(problem.recipe, problem.inventory);
        const tokens = now.status === 'optimal' ? now.tokensAllocated : 0;
        expect(found.now.tokens).toBe(tokens);
        for (const one of allTried(found)) {
          const { recipe, inventory } = applyChange(problem, one.change);
          const then = await replan(recipe, inventory);
          const reached = then.status === 'optimal' ? then.tokensAllocated : 0;
          expect(one.gainTokens).toBe(reached - tokens);
          expect(one.gainDeviation).toBe(
            deviationOf(problem.recipe, now) - deviationOf(recipe, then),
          );
        }
        // Text can be left lying: no more of it ever costs a token, but for rounding.
        for (const line of found.text) {
          for (const { gainTokens } of line.tried)
            expect(gainTokens).toBeGreaterThanOrEqual(-found.roundingTokens);
        }
        for (const { step } of found.limits)
          expect(step.gainTokens).toBeGreaterThanOrEqual(-found.roundingTokens);
      }),
      { seed: 11, numRuns: 4 },
    );
  }, 300_000);

  test('is the same for any order of sources, strata, caps and grants', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async (given) => {
        const { recipe, inventory } = problemOf(given);
        const turned = {
          recipe: {
            ...recipe,
            sources: [...recipe.sources].reverse(),
            caps: [...recipe.caps].reverse(),
            targetShares: Object.fromEntries(Object.entries(recipe.targetShares).reverse()),
          },
          inventory: { ...inventory, strata: [...inventory.strata].reverse() },
        };
        const found = await advise({ problem: { recipe, inventory }, replan });
        expect(await advise({ problem: turned, replan })).toEqual(found);
      }),
      { seed: 12, numRuns: 2 },
    );
  }, 300_000);

  test('stops at the number of re-plans that is allowed, and says what it did not try', async () => {
    const { found } = await adviceOn(inventoryOf(SHORT), QUARTER, 8);
    expect(found.replans).toBeLessThanOrEqual(8);
    expect(found.limits).toHaveLength(2);
    expect(found.text).toEqual([]);
    expect(found.notes.join('\n')).toContain(
      'not tried, for the number of re-plans is limited (--replans): human_authored text of health, synthetic text of health',
    );
  });
});
