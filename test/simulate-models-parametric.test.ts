/**
 * The parametric models of `ballast simulate` against their closed forms, at fixed seeds: the acceptance values 1-5, 10 and V3
 * of 12, the settings between them, and what keeps z honest. A value passes within 4 standard errors: false alarm 6e-5 each,
 * about 4e-3 for the 60 here together when a seed or a sampler changes; with fixed seeds the answer is always the same.
 */
import { describe, expect, it } from 'vitest';
import {
  type GaussianLoop,
  gaussianMoments,
} from '../core/simulate/closed-forms/gaussian-moments.js';
import { zipfShares } from '../core/simulate/closed-forms/zipf.js';
import { gaussianTails } from '../core/simulate/loops/gaussian-tails.js';
import {
  addGram,
  addMoments,
  cholesky,
  solveFactored,
} from '../core/simulate/loops/least-squares.js';
import { errorVariance } from '../core/simulate/loops/regression-loop.js';
import type { Model, ParameterValues, SimulatedRow } from '../core/simulate/model.js';
import { curation } from '../core/simulate/models/curation.js';
import { depth } from '../core/simulate/models/depth.js';
import { gaussian } from '../core/simulate/models/gaussian.js';
import { regression } from '../core/simulate/models/regression.js';
import { repetition } from '../core/simulate/models/repetition.js';
import { temperature } from '../core/simulate/models/temperature.js';
import { topP } from '../core/simulate/models/top-p.js';
import { verification } from '../core/simulate/models/verification.js';
import { weights } from '../core/simulate/models/weights.js';
import { zipf } from '../core/simulate/models/zipf.js';

const SEED = 20261126;
const MODELS = [
  ...[gaussian, regression, zipf, temperature, topP],
  ...[curation, verification, weights, repetition, depth],
];

type Given = Record<string, number | string | null>;

function valuesOf(model: Model, given: Given): ParameterValues {
  const fallbacks = model.parameters.map(({ name, fallback }) => [name, fallback ?? null]);
  for (const name of Object.keys(given)) {
    if (!fallbacks.some(([known]) => known === name)) throw new Error(`no parameter ${name}`);
  }
  return { ...Object.fromEntries(fallbacks), ...given };
}

function rowsOf(model: Model, given: Given, ts: number[], replicates = 1): SimulatedRow[] {
  const values = valuesOf(model, given);
  expect(model.check(values)).toBeNull();
  return model.run({ values, ts, replicates, seed: SEED, tick: () => undefined });
}

function rowOf(rows: SimulatedRow[], quantity: string, t?: number): SimulatedRow {
  const row = rows.find((one) => one.quantity === quantity && (t === undefined || one.t === t));
  if (row === undefined) throw new Error(`no row ${quantity} at ${t}`);
  return row;
}

/** The closed form has the reference value to its digits, and the simulation lies within 4 SE of the closed form. */
function expectAccepted(row: SimulatedRow, reference: number, halfDigit: number): void {
  expect(row.kind).toBe('E');
  expect(Math.abs((row.theory as number) - reference)).toBeLessThanOrEqual(halfDigit);
  expect(row.se).toBeGreaterThan(0);
  expect(Math.abs(row.mean - (row.theory as number)) / row.se).toBeLessThan(4);
}

/** Every exact row of a run agrees: within 4 SE, or to 1e-12 where nothing is random. */
function expectExact(rows: SimulatedRow[]): number {
  const exact = rows.filter(({ kind, theory }) => kind === 'E' && theory !== null);
  for (const { quantity, t, mean, se, theory } of exact) {
    const difference = Math.abs(mean - (theory as number));
    const allowed = 4 * se + 1e-12 * Math.abs(mean);
    expect(
      difference,
      `${quantity} at ${t}: ${mean}, theory ${theory}, se ${se}`,
    ).toBeLessThanOrEqual(allowed);
  }
  return exact.length;
}

describe('gaussian', () => {
  it('meets acceptance value 1: unbiased, n = t = 100', () => {
    const rows = rowsOf(gaussian, { n: 100 }, [100], 20_000);
    expectAccepted(rowOf(rows, 'w2'), 1.4463, 5e-5);
    expectAccepted(rowOf(rows, 'sd'), 0.7768, 5e-5);
    expectAccepted(rowOf(rows, 'geoVar'), 0.3629, 5e-5);
  });

  it('meets acceptance value 2: maximum likelihood, n = t = 100', () => {
    const rows = rowsOf(gaussian, { n: 100, estimator: 'mle' }, [100], 20_000);
    expectAccepted(rowOf(rows, 'var'), 0.366, 5e-5);
    expectAccepted(rowOf(rows, 'w2'), 1.06, 5e-5);
    expectAccepted(rowOf(rows, 'geoVar'), 0.1328, 5e-5);
  });

  it('meets acceptance value 3: fresh and fixed human data, n = 1000, alpha .1, lambda .8', () => {
    const given = { n: 1000, alpha: 0.1, lambda: 0.8 };
    // 12 / (1 - b lambda) + 40 = 83 generations: the long run.
    const fresh = rowsOf(gaussian, { ...given, human: 'fresh' }, [83], 4_000);
    expectAccepted(rowOf(fresh, 'var'), 0.35775, 5e-6);
    expectAccepted(rowOf(fresh, 'mu2'), 0.001882, 5e-7);
    // The fixed set's mean is slower to settle: b^(2t) of it is left.
    const fixed = rowsOf(gaussian, { ...given, human: 'fixed' }, [120], 4_000);
    expectAccepted(rowOf(fixed, 'var'), 0.35436, 5e-6);
    expectAccepted(rowOf(fixed, 'mu2'), 0.011343, 1e-6);
  });

  it('meets acceptance value 5: accumulate, and accumulate-subsample', () => {
    const mle = { estimator: 'mle' };
    const whole = rowsOf(gaussian, { ...mle, n: 100, policy: 'accumulate' }, [100], 4_000);
    expectAccepted(rowOf(whole, 'var'), 0.98373, 5e-6);
    const small = rowsOf(gaussian, { ...mle, n: 10, policy: 'accumulate' }, [100], 4_000);
    expectAccepted(rowOf(small, 'var'), 0.84428, 5e-6);
    const given = { ...mle, n: 10, policy: 'accumulate-subsample' };
    const rows = rowsOf(gaussian, given, [10], 10_000);
    expectAccepted(rowOf(rows, 'var'), 0.75978, 5e-6);
  });

  it('agrees with its second moments in every setting', () => {
    let exact = 0;
    for (const policy of ['replace', 'accumulate', 'accumulate-subsample']) {
      for (const human of ['fresh', 'fixed']) {
        for (const estimator of ['unbiased', 'mle']) {
          const given = { n: 12, alpha: 0.25, lambda: 0.9, policy, human, estimator };
          exact += expectExact(rowsOf(gaussian, given, [1, 4], 4_000));
        }
      }
    }
    // var and mu2 at two t in 12 settings.
    expect(exact).toBe(48);
  });

  it('draws pools by sums as it would by points: a subsample of everything is the pool', () => {
    // At t = 1 all policies fit the same n draws; the two paths draw them differently.
    const given = { n: 8, alpha: 0.5, lambda: 1.3 };
    const sums = rowsOf(gaussian, { ...given, policy: 'accumulate' }, [1], 20_000);
    const points = rowsOf(gaussian, { ...given, policy: 'accumulate-subsample' }, [1], 20_000);
    for (const quantity of ['var', 'sd', 'geoVar', 'mu2', 'w2']) {
      const [a, b] = [rowOf(sums, quantity), rowOf(points, quantity)];
      expect(Math.abs(a.mean - b.mean) / Math.hypot(a.se, b.se)).toBeLessThan(4);
    }
  });

  it('has the exact third moments of a chi-square chain, and the second moments of the closed forms', () => {
    const loop: GaussianLoop = {
      ...{ n: 10, estimator: 'unbiased', policy: 'replace' as const, human: 'fresh' as const },
      ...{ humanShare: 0, lambda: 1.1 },
    };
    const [tails] = gaussianTails(loop, [7]);
    // E sigma^2k = lambda^k E[(chi2_9 / 9)^k] per refit.
    const [one, two, three] = [1.1 ** 7, (1.21 * (11 / 9)) ** 7, (1.331 * ((11 * 13) / 81)) ** 7];
    const variance = two - one ** 2;
    expect(tails!.variance.variance).toBeCloseTo(variance, 9);
    const skewness = (three - 3 * one * two + 2 * one ** 3) / variance ** 1.5;
    expect(tails!.variance.skewness).toBeCloseTo(skewness, 8);
    for (const policy of ['replace', 'accumulate'] as const) {
      for (const human of ['fresh', 'fixed'] as const) {
        const mixed = { ...loop, policy, human, humanShare: 0.3 };
        const ts = [1, 2, 9, 30];
        const moments = gaussianMoments(mixed, ts);
        gaussianTails(mixed, ts).forEach((tail, i) => {
          expect(tail.variance.mean).toBeCloseTo(moments[i]!.variance, 10);
          expect(tail.meanSquare.mean).toBeCloseTo(moments[i]!.meanSquare, 10);
        });
      }
    }
  });

  it('does not test a raw mean whose tail is too heavy for its replicates, and still tests its logs', () => {
    const heavy = rowsOf(gaussian, { n: 10 }, [100], 2_000);
    for (const quantity of ['var', 'mu2', 'w2']) expect(rowOf(heavy, quantity).kind).toBe('A');
    // Reference .88 +- .36 of 400,000 replicates where the truth is 1; G2 says 9.9e-6.
    const logs = rowOf(heavy, 'geoVar');
    expect(logs.theory as number).toBeCloseTo(9.9e-6, 7);
    expect(logs.kind).toBe('E');
    expect(expectExact(heavy)).toBeGreaterThanOrEqual(1);
    // Little fresh human text makes a power tail that second moments alone do not show.
    const fresh = rowsOf(gaussian, { n: 10, alpha: 0.1 }, [1, 100], 2_000);
    expect(rowOf(fresh, 'var', 1).kind).toBe('E');
    expect(rowOf(fresh, 'var', 100).kind).toBe('A');
  });

  it('starts at the true law, and a fit that has vanished is 0 and not NaN', () => {
    const rows = rowsOf(gaussian, { n: 2 }, [0, 2_000], 50);
    expect(rowOf(rows, 'w2', 0)).toMatchObject({ mean: 0, theory: 0, se: 0 });
    const gone = rowOf(rows, 'geoVar', 2_000);
    expect([gone.mean, gone.theory, gone.se]).toEqual([0, 0, 0]);
  });

  it('refuses a quota that rounds to no human draw, and a pool that does not fit in memory', () => {
    expect(gaussian.check(valuesOf(gaussian, { n: 10, alpha: 0.01 }))?.parameter).toBe('alpha');
    const values = valuesOf(gaussian, { n: 1e9, policy: 'accumulate-subsample' });
    const run = { values, ts: [1], replicates: 1, seed: 1, tick: () => undefined };
    expect(() => gaussian.run(run)).toThrow('--n');
  });
});

describe('regression', () => {
  it('meets acceptance value 4: replace and accumulate, r = 100, d = 10, t = 10', () => {
    const replace = rowOf(rowsOf(regression, {}, [10], 800), 'testError');
    expectAccepted(replace, 1.1236, 5e-5);
    const whole = rowOf(rowsOf(regression, { policy: 'accumulate' }, [10], 800), 'testError');
    expectAccepted(whole, 0.17413, 5e-6);
  });

  it('solves the normal equations: the residual is orthogonal to every feature', () => {
    const design = Float64Array.from({ length: 30 }, (_, i) => Math.sin(3 + i * i));
    const labels = Float64Array.from({ length: 10 }, (_, i) => Math.cos(i));
    const [gram, factor] = [new Float64Array(9), new Float64Array(9)];
    const [moments, fit] = [new Float64Array(3), new Float64Array(3)];
    addGram(design, 3, gram);
    addMoments(design, labels, moments);
    cholesky(gram, 3, factor);
    solveFactored(factor, moments, fit);
    for (let feature = 0; feature < 3; feature++) {
      let sum = 0;
      for (let row = 0; row < 10; row++) {
        let residual = labels[row]!;
        for (let i = 0; i < 3; i++) residual -= design[3 * row + i]! * fit[i]!;
        sum += residual * design[3 * row + feature]!;
      }
      expect(Math.abs(sum)).toBeLessThan(1e-12);
    }
  });

  it('has the exact variance of an error by inverse Wishart moments', () => {
    for (const given of [
      { rows: 40, dim: 4 },
      { rows: 40, dim: 4, policy: 'accumulate' },
      { rows: 40, dim: 4, design: 'fresh' },
    ]) {
      const values = valuesOf(regression, given);
      const row = rowOf(rowsOf(regression, given, [3], 4_000), 'testError');
      const loop = values as unknown as Parameters<typeof errorVariance>[0];
      const exact = Math.sqrt(errorVariance(loop, 3) / 4_000);
      // The sample's error has itself an error of some sqrt(kurtosis / 4 R), about 3 %.
      expect(row.se / exact).toBeGreaterThan(0.88);
      expect(row.se / exact).toBeLessThan(1.12);
      expectExact([row]);
    }
  });

  it('adds shifts up where all labels are shifted, and comes near R3 where a share is', () => {
    expect(expectExact(rowsOf(regression, { rows: 40, dim: 3, shift: 0.5 }, [1, 3], 2_000))).toBe(
      2,
    );
    const given = { rows: 500, dim: 20, shift: 0.5, share: 0.5 };
    const row = rowOf(rowsOf(regression, given, [1], 400), 'testError');
    expect(row.kind).toBe('A');
    // R3 has a relative error of order d / r in its second term, some .003 here.
    expect(Math.abs(row.mean - (row.theory as number))).toBeLessThan(0.003 + 4 * row.se);
  });

  it('gives no closed form to accumulation over new designs, and no test to a power tail', () => {
    const fresh = rowsOf(regression, { policy: 'accumulate', design: 'fresh' }, [1, 5], 100);
    expect(rowOf(fresh, 'testError', 1).theory).not.toBeNull();
    expect(rowOf(fresh, 'testError', 5).theory).toBeNull();
    expect(rowOf(rowsOf(regression, { rows: 14 }, [1], 50), 'testError').kind).toBe('A');
    expect(regression.check(valuesOf(regression, { rows: 11 }))?.parameter).toBe('rows');
    const shifted = valuesOf(regression, { policy: 'accumulate', shift: 1 });
    expect(regression.check(shifted)?.parameter).toBe('shift');
  });
});

describe('decoders', () => {
  it('meet acceptance value 10: top-p .95 keeps .59895 after 10 maps, and tails by alpha', () => {
    const rows = rowsOf(topP, {}, [1, 10]);
    const kept = rowOf(rows, 'massKept', 10);
    expect(kept.mean).toBeCloseTo(0.59895, 5);
    expect(kept.mean).toBeGreaterThanOrEqual((kept.theory as readonly [number, number])[0]);
    expect(rowOf(rows, 'typesGenerated', 10).mean).toBe(517);
    for (const [alpha, vocabulary] of [
      [0.1, 0.05],
      [0.3, 0.483],
    ] as const) {
      const mixed = rowsOf(topP, { alpha }, [200]);
      expect(Math.abs(rowOf(mixed, 'tailRatio').mean - alpha)).toBeLessThan(1e-4);
      expect(rowOf(mixed, 'effectiveVocabulary').mean).toBeCloseTo(vocabulary, 3);
      expectExact(mixed);
    }
  });

  it('have the exponents, entropies and fixed points of temperature .9', () => {
    const rows = rowsOf(temperature, {}, [0, 1, 5, 100]);
    expect(rowOf(rows, 'exponent', 5).mean).toBeCloseTo(1.6935, 4);
    expect(rowOf(rows, 'entropy', 0).mean).toBeCloseTo(7.563, 3);
    expect(rowOf(rows, 'entropy', 5).mean).toBeCloseTo(2.368, 3);
    expect(expectExact(rows)).toBe(7);
    for (const [alpha, tail] of [
      [0.1, 0.1224],
      [0.3, 0.3803],
    ] as const) {
      const mixed = rowOf(rowsOf(temperature, { alpha, types: 50_000 }, [120]), 'tailRatio');
      expect(mixed.mean).toBeCloseTo(tail, 4);
      expect(mixed.theory as number).toBeCloseTo(mixed.mean, 6);
    }
  });
});

describe('zipf', () => {
  it('has the exact sums at g = 0 and the branching law of later corpora', () => {
    const rows = rowsOf(zipf, { types: 3_000, n: 3_000 }, [0, 1, 6], 300);
    expect(expectExact(rows)).toBe(2);
    for (const t of [1, 6]) {
      const { mean, theory, se } = rowOf(rows, 'missingMass', t);
      // Poisson counts for a multinomial corpus: a relative error of some percent at the head.
      expect(Math.abs(mean - (theory as number))).toBeLessThan(4 * se + 0.02 * mean);
    }
  });

  it('lets a cut tail live by human tokens alone', () => {
    const given = { types: 3_000, n: 20_000, cut: 50, alpha: 0.2 };
    const rows = rowsOf(zipf, given, [0, 1, 4], 200);
    expect(expectExact(rows)).toBe(5);
    // Without human text nothing of the tail is left from g = 1 on, exactly.
    const none = rowsOf(zipf, { ...given, alpha: 0 }, [2], 5);
    const law = zipfShares(3_000, 1.5);
    let floor = 0;
    for (let i = law.length - 1; i >= 50; i--) floor += law[i]!;
    expect(rowOf(none, 'tailMissing').mean).toBeCloseTo(floor, 12);
    expect(rowOf(none, 'tailMass').mean).toBeCloseTo(floor, 12);
    expect(zipf.check(valuesOf(zipf, { types: 10, cut: 10 }))?.parameter).toBe('cut');
  });

  it("is near Karlin's law where its conditions hold", () => {
    const rows = rowsOf(zipf, { 'zipf-beta': 2, types: 20_000, n: 100_000 }, [0], 40);
    expect(rowOf(rows, 'missingMassLaw').theory as number).toBeCloseTo(0.00219, 4);
    expect(rowOf(rows, 'distinctLaw').theory as number).toBeCloseTo(437, 0);
    expectExact(rows);
  });

  it('does not test events that are too rare to be seen', () => {
    const rows = rowsOf(zipf, { 'zipf-beta': 0, types: 5, n: 100 }, [0], 50);
    expect(rowOf(rows, 'missingMass').kind).toBe('A');
    expect(rowOf(rows, 'distinct').kind).toBe('A');
  });
});

describe('selection, weights, repetition, depth', () => {
  it('curation narrows the law as 1 / (1 + t / kappa2)', () => {
    const rows = rowsOf(curation, {}, [0, 1, 10, 200], 4_000);
    expect(expectExact(rows)).toBe(4);
    expectAccepted(rowOf(rows, 'variance', 10), 0.2857, 5e-5);
    const values = valuesOf(curation, { kappa2: 1e-6 });
    const run = { values, ts: [1e7], replicates: 1, seed: 1, tick: () => undefined };
    expect(() => curation.run(run)).toThrow('--kappa2');
  });

  it('verification has its precision and break-even, and a bad verifier turns the classifier around', () => {
    const good = rowsOf(verification, {}, [1], 400);
    expectAccepted(rowOf(good, 'precision'), 0.545, 5e-4);
    expect(rowOf(good, 'breakEven').theory as number).toBeCloseTo(0.357, 3);
    expect(rowOf(good, 'accuracy').mean).toBeGreaterThan(0.83);
    const bad = rowsOf(verification, { psi: 0.62 }, [1], 400);
    expect(rowOf(bad, 'breakEven').mean).toBeCloseTo(0.408, 3);
    expect(rowOf(bad, 'accuracy').mean).toBeLessThan(0.5);
    expect(expectExact([...good, ...bad])).toBe(4);
    expectAccepted(
      rowOf(rowsOf(verification, { p: 0.7, phi: 0.5, psi: 0.9 }, [1], 400), 'precision'),
      ...([0.565, 5e-4] as [number, number]),
    );
    const nothing = valuesOf(verification, { phi: 0, psi: 0 });
    expect(verification.check(nothing)?.parameter).toBe('phi');
  });

  it('weights have their best value at the golden ratio, and 1/2 for twice as much synthetic data', () => {
    const rows = rowsOf(weights, { k: 1 }, [0, 1, 60], 4_000);
    expectAccepted(rowOf(rows, 'variance', 60), 0.61803, 5e-6);
    expect(rowOf(rows, 'bestWeight').mean).toBeCloseTo(0.61803, 5);
    expectAccepted(rowOf(rowsOf(weights, { k: 2 }, [60], 4_000), 'variance'), 0.5, 1e-9);
    expectExact(rowsOf(weights, { k: 3, weight: 0.9 }, [1, 2, 5], 2_000));
  });

  it('meets acceptance value 12 (V3): the published losses to 1e-12', () => {
    const tokens = { unique: 25e9, params: 6.34e9, tokens: 242e9 };
    const first = rowOf(rowsOf(repetition, tokens, [1]), 'loss');
    expect(Math.abs((first.theory as number) - 2.2256440889984477)).toBeLessThan(1e-12);
    expect(Math.abs(first.mean - 2.2256440889984477)).toBeLessThan(1e-12);
    const given = { unique: 25e9, params: 8.67e9, tokens: 178e9 };
    const second = rowOf(rowsOf(repetition, given, [1]), 'loss');
    expect(Math.abs(second.mean - 2.2269634075087867)).toBeLessThan(1e-12);
    for (const [epochs, worth] of [
      [4, 3.7257],
      [16, 10.5825],
      [40, 15.1675],
    ] as const) {
      const rows = rowsOf(repetition, { tokens: epochs * 1e9, unique: 1e9 }, [1]);
      expect(rowOf(rows, 'epochsWorth').mean).toBeCloseTo(worth, 4);
      expect(expectExact(rows)).toBe(3);
    }
    const twice = valuesOf(repetition, { tokens: 1, unique: 2 });
    expect(repetition.check(twice)?.parameter).toBe('unique');
  });

  it('depth is geometric under replacement, harmonic under accumulation', () => {
    const constant = rowsOf(depth, { s: 0.3 }, [1, 2, 40], 4_000);
    expectAccepted(rowOf(constant, 'depth', 40), 0.42857, 5e-6);
    expectAccepted(rowOf(constant, 'deep', 40), 0.09, 1e-9);
    const pool = rowsOf(depth, { policy: 'accumulate' }, [0, 1, 2, 20], 4_000);
    expectAccepted(rowOf(pool, 'depth', 20), 3.5977, 5e-5);
    expect(expectExact([...constant, ...pool])).toBe(14);
    expectExact(rowsOf(depth, { policy: 'accumulate', s: 0.6 }, [2, 15], 4_000));
    // Replacing all human text: every text of t has t models behind it.
    expect(rowOf(rowsOf(depth, {}, [7], 3), 'depth')).toMatchObject({ mean: 7, se: 0 });
  });
});

describe('every parametric model', () => {
  it('lists its parameters with units, ranges and fallbacks in range, and gives the quantities it lists', () => {
    for (const model of MODELS) {
      for (const { name, kind, min, max, exclusiveMin, choices, fallback } of model.parameters) {
        expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
        expect(fallback).not.toBeUndefined();
        if (kind === 'choice') expect(choices).toContain(fallback);
        else if (fallback !== null) {
          expect(fallback as number).toBeGreaterThanOrEqual(min!);
          expect(fallback as number).toBeLessThanOrEqual(max!);
          if (exclusiveMin === true) expect(fallback as number).toBeGreaterThan(min!);
        }
      }
      const listed = model.quantities.map(({ name }) => name);
      const given = model === zipf ? { types: 50, n: 50, cut: 5 } : {};
      const quick = 'types' in valuesOf(model, {}) ? { types: 50, ...given } : given;
      const found = new Set(rowsOf(model, quick, [0, 1], 2).map(({ quantity }) => quantity));
      expect([...found].sort()).toEqual([...listed].sort());
    }
  });

  it('gives the same rows again, ticks to its end, and stops where a tick throws', () => {
    for (const model of MODELS) {
      const quick = 'types' in valuesOf(model, {}) ? { types: 50 } : {};
      const values = valuesOf(model, quick);
      const ticks: [number, number][] = [];
      const tick = (done: number, total: number) => void ticks.push([done, total]);
      const run = { values, ts: [1, 3], replicates: 4, seed: 7, tick };
      const rows = model.run(run);
      expect(model.run({ ...run, tick: () => undefined })).toEqual(rows);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.at(-1)![0]).toBe(ticks.at(-1)![1]);
      const stop = () => {
        throw new Error('stopped');
      };
      expect(() => model.run({ ...run, tick: stop })).toThrow('stopped');
    }
  });

  it('reads a later t from the same chain: rows of t do not depend on what else is read', () => {
    for (const model of [gaussian, regression, weights]) {
      const alone = rowsOf(model, {}, [2], 20).filter(({ t }) => t === 2);
      const both = rowsOf(model, {}, [1, 2], 20).filter(({ t }) => t === 2);
      for (const row of both) expect(alone).toContainEqual(row);
    }
  });
});
