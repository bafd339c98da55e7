/**
 * Intervals hold what they promise. Coverage of the binomial intervals is summed exactly over all
 * outcomes, so nothing there is random. Simulated coverages have fixed seeds; their limits are set for
 * a false alarm of about 1e-6 per test had the seeds been free.
 */
import { describe, expect, it } from 'vitest';
import { derive, draw } from '../core/random/draw.js';
import { betaCdf, betaQuantile, logGamma } from '../core/stats/beta.js';
import {
  aurocOf,
  brierOf,
  calibrationBins,
  calibrationError,
  precisionAt,
  truePositivesAt,
} from '../core/stats/detector.js';
import { drawBeta, drawDirichlet } from '../core/stats/draw-beta.js';
import { effectiveCount, jeffreysInterval, wilsonInterval } from '../core/stats/intervals.js';
import { cohensKappa } from '../core/stats/kappa.js';
import { normalQuantile } from '../core/stats/normal.js';
import { fitPlatt } from '../core/stats/platt.js';
import { roganGladen } from '../core/stats/rogan-gladen.js';
import {
  drawTruthShares,
  estimateTruthShares,
  type ReviewTally,
  truthKey,
} from '../core/stats/truth-shares.js';

/** Standard normal quantile of 1 - 1e-6 / 2. */
const Z = 4.9;

/** Chance of k of n at rate p, for all k. */
function binomial(n: number, p: number): number[] {
  return Array.from({ length: n + 1 }, (_, k) =>
    Math.exp(
      logGamma(n + 1) -
        logGamma(k + 1) -
        logGamma(n - k + 1) +
        k * Math.log(p) +
        (n - k) * Math.log1p(-p),
    ),
  );
}

/** Exact coverage at each rate of a grid. */
function coverages(interval: typeof wilsonInterval, n: number, confidence: number): number[] {
  const intervals = Array.from({ length: n + 1 }, (_, k) => interval(k, n, confidence));
  return Array.from({ length: 199 }, (_, i) => {
    const p = (i + 1) / 200;
    const chances = binomial(n, p);
    return intervals.reduce(
      (sum, { low, high }, k) => sum + (low <= p && p <= high ? chances[k]! : 0),
      0,
    );
  });
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Draws a count at a rate, by key. */
function drawCount(name: string, n: number, rate: number): { k: number; n: number } {
  const key = derive(5, name);
  let k = 0;
  for (let i = 0; i < n; i++) if (draw(key, String(i)) < rate) k++;
  return { k, n };
}

describe('the distributions', () => {
  it('give the values of published tables', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 13);
    expect(normalQuantile(1e-9)).toBeCloseTo(-5.9978070150076865, 10);
    expect(normalQuantile(0.5)).toBe(0);
    expect(logGamma(10)).toBeCloseTo(Math.log(362_880), 10);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12);
    // Beta(2, 3): F(x) = 6x^2 - 8x^3 + 3x^4.
    for (const x of [0.1, 0.4, 0.9]) {
      expect(betaCdf(x, 2, 3)).toBeCloseTo(6 * x ** 2 - 8 * x ** 3 + 3 * x ** 4, 12);
    }
    expect(betaQuantile(0.3, 1, 1)).toBeCloseTo(0.3, 12);
    expect(betaCdf(betaQuantile(0.025, 0.5, 200.5), 0.5, 200.5)).toBeCloseTo(0.025, 9);
  });

  it('drawn by key have the mean and spread that they should, and repeat', () => {
    const key = derive(3, 'beta');
    const draws = Array.from({ length: 4000 }, (_, i) => drawBeta(key, String(i), 2.5, 7.5));
    const error = Math.sqrt((0.25 * 0.75) / 11 / 4000);
    expect(Math.abs(mean(draws) - 0.25)).toBeLessThan(Z * error);
    const below = draws.filter((x) => x < betaQuantile(0.1, 2.5, 7.5)).length / 4000;
    expect(Math.abs(below - 0.1)).toBeLessThan(Z * Math.sqrt((0.1 * 0.9) / 4000));
    expect(drawBeta(key, '17', 2.5, 7.5)).toBe(draws[17]);
    const shares = drawDirichlet(key, 'x', [0.5, 3, 1]);
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });
});

describe('the interval of a share', () => {
  it('has published values', () => {
    // Wilson: Newcombe 1998. Jeffreys: Beta(8.5, 2.5) by Simpson's rule on its density.
    const wilson = wilsonInterval(8, 10, 0.95);
    expect([wilson.low, wilson.high].map((x) => x.toFixed(3))).toEqual(['0.490', '0.943']);
    const jeffreys = jeffreysInterval(8, 10, 0.95);
    expect([jeffreys.low, jeffreys.high].map((x) => x.toFixed(3))).toEqual(['0.497', '0.956']);
    expect(jeffreysInterval(0, 10, 0.95).low).toBe(0);
    expect(jeffreysInterval(10, 10, 0.95).high).toBe(1);
    expect(wilsonInterval(0, 0, 0.95)).toMatchObject({ low: 0, high: 1 });
  });

  it.each([20, 60, 200])('covers 95 percent on average at n = %i, and nowhere much less', (n) => {
    for (const interval of [wilsonInterval, jeffreysInterval]) {
      const covered = coverages(interval, n, 0.95);
      expect(mean(covered)).toBeGreaterThan(0.945);
      expect(mean(covered)).toBeLessThan(0.965);
      // Both dip near 0 and 1: the known oscillation of exact coverage.
      expect(Math.min(...covered)).toBeGreaterThan(0.83);
    }
  });

  it('of a weighted sample rests on its effective size', () => {
    expect(effectiveCount({ yes: 5, all: 20, squares: 20 })).toEqual({ k: 5, n: 20 });
    // One document of weight 10 beside ten of weight 1: (20)^2 / 110.
    const { n } = effectiveCount({ yes: 10, all: 20, squares: 110 });
    expect(n).toBeCloseTo(400 / 110, 12);
    expect(effectiveCount({ yes: 0, all: 0, squares: 0 })).toEqual({ k: 0, n: 0 });
  });

  it('of a weighted sample that is all of one kind is no more than 1', () => {
    for (let reviews = 1; reviews <= 40; reviews++)
      for (let share = 1; share <= 50; share++) {
        const weight = 50 / share;
        const all = Array.from({ length: reviews }, () => weight).reduce((a, b) => a + b, 0);
        const { k, n } = effectiveCount({ yes: all, all, squares: reviews * weight * weight });
        expect(k).toBeLessThanOrEqual(n);
        expect(jeffreysInterval(k, n, 0.95).point).toBeLessThanOrEqual(1);
      }
  });

  it('of a weighted sample covers the share of the whole, not of the sample', () => {
    // Half the text is picked at 10 %, of which 40 % is so; half at 2.5 %, of which 8 % is so.
    const rounds = 400;
    let covered = 0;
    for (let round = 0; round < rounds; round++) {
      const often = drawCount(`often ${round}`, 100, 0.4);
      const seldom = drawCount(`seldom ${round}`, 25, 0.08);
      const yes = 10 * often.k + 40 * seldom.k;
      const all = 10 * often.n + 40 * seldom.n;
      const { k, n } = effectiveCount({ yes, all, squares: 100 * often.n + 1600 * seldom.n });
      const { low, high } = jeffreysInterval(k, n, 0.95);
      if (low <= 0.24 && 0.24 <= high) covered++;
    }
    // At least 95 % less Z standard errors: 5.3 %.
    expect(covered / rounds).toBeGreaterThan(0.95 - Z * Math.sqrt((0.95 * 0.05) / rounds));
  });
});

describe('the corrected share', () => {
  it('is Rogan and Gladen, clipped, beside the raw count', () => {
    const exact = { sensitivity: { k: 8000, n: 10_000 }, falsePositives: { k: 500, n: 10_000 } };
    const found = roganGladen({ flagged: { k: 2000, n: 10_000 }, ...exact }, 0.95);
    expect(found.raw).toBe(0.2);
    expect(found.point).toBeCloseTo((0.2 - 0.05) / 0.75, 12);
    expect(found.low).toBeLessThan(found.point);
    expect(found.high).toBeGreaterThan(found.point);
    const none = roganGladen({ flagged: { k: 10, n: 1000 }, ...exact }, 0.95);
    expect([none.point, none.low]).toEqual([0, 0]);
  });

  it('says nothing where the detector is no better than chance', () => {
    const blind = { sensitivity: { k: 20, n: 100 }, falsePositives: { k: 20, n: 100 } };
    const { low, high } = roganGladen({ flagged: { k: 20, n: 100 }, ...blind }, 0.95);
    expect(low).toBeLessThan(0.05);
    expect(high).toBeGreaterThan(0.95);
  });

  it('covers the true share in 95 % of samples', () => {
    const rounds = 200;
    let covered = 0;
    for (let round = 0; round < rounds; round++) {
      const rate = 0.3 * 0.8 + 0.7 * 0.1;
      const { low, high } = roganGladen(
        {
          flagged: drawCount(`q ${round}`, 400, rate),
          sensitivity: drawCount(`tpr ${round}`, 80, 0.8),
          falsePositives: drawCount(`fpr ${round}`, 120, 0.1),
        },
        0.95,
      );
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    expect(covered / rounds).toBeGreaterThan(0.95 - Z * Math.sqrt((0.95 * 0.05) / rounds));
  });
});

describe("Cohen's kappa", () => {
  const answers = (counts: readonly [string, string, number][]) => ({
    first: counts.flatMap(([a, , n]) => new Array<string>(n).fill(a)),
    second: counts.flatMap(([, b, n]) => new Array<string>(n).fill(b)),
  });

  it('is that of the textbook', () => {
    const { first, second } = answers([
      ['yes', 'yes', 20],
      ['yes', 'no', 5],
      ['no', 'yes', 10],
      ['no', 'no', 15],
    ]);
    const { kappa, low, high, pairs, agreement } = cohensKappa(first, second);
    expect(kappa).toBeCloseTo(0.4, 12);
    expect([pairs, agreement]).toEqual([50, expect.closeTo(0.7, 12)]);
    // Standard error by Fleiss, Cohen and Everitt: 0.1267.
    expect(high! - low!).toBeCloseTo(2 * 1.96 * 0.1267, 2);
  });

  it('is 1 where all agree, and undefined where there is nothing to agree on', () => {
    expect(cohensKappa(['a', 'b'], ['a', 'b'])).toMatchObject({ kappa: 1, low: 1, high: 1 });
    expect(cohensKappa([], [])).toMatchObject({ kappa: null, pairs: 0, agreement: null });
    expect(cohensKappa(['a', 'a'], ['a', 'a'])).toMatchObject({ kappa: null, agreement: 1 });
    expect(() => cohensKappa(['a'], [])).toThrow('two answers');
  });

  it('has an interval that covers the true value', () => {
    // Two reviewers see an even truth through 15 % of errors each: po = .745, pe = .5, kappa = .49.
    const rounds = 400;
    const key = derive(9, 'kappa');
    let covered = 0;
    for (let round = 0; round < rounds; round++) {
      const [first, second]: [string[], string[]] = [[], []];
      for (let i = 0; i < 100; i++) {
        const truth = draw(key, `${round}/${i}/t`) < 0.5;
        const says = (who: string) => String(truth !== draw(key, `${round}/${i}/${who}`) < 0.15);
        first.push(says('a'));
        second.push(says('b'));
      }
      const { low, high } = cohensKappa(first, second);
      if (low! <= 0.49 && 0.49 <= high!) covered++;
    }
    // A normal interval of 100 pairs: 1 % short of 95 % is allowed beside Z standard errors.
    expect(covered / rounds).toBeGreaterThan(0.94 - Z * Math.sqrt((0.95 * 0.05) / rounds));
  });
});

describe('measures of a detector', () => {
  const judged = {
    values: [0.1, 0.4, 0.4, 0.8, 0.9],
    isPositive: [false, false, true, false, true],
    weights: [1, 1, 1, 1, 1],
  };

  it('are those that pairs of documents give by hand', () => {
    // Pairs won: .4 over .1, half of .4 = .4, not over .8; .9 over all three: 4.5 of 6.
    expect(aurocOf(judged)).toBeCloseTo(4.5 / 6, 12);
    expect(truePositivesAt(judged, 0.01)).toBe(0.5);
    expect(truePositivesAt(judged, 0.34)).toBe(0.5);
    expect(truePositivesAt(judged, 0.67)).toBe(1);
    expect(brierOf(judged)).toBeCloseTo((0.01 + 0.16 + 0.36 + 0.64 + 0.01) / 5, 12);
    expect(aurocOf({ values: [1], isPositive: [true], weights: [1] })).toBeNull();
  });

  it('count a document of weight two as two', () => {
    const twice = { ...judged, weights: [1, 1, 1, 2, 1] };
    const copied = {
      values: [...judged.values, 0.8],
      isPositive: [...judged.isPositive, false],
      weights: new Array(6).fill(1),
    };
    expect(aurocOf(twice)).toBeCloseTo(aurocOf(copied)!, 12);
    expect(brierOf(twice)).toBeCloseTo(brierOf(copied), 12);
  });

  it('find no calibration error in chances that are right, and the whole of it in those that are not', () => {
    const n = 15_000;
    const key = derive(4, 'ece');
    const values = Array.from({ length: n }, (_, i) => (i + 0.5) / n);
    const right = values.map((p, i) => draw(key, String(i)) < p);
    const weights = new Array<number>(n).fill(1);
    const errorOf = (v: number[]) =>
      calibrationError(calibrationBins({ values: v, isPositive: right, weights }));
    // Mean |noise| of a bin of 1,000 is about .011.
    expect(errorOf(values)).toBeLessThan(0.02);
    expect(errorOf(values.map((p) => p / 2))).toBeCloseTo(0.25, 1);
    expect(calibrationBins({ values, isPositive: right, weights })).toHaveLength(15);
  });

  it('give the precision of the method page at its base rates', () => {
    const found = [0.02, 0.1, 0.3, 0.5].map((rate) => precisionAt(rate, 0.8, 0.05)!.toFixed(2));
    // The page prints .25, .64, .87, .94.
    expect(found).toEqual(['0.25', '0.64', '0.87', '0.94']);
    expect(precisionAt(0.5, 0, 0)).toBeNull();
  });
});

describe("Platt's step", () => {
  it('finds slope and intercept again', () => {
    const n = 20_000;
    const key = derive(8, 'platt');
    const values = Array.from({ length: n }, (_, i) => 4 * draw(key, `${i}/s`) - 2);
    const isPositive = values.map(
      (s, i) => draw(key, `${i}/y`) < 1 / (1 + Math.exp(-(1.5 * s - 0.7))),
    );
    const weights = new Array<number>(n).fill(1);
    const { slope, intercept } = fitPlatt({ values, isPositive, weights });
    // Standard errors of about .02 each by the Fisher information.
    expect(Math.abs(slope - 1.5)).toBeLessThan(Z * 0.022);
    expect(Math.abs(intercept + 0.7)).toBeLessThan(Z * 0.02);
  });

  it('stays finite where a threshold separates the classes', () => {
    const { slope, intercept } = fitPlatt({
      values: [-3, -2, -1, 1, 2, 3],
      isPositive: [false, false, false, true, true, true],
      weights: [1, 1, 1, 1, 1, 1],
    });
    expect(slope).toBeGreaterThan(0);
    expect(slope).toBeLessThan(5);
    expect(Math.abs(intercept)).toBeLessThan(1e-6);
  });
});

describe('what the text of a stratum really is', () => {
  const thresholds = { human_authored: 0.95, human_edited: 0.95, synthetic: 0.9 };
  const options = { thresholds, confidence: 0.95 };
  const reviews = (human: number, edited: number, synthetic: number): ReviewTally => ({
    weights: { human_authored: human, human_edited: edited, synthetic },
    squares: human + edited + synthetic,
    reviews: human + edited + synthetic,
  });
  const nothing = { own: null, domain: null, flags: null };

  it('comes from its own reviews first, else the domain, flags, the policy, or nobody', () => {
    const own = reviews(50, 5, 5);
    const domain = reviews(200, 0, 100);
    const flags = {
      flagged: { k: 30, n: 100 },
      sensitivity: { k: 80, n: 100 },
      falsePositives: { k: 5, n: 100 },
      reviews: 200,
    };
    const label = 'unknown' as const;
    const first = estimateTruthShares({ label, own, domain, flags }, options);
    expect(first.synthetic).toMatchObject({ basis: 'measured', reviews: 60, point: 5 / 60 });
    const second = estimateTruthShares({ label, own: reviews(5, 0, 0), domain, flags }, options);
    expect(second.synthetic).toMatchObject({ basis: 'measured', reviews: 300, point: 1 / 3 });
    const third = estimateTruthShares({ ...nothing, label, flags }, options);
    expect(third.synthetic.point).toBeCloseTo(0.25 / 0.75, 12);
    expect(third.human_authored.basis).toBe('unknown');
    const fourth = estimateTruthShares({ ...nothing, label: 'synthetic', flags }, options);
    expect(fourth.synthetic).toMatchObject({ basis: 'assumed', high: 1 });
    expect(fourth.synthetic.low).toBeCloseTo(0.9, 12);
    expect(fourth.human_authored.high).toBeCloseTo(0.1, 12);
    const last = estimateTruthShares({ ...nothing, label }, options);
    expect(last.synthetic).toMatchObject({ basis: 'unknown', low: 0, high: 1, reviews: 0 });
  });

  it('is drawn as shares that sum to 1, the same for the same key, inside what is known', () => {
    const cases = [
      estimateTruthShares({ ...nothing, label: 'human_authored', own: reviews(90, 6, 4) }, options),
      estimateTruthShares({ ...nothing, label: 'human_authored' }, options),
      estimateTruthShares({ ...nothing, label: 'unknown' }, options),
    ];
    for (const shares of cases) {
      const draws = drawTruthShares(shares, truthKey(1, 's'), 500);
      expect(drawTruthShares(shares, truthKey(1, 's'), 3)).toEqual(draws.slice(0, 3));
      for (const [a, b, c] of draws) {
        expect(a + b + c).toBeCloseTo(1, 9);
        expect(Math.min(a, b, c)).toBeGreaterThanOrEqual(0);
      }
    }
    const assumed = drawTruthShares(cases[1]!, truthKey(1, 's'), 500);
    expect(Math.min(...assumed.map(([human]) => human))).toBeGreaterThanOrEqual(0.95);
  });

  it('is drawn with the spread of its interval', () => {
    const shares = estimateTruthShares(
      { ...nothing, label: 'unknown', own: reviews(120, 20, 60) },
      options,
    );
    const draws = drawTruthShares(shares, truthKey(2, 's'), 4000).map(([, , s]) => s);
    const inside = draws.filter((s) => shares.synthetic.low <= s && s <= shares.synthetic.high);
    // 95 % of a Dirichlet with the interval's spread: within 1.5 %, beside Z standard errors.
    expect(Math.abs(inside.length / 4000 - 0.95)).toBeLessThan(0.015 + Z * 0.0035);
    expect(Math.abs(mean(draws) - 0.3)).toBeLessThan(Z * Math.sqrt((0.3 * 0.7) / 200 / 4000));
  });
});
