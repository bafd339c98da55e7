/**
 * A cap at confidence g is kept by what text really is in at least g of all cases. Truths are drawn by
 * key; rates are compared with g less three standard errors, so each comparison would fail by chance in
 * 1 of 700 runs if a cap held exactly as often as it says; seeds are fixed, so it fails always or never.
 */
import { describe, expect, it } from 'vitest';
import { planMix } from '../core/plan/plan-mix.js';
import { derive, draw, type Key } from '../core/random/draw.js';
import type { Inventory, OptimalPlan } from '../core/schema/plan.js';
import type { TruthShares } from '../core/schema/truth-shares.js';
import { betaQuantile } from '../core/stats/beta.js';
import { boundAt } from '../core/stats/bound-at.js';
import { drawBeta } from '../core/stats/draw-beta.js';
import { jeffreysInterval } from '../core/stats/intervals.js';
import { createHighs } from '../engines/highs.js';
import { cap, inventoryOf, recipeOf } from './plan-fixture.js';

const solver = await createHighs();
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const LIMIT = 0.12;

/** Synthetic documents k of n reviewed ones. */
type Count = readonly [k: number, n: number];

function truthOf([k, n]: Count): TruthShares {
  const of = (yes: number) => ({
    ...jeffreysInterval(yes, n, 0.95),
    ...{ confidence: 0.95, basis: 'measured' as const, reviews: n },
  });
  return { human_authored: of(n - k), human_edited: of(0), synthetic: of(k) };
}

function inventoryWith(counts: readonly Count[]): Inventory {
  const lines = counts.map((_, i) => `${NAMES[i]} x h ${1000 + 400 * (i % 3)}`);
  const inventory = inventoryOf(lines.join('\n'));
  const strata = inventory.strata.map((s, i) => ({ ...s, truth: truthOf(counts[i]!) }));
  return { ...inventory, strata };
}

/** Tokens per stratum of a mix under a maximum of synthetic text; null where there is none. */
async function mixOf(counts: readonly Count[], confidence: number): Promise<number[] | null> {
  const inventory = inventoryWith(counts);
  const caps = [cap('syn', { provenance: ['synthetic'], max: LIMIT, confidence })];
  const recipe = recipeOf(inventory, { tokenBudget: 8000, caps });
  const plan = await planMix(recipe, inventory, 'f', solver);
  return plan.status === 'infeasible'
    ? null
    : (plan as OptimalPlan).allocations.map((a) => a.tokensAllocated);
}

/** True where the truths keep the cap. */
function isKept(tokens: readonly number[], truths: readonly number[]): boolean {
  const part = tokens.reduce((sum, n, i) => sum + n * truths[i]!, 0);
  return part <= LIMIT * tokens.reduce((sum, n) => sum + n, 0);
}

const leastRate = (confidence: number, cases: number) =>
  confidence - 3 * Math.sqrt((confidence * (1 - confidence)) / cases);

const DRAWS = 2000;

/** Reviews of eight strata, each `k/n`: few to many, none to a third of them synthetic. */
const REVIEWED = [
  '0/40 1/40 2/60 3/60 5/80 8/80 15/90 30/100',
  '0/30 0/30 0/60 1/30 20/60 25/60 0/30 2/30',
];

const countsIn = (text: string) =>
  text.split(' ').map((count) => count.split('/').map(Number) as [number, number]);

describe('truths drawn from what reviews leave open', () => {
  it.each([
    [0.8, 0],
    [0.9, 0],
    [0.95, 0],
    [0.8, 1],
    [0.95, 1],
  ])('keep a cap at %f, with errors of the strata apart or shared (case %i)', async (g, which) => {
    const counts = countsIn(REVIEWED[which]!);
    const tokens = await mixOf(counts, g);
    expect(tokens).not.toBeNull();
    const key = derive(1, 'coverage', String(which));
    let [apart, shared] = [0, 0];
    for (let i = 0; i < DRAWS; i++) {
      const own = counts.map(([k, n], at) => drawBeta(key, `${at}/${i}`, k + 0.5, n - k + 0.5));
      if (isKept(tokens!, own)) apart += 1;
      if (isKept(tokens!, sharedTruths(counts, draw(key, `shared/${i}`)))) shared += 1;
    }
    expect(apart / DRAWS).toBeGreaterThan(leastRate(g, DRAWS));
    expect(shared / DRAWS).toBeGreaterThan(leastRate(g, DRAWS));
    // Wholly shared errors use all of the margin: the cap is as tight as it can be for them.
    expect(shared / DRAWS).toBeLessThan(g + 0.05);
    expect(apart).toBeGreaterThan(shared);
  });
});

/** Every stratum at the same quantile u of its distribution: one error, shared by all. */
function sharedTruths(counts: readonly Count[], u: number): number[] {
  return counts.map(([k, n]) => betaQuantile(u, k + 0.5, n - k + 0.5));
}

describe('reviews drawn from what text really is', () => {
  /** Shares of synthetic documents; the planner sees 100 reviews of each stratum only. */
  const TRUTHS = [0.02, 0.05, 0.08, 0.12, 0.16, 0.2, 0.3, 0.5];
  const CASES = 100;

  const countOf = (key: Key, id: string, p: number, n: number): Count => {
    let k = 0;
    for (let i = 0; i < n; i++) if (draw(key, `${id}/${i}`) < p) k += 1;
    return [k, n];
  };

  it('keep it too, although the planner takes most of what happens to look best', async () => {
    const key = derive(2, 'reviews');
    const kept = { 0.8: 0, 0.95: 0 };
    for (const g of [0.8, 0.95] as const) {
      for (let i = 0; i < CASES; i++) {
        const counts = TRUTHS.map((p, at) => countOf(key, `${i}/${at}`, p, 100));
        const tokens = await mixOf(counts, g);
        if (tokens === null || isKept(tokens, TRUTHS)) kept[g] += 1;
      }
      expect(kept[g] / CASES).toBeGreaterThan(leastRate(g, CASES));
    }
  }, 120_000);

  it('are lucky now and then where every stratum is just over the limit; the excess is small', () => {
    // The bound of one stratum holds in 95 %, of all eight at once more seldom; the planner takes the lucky one.
    const key = derive(3, 'adverse');
    const [p, n, strata, cases] = [LIMIT + 0.01, 100, 8, 600];
    let taken = 0;
    for (let i = 0; i < cases; i++) {
      const bounds = Array.from({ length: strata }, (_, at) => {
        const truth = truthOf(countOf(key, `${i}/${at}`, p, n));
        return boundAt(truth.synthetic, 0.95).upper;
      });
      if (Math.min(...bounds) <= LIMIT) taken += 1;
    }
    // Measured: 0.855 of 4,000 cases keep the cap; three standard errors of 600 cases are 0.043.
    expect(Math.abs(1 - taken / cases - 0.855)).toBeLessThan(0.043);
  });
});
