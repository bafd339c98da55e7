/**
 * Closed forms of collapse: every printed reference value, limits, edges and refusals; and forms against what they
 * claim: small spaces that are enumerated, sums, and a loop of drawn numbers.
 */
import { describe, expect, test } from 'vitest';
import { derive } from '../core/random/draw.js';
import { RandomStream } from '../core/random/stream.js';
import { Failure } from '../core/schema/failure.js';
import * as absorption from '../core/simulate/closed-forms/absorption.js';
import * as branching from '../core/simulate/closed-forms/branching.js';
import { CLOSED_FORMS, closedForm } from '../core/simulate/closed-forms/catalogue.js';
import * as curation from '../core/simulate/closed-forms/curation.js';
import * as decoding from '../core/simulate/closed-forms/decoding.js';
import * as depth from '../core/simulate/closed-forms/depth.js';
import * as families from '../core/simulate/closed-forms/families.js';
import * as forgetting from '../core/simulate/closed-forms/forgetting.js';
import { quotaShare } from '../core/simulate/closed-forms/formula.js';
import * as gaussian from '../core/simulate/closed-forms/gaussian.js';
import * as moments from '../core/simulate/closed-forms/gaussian-moments.js';
import * as pool from '../core/simulate/closed-forms/pool.js';
import * as regression from '../core/simulate/closed-forms/regression.js';
import * as repetition from '../core/simulate/closed-forms/repetition.js';
import * as weights from '../core/simulate/closed-forms/weights.js';
import * as types from '../core/simulate/closed-forms/wright-fisher.js';
import * as zipf from '../core/simulate/closed-forms/zipf.js';
import { digammaOffset, logHalfStep } from '../core/stats/gamma-ratios.js';

type Row = readonly [what: string, value: () => number, printed: string];

/** Half a unit of the last printed digit. */
function half(printed: string): number {
  const digits = printed.split('.')[1]?.length ?? 0;
  return 0.5 * 10 ** -digits + 1e-12;
}

function check(rows: readonly Row[]): void {
  test.each(rows)('%s', (_, value, printed) => {
    expect(Math.abs(value() - Number(printed))).toBeLessThanOrEqual(half(printed));
  });
}

const unbiased = { n: 100, estimator: 'unbiased', lambda: 1 } as const;
const mle = { n: 100, estimator: 'mle', lambda: 1 } as const;
const mixed = { n: 1000, humanShare: 0.1, lambda: 0.8 };
const subsample = (n: number, t: number) =>
  moments.gaussianMoments(
    { ...mle, n, policy: 'accumulate-subsample', human: 'fresh', humanShare: 0 },
    [t],
  )[0]!.variance;

describe('a normal law that is refitted to its own samples', () => {
  check([
    ['G1 distance', () => gaussian.refitW2(unbiased, 100), '1.4463'],
    ['G1 spread', () => gaussian.refitSd(unbiased, 100), '.7768'],
    ['G1 mean', () => gaussian.refitMeanSquare(unbiased, 100), '1.0000'],
    ['G1 variance', () => gaussian.refitVariance(unbiased, 100), '1.0000'],
    ['G2 unbiased', () => gaussian.refitGeometricVariance(unbiased, 100), '.3629'],
    ['G2 mle', () => gaussian.refitGeometricVariance(mle, 100), '.1328'],
    ['G3 variance', () => gaussian.refitVariance(mle, 100), '.3660'],
    ['G3 distance', () => gaussian.refitW2(mle, 100), '1.0600'],
    ['G4', () => gaussian.refitVariance({ ...unbiased, lambda: 0.9 }, 10), '.3487'],
    ['G5 variance', () => moments.freshStationary(mixed).variance, '.35775'],
    ['G5 mean', () => moments.freshStationary(mixed).meanSquare, '.001882'],
    [
      'G6 variance of a set',
      () => moments.fixedStationary({ ...mixed, setVariance: 1 }).variance,
      '.357937',
    ],
    [
      'G6 mean of a set',
      () => moments.fixedStationary({ ...mixed, setVariance: 1 }).meanSquare,
      '.0013564',
    ],
    ['G6 variance over sets', () => moments.fixedStationary(mixed).variance, '.35436'],
    ['G6 mean over sets', () => moments.fixedStationary(mixed).meanSquare, '.011343'],
    ['G7 n = 100', () => gaussian.accumulatedVariance(100, 100), '.98373'],
    ['G7 n = 100, limit', () => gaussian.accumulatedVarianceLimit(100), '.98363'],
    ['G7 n = 10', () => gaussian.accumulatedVariance(10, 100), '.84428'],
    ['G7 n = 10, limit', () => gaussian.accumulatedVarianceLimit(10), '.84344'],
    ['G8 n = 10', () => subsample(10, 10), '.75978'],
    ['G8 n = 100, t = 2', () => subsample(100, 2), '.98256'],
    ['G8 n = 100, t = 10', () => subsample(100, 10), '.97377'],
    ['G8 n = 100, t = 60', () => subsample(100, 60), '.97148'],
    ['G8 n = 100, limit', () => subsample(100, 200_000), '.97100'],
    ['introduction: replacing keeps', () => 100 * gaussian.refitVariance(mle, 100), '36.6'],
    [
      'introduction: accumulating keeps',
      () => 100 * gaussian.accumulatedVariance(100, 100),
      '98.4',
    ],
    [
      'G2 typical variance at n = 10',
      () => 1e6 * gaussian.refitGeometricVariance({ ...unbiased, n: 10 }, 100),
      '9.9',
    ],
  ]);

  test('c4 and the logarithm of chi square are exact at small and huge n', () => {
    expect(Math.exp(logHalfStep(0.5))).toBeCloseTo(Math.sqrt(2 / Math.PI), 15);
    expect(Math.exp(logHalfStep(1))).toBeCloseTo(Math.sqrt(Math.PI) / 2, 15);
    let ratio = Math.sqrt(Math.PI / 20) / 2;
    for (let k = 1; k < 20; k++) ratio *= (k + 0.5) / k;
    expect(Math.exp(logHalfStep(20))).toBeCloseTo(ratio, 14);
    expect(logHalfStep(5e9) * 5e9).toBeCloseTo(-1 / 8, 12);
    const euler = 0.577_215_664_901_532_9;
    expect(digammaOffset(1)).toBeCloseTo(-euler, 14);
    expect(digammaOffset(0.5)).toBeCloseTo(-euler - 2 * Math.LN2 - Math.log(0.5), 14);
    expect(digammaOffset(5e9) * 5e9).toBeCloseTo(-0.5, 9);
  });

  test('both estimators add 3 / (2n) to the distance per generation, to first order', () => {
    for (const refit of [unbiased, mle]) {
      const n = 1_000_000;
      const rise = gaussian.refitW2({ ...refit, n }, 10) / 10;
      expect(rise / gaussian.refitW2Rate(n)).toBeCloseTo(1, 4);
    }
  });

  test('at t = 0 nothing is lost', () => {
    for (const refit of [unbiased, mle]) {
      expect(gaussian.refitW2(refit, 0)).toBe(0);
      expect(gaussian.refitSd(refit, 0)).toBe(1);
      expect(gaussian.refitMeanSquare(refit, 0)).toBe(0);
    }
  });

  test('the recursion of moments holds every closed form', () => {
    const loop = { ...mle, policy: 'replace', human: 'fresh', humanShare: 0 } as const;
    const [ten] = moments.gaussianMoments({ ...loop, lambda: 0.9 }, [10]);
    expect(ten!.variance).toBeCloseTo(gaussian.refitVariance({ ...mle, lambda: 0.9 }, 10), 13);
    expect(ten!.meanSquare).toBeCloseTo(gaussian.refitMeanSquare({ ...mle, lambda: 0.9 }, 10), 13);
    const [pooled] = moments.gaussianMoments({ ...loop, policy: 'accumulate' }, [100]);
    expect(pooled!.variance).toBeCloseTo(gaussian.accumulatedVariance(100, 100), 13);
    expect(pooled!.meanSquare).toBeCloseTo(1 - pooled!.variance, 13);
    for (const [human, limit] of [
      ['fresh', moments.freshStationary(mixed)],
      ['fixed', moments.fixedStationary(mixed)],
    ] as const) {
      const found = moments.gaussianMoments(
        { ...mixed, estimator: 'unbiased', policy: 'replace', human },
        [0, 400],
      );
      expect(found[0]).toEqual({ t: 0, variance: 1, meanSquare: 0 });
      expect(found[1]!.variance).toBeCloseTo(limit.variance, 12);
      expect(found[1]!.meanSquare).toBeCloseTo(limit.meanSquare, 12);
    }
    expect(moments.freshStationaryLimit(0.1, 0.8)).toBeCloseTo(0.1 / (1 - 0.72), 14);
    const wide = moments.freshStationary({ ...mixed, n: 1e9 });
    expect(wide.variance).toBeCloseTo(moments.freshStationaryLimit(0.1, 0.8), 8);
  });

  test('the first fit at lambda = 1 is of n human draws, whatever the setting', () => {
    for (const policy of ['replace', 'accumulate', 'accumulate-subsample'] as const)
      for (const human of ['fresh', 'fixed'] as const) {
        const [first] = moments.gaussianMoments({ ...mle, policy, human, humanShare: 0.3 }, [1]);
        expect(first!.variance).toBeCloseTo(0.99, 13);
        expect(first!.meanSquare).toBeCloseTo(0.01, 13);
      }
  });
});

/** Two settings of a loop with drawn numbers; n = 10, alpha = .3, lambda = .8, after 4 fits. */
function drawnMoments(loop: moments.GaussianLoop, runs: number) {
  const stream = new RandomStream(derive(11, `${loop.policy}/${loop.human}/${loop.estimator}`));
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - stream.uniform())) * Math.cos(2 * Math.PI * stream.uniform());
  const sums = { variance: [0, 0], meanSquare: [0, 0] };
  for (let run = 0; run < runs; run++) {
    const [mean, variance] = drawnChain(loop, normal, stream);
    for (const [sum, x] of [
      [sums.variance, variance],
      [sums.meanSquare, mean * mean],
    ] as const) {
      sum[0]! += x / runs;
      sum[1]! += (x * x) / runs;
    }
  }
  return sums;
}

function drawnChain(loop: moments.GaussianLoop, normal: () => number, stream: RandomStream) {
  const human = Math.round(loop.n * loop.humanShare);
  const block = Array.from({ length: human }, normal);
  let [mean, variance, points] = [0, 1, [] as number[]];
  for (let t = 1; t <= 4; t++) {
    const own = loop.human === 'fixed' ? block : Array.from({ length: human }, normal);
    const sd = Math.sqrt(loop.lambda * variance);
    const made = Array.from({ length: loop.n - human }, () => mean + sd * normal());
    points = [...(loop.policy === 'replace' ? [] : points), ...own, ...made];
    let sample = points.slice();
    if (loop.policy === 'accumulate-subsample')
      sample = Array.from(
        { length: loop.n },
        () => sample.splice(stream.below(sample.length), 1)[0]!,
      );
    mean = sample.reduce((a, b) => a + b) / sample.length;
    const squares = sample.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    variance = squares / (sample.length - (loop.estimator === 'mle' ? 0 : 1));
  }
  return [mean, variance] as const;
}

describe('second moments agree with drawn chains', () => {
  // 24 comparisons at 4 standard errors: a false alarm in 24 x 6e-5 = .15 % of seeds.
  const settings = (['replace', 'accumulate', 'accumulate-subsample'] as const).flatMap((policy) =>
    (['fresh', 'fixed'] as const).flatMap((human) =>
      (['unbiased', 'mle'] as const).map((estimator) => ({ policy, human, estimator })),
    ),
  );
  test.each(settings)('$policy, $human, $estimator', (setting) => {
    const loop = { n: 10, humanShare: 0.3, lambda: 0.8, ...setting };
    const runs = 20_000;
    const drawn = drawnMoments(loop, runs);
    const [expected] = moments.gaussianMoments(loop, [4]);
    for (const name of ['variance', 'meanSquare'] as const) {
      const [mean, square] = drawn[name];
      const se = Math.sqrt((square! - mean! * mean!) / runs);
      expect(Math.abs(mean! - expected![name]) / se).toBeLessThan(4);
    }
  });
});

const fit = { rows: 100, dim: 10, sigma: 1 };

describe('least squares on its own labels', () => {
  check([
    ['R1', () => regression.replacedError(fit, 10), '1.1236'],
    ['R2', () => regression.accumulatedError(fit, 10), '.17413'],
    ['R2 limit', () => regression.accumulatedErrorLimit(fit), '.18482'],
    [
      'R3',
      () =>
        regression.shiftedLabelsError({ rows: 2000, dim: 20, sigma: 1, share: 0.5, shift: 0.5 }),
      '.07330',
    ],
    ['R3 floor at p = .001, in 1e-7', () => 1e7 * regression.shiftedLabelsFloor(0.001, 0.5), '2.5'],
  ]);
  test('accumulating tends to its limit and starts as replacing', () => {
    expect(regression.accumulatedError(fit, 1)).toBe(regression.replacedError(fit, 1));
    const [late, limit] = [
      regression.accumulatedError(fit, 1e6),
      regression.accumulatedErrorLimit(fit),
    ];
    expect(late).toBeCloseTo(limit, 6);
  });
});

/** H_0 of Zipf's law of 50 types. */
const zipfH = 1 - zipf.zipfShares(50, 1).reduce((sum, p) => sum + p * p, 0);
const fixedHuman = { humanTokens: 100, syntheticTokens: 100, simpson: 0.1 };
const five = (structure: 'pooled' | 'isolated', budget: 'each' | 'total') => ({
  families: 5,
  n: 200,
  structure,
  budget,
});
const bounds = (end: 0 | 1) =>
  absorption.absorptionBounds({ n: 100, types: 52, simpson: 0.1 })[end];

describe('types under resampling', () => {
  check([
    ['W1', () => zipfH * types.driftRatio(200, 100), '.55714'],
    ['W1 ratio', () => types.driftRatio(200, 100), '.60577'],
    ['W2 lower bound', () => bounds(0), '91.8'],
    ['W2 upper bound', () => bounds(1), '8911'],
    [
      'W2 Simpson index of its law',
      () => zipf.zipfShares(52, 1.100793).reduce((s, p) => s + p * p, 0),
      '.1',
    ],
    ['W3', () => absorption.absorptionApproximation(100, 0.5), '138.6'],
    ['W3 exact', () => absorption.absorptionExact(100, 0.5), '136.60'],
    ['W3 distinct', () => absorption.absorptionDistinct(100), '198'],
    ['W4', () => types.fixedSimpsonLimit(fixedHuman), '.11196'],
    [
      'W5 multinomial',
      () => types.freshRatioLimit({ n: 200, humanShare: 0.01, draw: 'multinomial' }),
      '.79839',
    ],
    [
      'W5 quota',
      () => types.freshRatioLimit({ n: 200, humanShare: 0.01, draw: 'quota' }),
      '.79879',
    ],
    ['W6 pooled', () => types.familyRatio(five('pooled', 'each'), 50), '.95121'],
    ['W6 isolated', () => types.familyRatio(five('isolated', 'each'), 50), '.95566'],
    ['W6 within', () => types.familyWithinRatio(five('isolated', 'each'), 50), '.77831'],
    ['W7 pooled', () => types.familyRatio(five('pooled', 'total'), 50), '.77831'],
    ['W7 isolated', () => types.familyRatio(five('isolated', 'total'), 50), '.85640'],
    [
      'W8',
      () => types.accumulatedRatio({ n: 100, humanShare: 0, draw: 'multinomial' }, 100),
      '.98373',
    ],
  ]);

  test('theta / (1 + theta) is near the long run at a small human share', () => {
    expect(types.freshRatioApproximation(200, 0.01)).toBeCloseTo(0.8, 12);
    const exact = types.freshRatioLimit({ n: 1e6, humanShare: 1e-6, draw: 'multinomial' });
    expect(types.freshRatioApproximation(1e6, 1e-6)).toBeCloseTo(exact, 5);
  });

  test('W4 starts on the human sample and settles', () => {
    const own = 0.01 + 0.99 * 0.1;
    const limit = types.fixedSimpsonLimit(fixedHuman);
    expect(types.fixedSimpson(fixedHuman, 1)).toBeCloseTo(own, 14);
    expect(types.fixedSimpson(fixedHuman, 60)).toBeCloseTo(limit, 13);
    expect(types.fixedBlockSimpson(fixedHuman, 0)).toBe(0.1);
    expect(types.fixedBlockSimpson(fixedHuman, 60)).toBeCloseTo(limit, 13);
  });

  test('a corpus of one token has one type; an isolated crowd keeps 1 - 1/F', () => {
    expect(types.driftRatio(1, 0)).toBe(1);
    expect(types.driftRatio(1, 3)).toBe(0);
    expect(types.familyRatio(five('isolated', 'each'), 1e6)).toBeCloseTo(0.8, 12);
  });

  test('the exact time lies between its bounds and near the approximation', () => {
    for (const [n, share] of [
      [2, 0.5],
      [30, 0.1],
      [200, 0.3],
    ] as const) {
      const simpson = share ** 2 + (1 - share) ** 2;
      const [low, high] = absorption.absorptionBounds({ n, types: 2, simpson });
      const exact = absorption.absorptionExact(n, share);
      expect(exact).toBeGreaterThanOrEqual(low - 1e-9);
      expect(exact).toBeLessThanOrEqual(high + 1e-9);
    }
    expect(absorption.absorptionExact(2, 0.5)).toBeCloseTo(2, 12);
    expect(absorption.absorptionExact(50, 0)).toBe(0);
  });
});

/** Chances of k = 0 .. n copies. */
function binomial(n: number, p: number): number[] {
  const row = [1];
  for (let i = 0; i < n; i++) {
    for (let k = row.length; k >= 0; k--) row[k] = (row[k] ?? 0) * (1 - p) + (row[k - 1] ?? 0) * p;
  }
  return row;
}

describe('heterozygosity of two types, enumerated', () => {
  const n = 6;
  const p0 = 0.3;
  const h0 = 2 * p0 * (1 - p0);
  const h = (k: number, size: number) => 2 * (k / size) * (1 - k / size);

  /** Law of the copies in a corpus whose model has k of n copies. */
  function next(k: number, share: number, draw: 'multinomial' | 'quota', size = n): number[] {
    const p = k / size;
    if (draw === 'multinomial') return binomial(n, share * p0 + (1 - share) * p);
    const human = Math.round(share * n);
    const out = new Array<number>(n + 1).fill(0);
    binomial(human, p0).forEach((a, i) => {
      binomial(n - human, p).forEach((b, j) => {
        out[i + j]! += a * b;
      });
    });
    return out;
  }

  test.each(['multinomial', 'quota'] as const)('fresh human text, %s draw', (draw) => {
    const share = 1 / 3;
    let law = binomial(n, p0);
    for (let t = 1; t <= 5; t++) {
      const expected = law.reduce((sum, q, k) => sum + q * h(k, n), 0) / h0;
      expect(types.freshRatio({ n, humanShare: share, draw }, t)).toBeCloseTo(expected, 12);
      const after = new Array<number>(n + 1).fill(0);
      law.forEach((q, k) => {
        next(k, share, draw).forEach((r, j) => {
          after[j]! += q * r;
        });
      });
      law = after;
    }
    const late = types.freshRatio({ n, humanShare: share, draw }, 500);
    expect(late).toBeCloseTo(types.freshRatioLimit({ n, humanShare: share, draw }), 12);
  });

  test.each(['multinomial', 'quota'] as const)('an accumulated pool, %s draw', (draw) => {
    for (const share of [0, 0.5]) {
      let law = new Map([...binomial(n, p0).entries()]);
      for (let t = 1; t <= 4; t++) {
        let expected = 0;
        for (const [k, q] of law) expected += (q * h(k, t * n)) / h0;
        expect(types.accumulatedRatio({ n, humanShare: share, draw }, t)).toBeCloseTo(expected, 12);
        const after = new Map<number, number>();
        for (const [k, q] of law)
          next(k, share, draw, t * n).forEach((r, j) => {
            after.set(k + j, (after.get(k + j) ?? 0) + q * r);
          });
        law = after;
      }
    }
  });

  test('a fixed human block, both starts', () => {
    const [human, made] = [3, 4];
    const size = human + made;
    for (const start of ['block', 'law'] as const) {
      const expected = new Array<number>(5).fill(0);
      binomial(human, p0).forEach((q, own) => {
        let law = binomial(made, start === 'law' ? p0 : own / human);
        for (let t = 1; t < 5; t++) {
          law.forEach((r, k) => {
            expected[t]! += q * r * (1 - h(own + k, size));
          });
          const after = new Array<number>(made + 1).fill(0);
          law.forEach((r, k) => {
            binomial(made, (own + k) / size).forEach((x, j) => {
              after[j]! += r * x;
            });
          });
          law = after;
        }
      });
      const fixed = { humanTokens: human, syntheticTokens: made, simpson: 1 - h0 };
      for (let t = 1; t < 5; t++) {
        const found =
          start === 'law' ? types.fixedBlockSimpson(fixed, t) : types.fixedSimpson(fixed, t + 1);
        expect(found).toBeCloseTo(expected[t]!, 12);
      }
    }
  });
});

const line = (copies: number, humanShare: number, suppression: number) => ({
  copies,
  humanShare,
  suppression,
});
const alive = (g: number) => forgetting.effectiveCorpusRatio({ humanShare: 0, suppression: 1 }, g);
const settled = (suppression: number) =>
  branching.absentStationary({ freshCopies: 1, humanShare: 0.1, suppression });

describe('types as branching lines', () => {
  check([
    ['B1', () => branching.absentFresh(line(3, 0.1, 0.5), 10), '.61272'],
    ['B1 without human text', () => branching.absentFresh(line(10, 0, 1), 50), '.68129'],
    ['B1 cruder', () => Math.exp((-2 * 10) / 50), '.670'],
    ['B1 at w = 0', () => branching.absentFresh(line(3, 0.1, 0), 10), String(Math.exp(-0.3))],
    ['B2 c = 10', () => forgetting.forgettingMedian(line(10, 0, 1))!, '27'],
    ['B2 c = 50', () => forgetting.forgettingMedian(line(50, 0, 1))!, '142'],
    ['B2 c = 100', () => forgetting.forgettingMedian(line(100, 0, 1))!, '286'],
    ...['.6321', '.4685', '.3741', '.3121', '.2681'].map(
      (printed, i): Row => [`B3 g = ${i + 1}`, () => alive(i + 1), printed],
    ),
    ['B3 g = 10', () => alive(10), '.1582'],
    ['B3 g = 19', () => alive(19), '.0916'],
    ['B4 w = 1', () => settled(1), '.01836'],
    ['B4 w = .75', () => settled(0.75), '.10318'],
    ['B4 w = .5', () => settled(0.5), '.19575'],
    ['B4 w = .25', () => settled(0.25), '.28405'],
    ['B4 w = 0', () => settled(0), '.36788'],
    ['B5', () => branching.meanRatio(line(3, 0.1, 0.5), 10), '.18210'],
    ['B7', () => pool.poolRatio({ humanShare: 0, suppression: 0.5 }, 10), '.35239'],
  ]);

  test('the long run is the limit of the transient', () => {
    for (const w of [0, 0.5, 0.99, 1]) {
      const h = { freshCopies: 0.3, humanShare: 0.1, suppression: w };
      const late = branching.absentFresh(line(3, 0.1, w), 2000);
      expect(late).toBeCloseTo(branching.absentStationary(h), 13);
      const mean = branching.meanRatio({ humanShare: 0.1, suppression: w }, 2000);
      expect(mean).toBeCloseTo(branching.meanRatioLimit({ humanShare: 0.1, suppression: w }), 13);
    }
    const slow = branching.lineSum(0.9999);
    expect(slow / branching.lineAfter(0.9999, 1_000_000).sum).toBeCloseTo(1, 11);
  });

  test('a type that is cut keeps alpha of its frequency, from g = 1 on', () => {
    expect(branching.meanRatio({ humanShare: 0.2, suppression: 0 }, 0)).toBe(1);
    expect(branching.meanRatio({ humanShare: 0.2, suppression: 0 }, 1)).toBe(0.2);
    expect(branching.meanRatio({ humanShare: 0, suppression: 1 }, 50)).toBe(1);
    const cut = { humanShare: 0.2, suppression: 0 };
    for (const human of ['fresh', 'fixed'] as const) {
      expect(forgetting.effectiveCorpusRatio({ ...cut, human }, 5)).toBeCloseTo(0.2, 14);
    }
    expect(pool.poolRatio({ humanShare: 0.2, suppression: 0 }, 100_000)).toBeCloseTo(0.2, 4);
  });

  test('only human text: absent as in a sample of the same size', () => {
    expect(branching.absentFresh(line(2, 1, 0.7), 4)).toBeCloseTo(Math.exp(-2), 14);
    expect(pool.absentSubsampled({ ...line(2, 1, 0.7), human: 'fresh' }, 4)).toBeCloseTo(
      Math.exp(-2),
      13,
    );
    expect(branching.absentFixed(line(2, 1, 0.7), 4)).toBe(0);
  });

  test('at g = 0 every type is there, and at g = 1 all policies are the planned mix', () => {
    const type = line(2, 0.3, 0.6);
    expect(branching.absentFresh(type, 0)).toBe(0);
    expect(branching.absentFixed(type, 0)).toBe(0);
    for (const human of ['fresh', 'fixed'] as const) {
      const replace = human === 'fresh' ? branching.absentFresh : branching.absentFixed;
      expect(pool.absentAccumulated({ ...type, human }, 0)).toBe(0);
      expect(pool.absentSubsampled({ ...type, human }, 0)).toBe(0);
      expect(pool.absentAccumulated({ ...type, human }, 1)).toBeCloseTo(replace(type, 1), 14);
      expect(pool.absentSubsampled({ ...type, human }, 1)).toBeCloseTo(replace(type, 1), 14);
    }
  });

  test('B6: no type of the block is lost, the others die sooner than alone', () => {
    const type = line(4, 0.2, 1);
    const outside = branching.absentOutsideBlock(type, 20);
    expect(branching.absentFixed(type, 20)).toBeCloseTo(0.8 ** 4 * outside, 14);
    expect(outside).toBeGreaterThan(branching.absentFresh(line(4, 0, 1), 20));
    expect(branching.absentOutsideBlock(type, 3000)).toBeCloseTo(1, 14);
    expect(branching.absentFixed(type, 3000)).toBeCloseTo(0.8 ** 4, 14);
  });

  test('B7 is the ratio of gamma functions', () => {
    const gamma = (t: number, w: number) => {
      let product = 1;
      for (let k = 1; k < t; k++) product *= (k + w) / (k + 1);
      return product;
    };
    for (const w of [0, 0.3, 1]) {
      for (const t of [1, 2, 50]) {
        expect(pool.poolRatio({ humanShare: 0, suppression: w }, t)).toBeCloseTo(gamma(t, w), 13);
      }
    }
    const late = pool.poolRatio({ humanShare: 0, suppression: 0.5 }, 1_000_000);
    expect(late * 1000 * (Math.sqrt(Math.PI) / 2)).toBeCloseTo(1, 5);
  });

  test('B8 is a bound of B1', () => {
    for (const c of [0.5, 3, 40]) {
      for (const g of [1, 2, 10, 100]) {
        const survives = 1 - branching.absentFresh(line(c, 0, 1), g);
        expect(survives).toBeGreaterThanOrEqual(branching.survivalBound(c, g) - 1e-12);
      }
    }
  });

  test('the half-life is the first generation of one half, or none', () => {
    for (const human of ['fresh', 'fixed'] as const) {
      const type = { ...line(7, 0.02, 0.8), human };
      const absent = human === 'fresh' ? branching.absentFresh : branching.absentFixed;
      const g = forgetting.forgettingMedian(type)!;
      expect(absent(type, g)).toBeGreaterThanOrEqual(0.5);
      expect(absent(type, g - 1)).toBeLessThan(0.5);
    }
    expect(forgetting.forgettingMedian(line(10, 0.5, 1))).toBeNull();
    expect(forgetting.forgettingMedian({ ...line(10, 0.5, 1), human: 'fixed' })).toBeNull();
    expect(forgetting.forgettingMedian(line(0, 0, 1))).toBe(0);
    expect(forgetting.forgettingMedian(line(5, 0, 0))).toBe(1);
    expect(forgetting.forgettingMedian(line(2e9, 0, 1))).toBe(Math.ceil(4e9 / Math.LN2));
    const stepped = forgetting.forgettingMedian(line(1e6, 0, 1))!;
    expect(stepped / forgetting.forgettingMedianLimit(1e6)).toBeCloseTo(1, 4);
  });

  test('a sample of a pool loses types as drawn lines do', () => {
    // Two settings at 4 standard errors: a false alarm in 1.3e-4 of seeds.
    for (const human of ['fresh', 'fixed'] as const) {
      const type = { ...line(3, 0.2, 0.5), human };
      const runs = 40_000;
      const p = pool.absentSubsampled(type, 4);
      const se = Math.sqrt((p * (1 - p)) / runs);
      expect(Math.abs(drawnAbsence(type, 4, runs) - p) / se).toBeLessThan(4);
    }
  });
});

/** Share of runs in which a type is not in the sample of the last generation; Poisson copies, each sampled alone. */
function drawnAbsence(
  type: branching.TypeLine & { readonly human: 'fresh' | 'fixed' },
  last: number,
  runs: number,
): number {
  const stream = new RandomStream(derive(5, 'subsample', type.human));
  const count = (n: number, p: number) => {
    let hits = 0;
    for (let i = 0; i < n; i++) if (stream.uniform() < p) hits++;
    return hits;
  };
  const poisson = (mean: number) => {
    let [k, product] = [0, stream.uniform()];
    for (; product > Math.exp(-mean); k++) product *= stream.uniform();
    return k;
  };
  const m = (1 - type.humanShare) * type.suppression;
  let absent = 0;
  for (let run = 0; run < runs; run++) {
    const block = count(type.copies, type.humanShare);
    const human = () => (type.human === 'fixed' ? block : poisson(type.humanShare * type.copies));
    let all = human() + poisson(m * type.copies);
    let sampled = all;
    for (let g = 2; g <= last; g++) {
      all += human() + poisson(m * sampled);
      sampled = count(all, 1 / g);
    }
    if (sampled === 0) absent++;
  }
  return absent / runs;
}

const law = zipf.zipfShares(50_000, 1);
const plain = { temperature: 1, topP: 1, humanShare: 0 };
const cutAt = (humanShare: number) =>
  decoding.decodedFixedPoint(law, { temperature: 1, topP: 0.95, humanShare });
const cooled = (humanShare: number) =>
  decoding.decodedFixedPoint(law, { temperature: 0.9, topP: 1, humanShare });
const wordsRatio = (shares: Float64Array) =>
  Math.exp(decoding.entropyOf(shares) - decoding.entropyOf(law));
const topTen = () => decoding.decodedLaw(law, { ...plain, topP: 0.95 }, 10);

describe('power laws and decoders', () => {
  check([
    ['Z1 mass', () => zipf.missingMass({ beta: 2, types: null }, 1e5), '.00219'],
    ['Z1 types', () => zipf.distinctTypes({ beta: 2, types: null }, 1e5), '437.0'],
    ['Z1 exact mass', () => zipf.missingMassOf(zipf.zipfShares(1e6, 2), 1e5), '.00218'],
    ['Z1 exact types', () => zipf.distinctTypesOf(zipf.zipfShares(1e6, 2), 1e5), '436.5'],
    ['Z2 g = 0', () => zipf.missingMassAfter(zipf.zipfShares(2e5, 1.5), 2e4, alive(0)), '.0330'],
    ['Z2 g = 9', () => zipf.missingMassAfter(zipf.zipfShares(2e5, 1.5), 2e4, alive(9)), '.06070'],
    ['Z3', () => zipf.cutFloor(1.5, 100), '.076368'],
    ['Z3 approximately', () => zipf.cutFloorApproximation(1.5, 100), '.076559'],
    ['D1 exponent', () => decoding.zipfExponentAfter(1, 0.9, 5), '1.6935'],
    ['D1 entropy before', () => decoding.entropyOf(law), '7.563'],
    [
      'D1 entropy after',
      () => decoding.entropyOf(decoding.decodedLaw(law, { ...plain, temperature: 0.9 }, 5)),
      '2.368',
    ],
    ['D2 bound', () => decoding.keptMassBound(0.95, 10), '.59874'],
    ['D2 map', () => decoding.keptMass(law, topTen()), '.59895'],
    ['D2 types', () => topTen().filter((p) => p > 0).length, '517'],
    ['D3 ratio at .1', () => decoding.tailRatio(law, cutAt(0.1), 50_000), '.1000'],
    ['D3 ratio at .3', () => decoding.tailRatio(law, cutAt(0.3), 50_000), '.3000'],
    ['D3 words at .1', () => wordsRatio(cutAt(0.1)), '.0500'],
    ['D3 words at .3', () => wordsRatio(cutAt(0.3)), '.483'],
    ['D3 temperature at .1', () => decoding.tailRatio(law, cooled(0.1), 50_000), '.1224'],
    ['D3 temperature at .3', () => decoding.tailRatio(law, cooled(0.3), 50_000), '.3803'],
  ]);

  test('the zeta function is that of the books', () => {
    expect(zipf.zipfTail(2, 0)).toBeCloseTo(Math.PI ** 2 / 6, 14);
    expect(zipf.zipfTail(4, 0)).toBeCloseTo(Math.PI ** 4 / 90, 14);
    expect(zipf.zipfTail(1.5, 0)).toBeCloseTo(2.612_375_348_685_488, 13);
    expect(zipf.zipfTail(2, 3)).toBeCloseTo(Math.PI ** 2 / 6 - 1 - 1 / 4 - 1 / 9, 14);
  });

  test('Z3: a cut leaves the tail to the human tokens alone', () => {
    const shares = zipf.zipfShares(1e6, 1.5);
    const cut = zipf.missingMassCut(shares, { n: 1e6, k: 100, humanShare: 0.1 });
    expect(cut / zipf.missingMassOf(shares, 1e5)).toBeCloseTo(1, 6);
    expect(zipf.missingMassCut(shares, { n: 1e6, k: 100, humanShare: 0 })).toBeCloseTo(
      shares.subarray(100).reduce((sum, p) => sum + p, 0),
      12,
    );
  });

  test('temperature keeps a power law, whatever its order', () => {
    const shares = decoding.decodedLaw(law, { ...plain, temperature: 0.9 }, 5);
    const expected = zipf.zipfShares(50_000, decoding.zipfExponentAfter(1, 0.9, 5));
    expect(shares[0]).toBeCloseTo(expected[0]!, 12);
    expect(shares[999]! / expected[999]!).toBeCloseTo(1, 10);
    const [a, b] = [0.7, 0.1];
    const odds = decoding.tempered(Float64Array.of(b, 0.2, a), 0.5);
    expect(Math.log(odds[2]! / odds[0]!)).toBeCloseTo(
      decoding.logOddsFactor(0.5, 1) * Math.log(a / b),
      12,
    );
    expect([...decoding.headOf(Float64Array.of(0.1, 0.2, 0.7), 0.8)]).toEqual([
      0,
      expect.closeTo(2 / 9, 14),
      expect.closeTo(7 / 9, 14),
    ]);
  });

  test('a head of exactly p is whole, and p = 1 keeps all', () => {
    expect([...decoding.headOf(Float64Array.of(0.25, 0.25, 0.25, 0.25), 0.5)]).toEqual([
      0.5, 0.5, 0, 0,
    ]);
    expect([...decoding.headOf(Float64Array.of(0.6, 0.4, 0), 1)]).toEqual([0.6, 0.4, 0]);
    expect(decoding.entropyOf([0.5, 0.5, 0])).toBeCloseTo(Math.LN2, 15);
  });
});

const verifier = (accuracy: number, keepRight: number, keepWrong: number) => ({
  accuracy,
  keepRight,
  keepWrong,
});
const training = (params: number, tokens: number, unique = 25e9) =>
  repetition.repeatedLoss({ params, tokens, unique });

describe('selection, weights, repetition, families, depth', () => {
  check([
    ['D4', () => curation.curatedVariance(4, 10), '.2857'],
    ['V1 good verifier p*', () => curation.verifierBreakEven(verifier(0.4, 0.9, 0.5)), '.357'],
    ['V1 good verifier q', () => curation.verifiedPrecision(verifier(0.4, 0.9, 0.5)), '.545'],
    ['V1 weak verifier p*', () => curation.verifierBreakEven(verifier(0.4, 0.9, 0.62)), '.408'],
    ['V1 bad verifier q', () => curation.verifiedPrecision(verifier(0.7, 0.5, 0.9)), '.565'],
    [
      'V2 k = 1',
      () => weights.weightedVarianceLimit({ weight: weights.bestWeight(1), syntheticRatio: 1 }),
      '.61803',
    ],
    ['V2 k = 2', () => weights.bestWeight(2), '.5'],
    ['V3 e = 4', () => repetition.uniqueEquivalentEpochs(4), '3.7257'],
    ['V3 e = 16', () => repetition.uniqueEquivalentEpochs(16), '10.5825'],
    ['V3 e = 40', () => repetition.uniqueEquivalentEpochs(40), '15.1675'],
    ['V3 loss', () => training(6.34e9, 242e9), '2.225644088998'],
    ['V3 loss, more parameters', () => training(8.67e9, 178e9), '2.226963407508'],
    ['F1', () => families.effectiveFamilies(5, 0.6), '1.4706'],
    ['F2 mean', () => depth.meanDepthLimit(0.3), '.42857'],
    ['F2 two and more', () => depth.depthTail(0.3, 2, 10), '.0900'],
    ['F2 accumulate', () => depth.accumulatedDepth(1, 20), '3.5977'],
    ['F2 replace', () => depth.meanDepth(1, 20), '20'],
  ]);

  test('V1: a verifier helps above its break-even, where half of those kept are right', () => {
    expect(curation.verifierHelps(verifier(0.4, 0.9, 0.5))).toBe(true);
    expect(curation.verifierHelps(verifier(0.4, 0.9, 0.62))).toBe(false);
    const even = curation.verifierBreakEven(verifier(0, 0.9, 0.62));
    expect(curation.verifiedPrecision(verifier(even, 0.9, 0.62))).toBeCloseTo(0.5, 14);
  });

  test('V2: the best weight is a fixed point and a least', () => {
    for (const k of [1e-9, 0.1, 1, 7, 1e9]) {
      const best = weights.bestWeight(k);
      const at = (weight: number) => weights.weightedVarianceLimit({ weight, syntheticRatio: k });
      expect(at(best) / best).toBeCloseTo(1, 9);
      for (const weight of [best * 0.9, Math.min(1, best * 1.1)]) {
        expect(at(weight)).toBeGreaterThanOrEqual(at(best) * (1 - 1e-12));
      }
    }
    let v = 0;
    for (let t = 1; t <= 4; t++) {
      v = 0.3 ** 2 + 0.7 ** 2 * (1 / 2 + v);
      expect(weights.weightedVariance({ weight: 0.3, syntheticRatio: 2 }, t)).toBeCloseTo(v, 14);
    }
  });

  test('V3: the published losses to 1e-12, and no worth without end', () => {
    expect(Math.abs(training(6.34e9, 242e9) - 2.2256440889984477)).toBeLessThan(1e-12);
    expect(Math.abs(training(8.67e9, 178e9) - 2.2269634075087867)).toBeLessThan(1e-12);
    expect(repetition.uniqueEquivalentEpochs(1e9)).toBeCloseTo(1 + repetition.REPEATED_TOKENS, 10);
    expect(repetition.uniqueEquivalentEpochs(0.4)).toBe(0.4);
    expect(repetition.uniqueEquivalentTokens(50, 100)).toBe(50);
    expect(repetition.uniqueEquivalentTokens(400, 100)).toBeCloseTo(372.57, 2);
    expect(training(1e9, 1e10, 1e10)).toBeGreaterThan(training(1e9, 1e11, 1e10));
  });

  test('F1: families of one kind count for one, independent ones for all', () => {
    expect(families.effectiveFamilies(5, 1)).toBe(1);
    expect(families.effectiveFamilies(5, 0)).toBe(5);
    expect(families.effectiveFamilies(1, 0.3)).toBe(1);
    const cut = { families: 4, cut: 2, humanShare: 0.1, freshCopies: 1 };
    expect(families.absentWithFamilies(cut)).toBeCloseTo(settled(0.5), 14);
  });

  test('F2: depth grows to its limit, and like a logarithm in a pool', () => {
    expect(depth.meanDepth(0.3, 1)).toBeCloseTo(0.3, 15);
    expect(depth.meanDepth(0.3, 2)).toBeCloseTo(0.39, 15);
    expect(depth.meanDepth(0.3, 200)).toBeCloseTo(depth.meanDepthLimit(0.3), 14);
    expect(depth.depthTail(0.3, 4, 3)).toBe(0);
    expect(depth.depthTail(0.3, 0, 3)).toBe(1);
    expect(depth.accumulatedDepth(0.3, 1)).toBeCloseTo(0.3, 15);
    expect(depth.accumulatedDepth(0.3, 2)).toBeCloseTo(0.3 * (1 + 0.15), 15);
  });
});

describe('what a closed form refuses', () => {
  const refusals: readonly (readonly [string, () => unknown, string])[] = [
    ['one sample', () => gaussian.refitW2({ ...mle, n: 1 }, 1), 'n to be a whole number in [2'],
    [
      'no variance',
      () => gaussian.refitW2({ ...mle, lambda: 0 }, 1),
      'lambda to be a number in (0',
    ],
    ['half a generation', () => gaussian.refitW2(mle, 0.5), 't to be a whole number'],
    [
      'an unbounded G5',
      () => moments.freshStationary({ ...mixed, lambda: 2 }),
      'b lambda (1 + k) < 1',
    ],
    ['an unbounded G6', () => moments.fixedStationary({ ...mixed, lambda: 2 }), 'finite variance'],
    ['G5 without human data', () => moments.freshStationary({ ...mixed, humanShare: 0 }), 'alpha'],
    ['a quota of 0', () => quotaShare(10, 0.01), 'human sample of 10'],
    [
      'too few rows',
      () => regression.replacedError({ ...fit, rows: 11 }, 1),
      'more than d + 1 = 11',
    ],
    [
      'a share of 1.1',
      () => types.freshRatio({ n: 9, humanShare: 1.1, draw: 'quota' }, 1),
      'alpha',
    ],
    [
      'families that do not divide',
      () => types.familyRatio({ ...five('pooled', 'total'), families: 3 }, 1),
      'n / F',
    ],
    ['a chain that is too long', () => absorption.absorptionExact(401, 0.5), '400'],
    [
      'm = 1 in the long run',
      () => branching.absentStationary({ freshCopies: 1, humanShare: 0, suppression: 1 }),
      'm = (1 - alpha) w',
    ],
    ['a negative count', () => branching.absentFresh(line(-1, 0, 1), 1), 'c to be'],
    ['not a number', () => branching.absentFresh(line(Number.NaN, 0, 1), 1), 'c to be'],
    ['a law with no end', () => zipf.missingMass({ beta: 1, types: null }, 10), 'beta'],
    ['top-p of 0', () => decoding.headOf(law, 0), 'p to be a number in (0'],
    [
      'a verifier that keeps nothing',
      () => curation.verifiedPrecision(verifier(0.4, 0, 0)),
      'kept share',
    ],
    ['weight 0', () => weights.weightedVarianceLimit({ weight: 0, syntheticRatio: 1 }), 'omega'],
    ['no unique tokens', () => training(1e9, 1e9, 0), 'U to be'],
    ['a correlation that cannot be', () => families.effectiveFamilies(3, -0.5), 'rho'],
    ['depth with no human text', () => depth.meanDepthLimit(1), 's to be'],
  ];
  test.each(refusals)('%s', (_, act, says) => {
    let caught: unknown;
    try {
      act();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(Failure);
    expect((caught as Failure).code).toBe('USAGE');
    expect((caught as Failure).message).toContain(says);
  });
});

test('the catalogue has every form once, with its domain and source', () => {
  const expected = Object.entries({ G: 8, R: 3, W: 8, B: 8, Z: 3, D: 4, V: 3, F: 2 }).flatMap(
    ([letter, last]) => Array.from({ length: last }, (_, i) => `${letter}${i + 1}`),
  );
  expect(CLOSED_FORMS.map(({ id }) => id)).toEqual(expected);
  for (const form of CLOSED_FORMS) {
    for (const text of [form.says, form.formula, form.validity, form.source])
      expect(text.length).toBeGreaterThan(6);
  }
  expect(closedForm('B4')?.validity).toContain('.999999');
  expect(closedForm('X1')).toBeUndefined();
});
