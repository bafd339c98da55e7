/**
 * Caps at a confidence and caps on lineage, from recipe to certificate: what they count, that they are
 * decided exactly, and that they hold as often as they say.
 */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { capRows, domainsOf } from '../core/plan/cap-rows.js';
import { capUsage } from '../core/plan/cap-usage.js';
import { capUsages, type TallyRow } from '../core/plan/cap-usages.js';
import { truthsOf } from '../core/plan/cap-weights.js';
import { certify } from '../core/plan/certificate.js';
import { ExactRows } from '../core/plan/exact-rows.js';
import { planMix } from '../core/plan/plan-mix.js';
import type { Inventory, OptimalPlan, Plan } from '../core/schema/plan.js';
import type { Cap, Recipe } from '../core/schema/recipe.js';
import type { ShareEstimate, TruthShares } from '../core/schema/truth-shares.js';
import { createHighs } from '../engines/highs.js';
import { cap, inventoryOf, recipeOf } from './plan-fixture.js';

const solver = await createHighs();
const HUMAN: Cap['provenance'] = ['human_authored', 'human_edited'];

async function planOf(inventory: Inventory, given: Partial<Recipe>): Promise<Plan> {
  const recipe = recipeOf(inventory, given);
  const plan = await planMix(recipe, inventory, 'f', solver);
  expect(certify(recipe, inventory, plan)).toEqual([]);
  return plan;
}

const tokensOf = (plan: Plan) =>
  plan.status === 'infeasible' ? null : plan.allocations.map((a) => a.tokensAllocated);

/** The inventory with measured truth: per stratum, synthetic documents k of n reviewed ones. */
function reviewed(inventory: Inventory, counts: readonly (readonly [number, number])[]): Inventory {
  const strata = inventory.strata.map((stratum, i) => {
    return { ...stratum, truth: measuredTruth(...counts[i]!) };
  });
  return { ...inventory, strata };
}

const CLOSED: ShareEstimate = {
  ...{ point: 0, low: 0, high: 0, confidence: 0.95, basis: 'assumed', reviews: 0 },
};

/** Text of which k of n reviewed documents are synthetic, the others human; two-sided 95 % by Wald. */
function measuredTruth(k: number, n: number): TruthShares {
  const half = 1.96 * Math.sqrt(Math.max(k, 1) / n ** 2);
  const [low, high] = [Math.max(0, k / n - half), Math.min(1, k / n + half)];
  const common = { confidence: 0.95, basis: 'measured', reviews: n } as const;
  return {
    human_authored: { point: 1 - k / n, low: 1 - high, high: 1 - low, ...common },
    human_edited: CLOSED,
    synthetic: { point: k / n, low, high, ...common },
  };
}

describe('what a cap at a confidence leaves of a mix', () => {
  test.each<[string, string, Cap, (number | null)[] | null]>([
    // what                                  inventory                      cap     tokens per stratum
    [
      'labels promise 95 %: a cap at their threshold holds for any mix of them',
      'a x h 400\n b x h 600',
      cap('c', { provenance: ['synthetic'], max: 0.05, confidence: 0.95 }),
      [400, 600],
    ],
    [
      'below what labels promise nothing can be proved',
      'a x h 400\n b x h 600',
      cap('c', { provenance: ['synthetic'], max: 0.04, confidence: 0.95 }),
      null,
    ],
    [
      // (0.2 - 0.05) h = (1 - 0.2) s, 400 h
      'synthetic text counts whole, human text by what it may be',
      'a x h 400\n g x s:m 600',
      cap('c', { provenance: ['synthetic'], max: 0.2, confidence: 0.95 }),
      [400, 75],
    ],
    [
      // (0.95 - 0.8) h = 0.8 u, 400 h
      'of unknown text no more than human text makes up for',
      'a x h 400\n b x u 600',
      cap('c', { provenance: HUMAN, min: 0.8, confidence: 0.95 }),
      [400, 75],
    ],
    [
      'unknown text may be synthetic',
      'a x h 400\n b x u 600',
      cap('c', { provenance: ['synthetic'], max: 0.2, confidence: 0.95 }),
      [400, 75],
    ],
    [
      'without a confidence labels count as they are',
      'a x h 400\n b x u 600',
      cap('c', { provenance: ['synthetic'], max: 0.2 }),
      [400, 600],
    ],
    [
      'tokens are limited as shares are: 0.05 x 400 of 30 are taken, 10 are left',
      'a x h 400\n g x s:m 600',
      cap('c', { provenance: ['synthetic'], maxTokens: 30, confidence: 0.95 }),
      [400, 10],
    ],
    [
      'a floor in tokens asks for what is surely so',
      'a x h 400\n b x u 600',
      cap('c', { provenance: HUMAN, minTokens: 380, confidence: 0.95 }),
      [400, 600],
    ],
    [
      'and cannot be met by less',
      'a x h 400\n b x u 600',
      cap('c', { provenance: HUMAN, minTokens: 381, confidence: 0.95 }),
      null,
    ],
    [
      'a cap on lineage counts by depth, whatever the label',
      'a x h 400\n a x u 300 depth=1\n g x s:m 300 depth=2',
      cap('c', { lineageDepth: 1, max: 0.2 }),
      [400, 50, 50],
    ],
    [
      'from its depth on',
      'a x h 400\n a x u 100 depth=1\n g x s:m 300 depth=2',
      cap('c', { lineageDepth: 2, max: 0.2 }),
      [400, 100, 125],
    ],
    [
      // 0.05 x 300 of depth 1 and 100 h: 15 of 20 allowed at 400 tokens
      'both at once: depth says which text, confidence how much of it',
      'a x h 100\n a x h 300 depth=1',
      cap('c', { lineageDepth: 1, provenance: ['synthetic'], max: 0.0375, confidence: 0.9 }),
      [100, 300],
    ],
  ])('%s', async (_, text, given, expected) => {
    const found = tokensOf(await planOf(inventoryOf(text), { caps: [given] }));
    expect(found).toEqual(expected);
  });

  it('says why when all text together would not keep it, and what cannot be proved at all', async () => {
    const caps = [cap('human', { provenance: HUMAN, min: 0.8, confidence: 0.95 })];
    const plan = await planOf(inventoryOf('a x h 400\n b x u 600'), { caps });
    expect(plan.notes.join('\n')).toMatch(
      'cap human in all at 95 % confidence: 38 % of all usable text is surely human_authored or human_edited; 600 tokens of unknown label count as 0',
    );
    const more = [cap('human', { provenance: HUMAN, min: 0.96, confidence: 0.95 })];
    const none = await planOf(inventoryOf('a x h 400\n b x u 600'), { caps: more });
    if (none.status !== 'infeasible') throw new Error(none.status);
    expect(none.notes.join('\n')).toMatch('no text proves more than 95 %');
    expect(none.conflict.map((member) => member.statement)).toEqual([
      'at least 96 % of the mix must be human_authored or human_edited, at 95 % confidence; of usable text it surely is: 380 of 1,000 tokens',
    ]);
    const fine = [cap('human', { provenance: HUMAN, min: 0.3, confidence: 0.95 })];
    const kept = await planOf(inventoryOf('a x h 400\n b x u 600'), { caps: fine });
    expect(kept.notes).toEqual([]);
  });

  it('states limit and confidence in every usage, and a price', async () => {
    const caps = [cap('syn', { provenance: ['synthetic'], max: 0.2, confidence: 0.95 })];
    const plan = await planOf(inventoryOf('a x h 400\n g x s:m 600'), { caps });
    const [usage] = (plan as OptimalPlan).caps;
    expect(usage).toMatchObject({ limit: 0.2, confidence: 0.95, part: 95, whole: 475, slack: 0 });
    // s + 0.05 h <= 0.2 (s + h) + slack.
    expect(usage!.shadowPrice).toBeCloseTo(1 / 0.8, 6);
  });
});

describe('exactness', () => {
  const anyTokens = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 3, maxLength: 3 });
  const anyLimit = fc.constantFrom(0, 0.05, 0.07, 0.25, 0.3, 0.95, 1);
  const anyCounts = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constant(20)), {
    minLength: 3,
    maxLength: 3,
  });

  it('slack is at least 0 exactly when the sum of millionths keeps the limit, in all four kinds', () => {
    let broken = 0;
    fc.assert(
      fc.property(
        anyTokens,
        anyLimit,
        anyCounts,
        fc.boolean(),
        (tokens, limit, counts, isShare) => {
          const inventory = reviewed(inventoryOf('a x h 9\n b x u 9\n g x s:m 9'), counts);
          for (const kind of ['max', 'min'] as const) {
            const amount = Math.round(limit * 40);
            const given = isShare ? { [kind]: limit } : { [`${kind}Tokens`]: amount };
            const caps = [cap('c', { provenance: ['synthetic'], confidence: 0.95, ...given })];
            const keys = inventory.strata;
            const of = { keys, domains: domainsOf(keys), truthOf: truthsOf(inventory) };
            const [row] = capRows(recipeOf(inventory, { caps }), of);
            const usage = capUsage(row!, tokens);
            const part = row!.part.map((i, at) => row!.weights![at]! * tokens[i]!);
            const sum = part.reduce((a, b) => a + b, 0);
            const whole = tokens.reduce((a, b) => a + b, 0);
            // Limits are in hundredths: both sides are integers below 2^53.
            const allowed = isShare ? Math.round(limit * 100) * 1e4 * whole : amount * 1e6;
            const isKept = kind === 'max' ? sum <= allowed : sum >= allowed;
            expect(usage.kept).toBe(isKept);
            expect(usage.slack >= 0).toBe(isKept);
            expect(Math.abs(usage.part - sum / 1e6)).toBeLessThan(1);
            if (!isKept) broken += 1;
            const rows = new ExactRows(tokens);
            rows.addCap(row!);
            expect(rows.broken()).toBe(isKept ? -1 : 0);
          }
        },
      ),
      { numRuns: 400, seed: 31 },
    );
    expect(broken).toBeGreaterThan(100);
  });

  it('text that the inventory does not know counts against every cap', () => {
    const inventory = inventoryOf('a x h 100');
    const caps = [
      cap('1', { provenance: ['synthetic'], max: 0.5, confidence: 0.95 }),
      cap('2', { provenance: ['human_authored'], min: 0.5, confidence: 0.95 }),
    ];
    const stranger = { ...inventory.strata[0]!, source: 'b' };
    const tally: TallyRow[] = [{ key: stranger, tokens: 10, documents: 1 }];
    const found = capUsages(recipeOf(inventory, { caps }), tally, inventory);
    expect(found.slice(0, 2).map(({ part, kept }) => [part, kept])).toEqual([
      [10, false],
      [0, false],
    ]);
  });
});

describe('the certificate', () => {
  const inventory = reviewed(inventoryOf('a x h 4000\n b x u 3000\n g x s:m 2000'), [
    [2, 200],
    [30, 100],
    [97, 100],
  ]);
  const recipe = recipeOf(inventory, {
    tokenBudget: 6000,
    caps: [cap('syn', { provenance: ['synthetic'], max: 0.2, confidence: 0.95 })],
  });

  it.each<[string, (p: OptimalPlan, i: Inventory) => void, RegExp]>([
    ['nothing', () => undefined, /^$/],
    [
      'the part as labels would count it',
      (p) => {
        const synthetic = p.allocations.find((a) => a.label === 'synthetic')!;
        p.caps[0]!.part = synthetic.tokensAllocated;
      },
      /caps\[0\]: not what syn/,
    ],
    [
      'a lower confidence',
      (p) => {
        p.caps[0]!.confidence = 0.9;
      },
      /caps\[0\]: not what syn/,
    ],
    [
      'no confidence',
      (p) => {
        p.caps[0]!.confidence = null;
      },
      /caps\[0\]: not what syn/,
    ],
    [
      'tokens moved between labels that the cap weighs differently',
      (p) => {
        const [human, unknown] = p.allocations;
        human!.tokensAllocated -= 100;
        unknown!.tokensAllocated += 100;
        for (const a of [human!, unknown!]) a.epochs = a.tokensAllocated / a.tokensAvailable;
      },
      /cap syn \(max_share\) in all/,
    ],
    [
      'another truth of a stratum',
      (_, i) => {
        i.strata[1]!.truth.synthetic.high = 0.5;
      },
      /syn/,
    ],
    [
      'another lineage depth',
      (p) => {
        p.allocations[0]!.lineageDepth = 1;
      },
      /lineage depth 1 \/ open: is not in the inventory/,
    ],
  ])('catches %s', async (_, tamper, complaint) => {
    const plan = (await planMix(recipe, inventory, 'f', solver)) as OptimalPlan;
    const [draft, changed] = [structuredClone(plan), structuredClone(inventory)];
    tamper(draft, changed);
    expect(certify(recipe, changed, draft).join('\n')).toMatch(complaint);
  });
});

const anyReviewed = fc
  .record({
    tokens: fc.array(fc.integer({ min: 50, max: 3000 }), { minLength: 4, maxLength: 4 }),
    counts: fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom(30, 90, 400)), {
      minLength: 4,
      maxLength: 4,
    }),
  })
  .map(({ tokens: [a, b, c, d], counts }) =>
    reviewed(inventoryOf(`a x h ${a}\n b x u ${b}\n c y u ${c}\n g y s:m ${d}`), counts),
  );

test('raising the confidence never raises the tokens reached, and every plan is certified', async () => {
  const confidence = fc.constantFrom(0.5, 0.8, 0.9, 0.95, 0.99, 0.9999);
  const share = fc.integer({ min: 1, max: 19 }).map((n) => n / 20);
  await fc.assert(
    fc.asyncProperty(
      anyReviewed,
      share,
      share,
      confidence,
      confidence,
      async (inventory, max, min, c1, c2) => {
        const at = (confidence: number) =>
          planOf(inventory, {
            tokenBudget: 5000,
            caps: [
              cap('syn', { domain: 'each', provenance: ['synthetic'], max, confidence }),
              cap('hum', { provenance: HUMAN, min: min / 2, confidence }),
            ],
          });
        const [low, high] = [await at(Math.min(c1, c2)), await at(Math.max(c1, c2))];
        if (low.status === 'infeasible') expect(high.status).toBe('infeasible');
        if (low.status === 'infeasible' || high.status === 'infeasible') return;
        expect(high.stages[0]!.objective).toBeLessThanOrEqual(low.stages[0]!.objective + 1e-3);
      },
    ),
    { numRuns: 60, seed: 32 },
  );
});
