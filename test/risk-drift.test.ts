/**
 * S1 and S2 against the closed forms, seeds fixed, tolerance 4 standard errors over independent runs: a false
 * alarm per comparison has a chance of 6e-5 at many runs, and of at most 5e-4 at the 40 runs used here (Student's t).
 */
import { expect, test } from 'vitest';
import type { DomainMeasure, Scenario, SimulationBlock } from '../core/schema/risk.js';
import { tailCoverage } from '../core/simulate/gate/critical-share.js';
import { meanXLogX } from '../core/simulate/gate/drift-metrics.js';
import { ALEATORY, runDrift } from '../core/simulate/gate/run-drift.js';
import { runLengths } from '../core/simulate/gate/run-lengths.js';
import { typeSlots } from '../core/simulate/gate/type-slots.js';
import { measureFixture, mixFixture, zipfSpectrum } from './risk-measure-fixture.js';

const tick = () => {};
const RUNS = 40;

function scenarioOf(measure: DomainMeasure, change: Partial<Scenario> = {}): Scenario {
  return {
    ...{ simulator: 'drift', domain: measure.domain, policy: 'replace', human: 'fresh' },
    ...{ generations: 10, humanShare: 0.3, temperature: 1 },
    families: measure.families.map(({ family }, _, all) => ({ family, share: 1 / all.length })),
    ...change,
  };
}

/** Runs at the point alpha: no draws of labels; w as the fixture has it, with no spread. */
function driftOf(measure: DomainMeasure, change: Partial<Scenario> = {}, runs = RUNS) {
  const scenario = scenarioOf(measure, change);
  const mix = mixFixture(measure, scenario.humanShare, { draws: [] });
  return runDrift({ measure, mix, scenario, seed: 11, firstRun: 0, runs, tick });
}

function meanAt(values: SimulationBlock['values'], metric: string, g: number) {
  const found = values[metric]!.map((row) => row[g]!);
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  const squares = found.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, se: Math.sqrt(squares / (found.length - 1) / found.length) };
}

function expectNear(found: { mean: number; se: number }, theory: number, slack = 0) {
  expect(Math.abs(found.mean - theory)).toBeLessThan(4 * found.se + slack);
}

test.each([
  { policy: 'replace', human: 'fresh', humanShare: 0.3 },
  { policy: 'replace', human: 'fresh', humanShare: 0 },
  { policy: 'replace', human: 'fixed', humanShare: 0.3 },
  { policy: 'accumulate', human: 'fresh', humanShare: 0.3 },
  { policy: 'accumulate', human: 'fixed', humanShare: 0.3 },
  { policy: 'accumulate-subsample', human: 'fresh', humanShare: 0.3 },
  { policy: 'accumulate-subsample', human: 'fixed', humanShare: 0.3 },
] as const)(
  'drift keeps tails as the branching forms say: $policy, $human, $humanShare',
  (loop) => {
    const measure = measureFixture({ w: { house: 1 }, spread: 1 });
    const values = driftOf(measure, loop);
    for (const generations of [1, 5, 10]) {
      const theory = tailCoverage({
        ...{ spectrum: measure.spectrum, suppression: () => 1, generations },
        ...loop,
      });
      expectNear(meanAt(values, 'tailCoverage', generations), theory);
    }
  },
);

test('with suppression of rare types drift keeps what B1 says, once w is made a rate', () => {
  const rows = measureFixture({ w: { house: 0.5 }, spread: 1 });
  // Only types of 1 copy in half A are suppressed; the rest of the mass carries the rate.
  const suppression = rows.suppression.map((row) =>
    row.bin === 0 ? row : { ...row, w: { point: 1, low: 1, high: 1 } },
  );
  const measure = { ...rows, suppression };
  const { spectrum } = measure;
  const cut = spectrum.counts.reduce((sum, c, i) => sum + (c < 4 ? c * spectrum.types[i]! : 0), 0);
  const values = driftOf(measure);
  const rate = 1 / (1 - (0.5 * cut) / spectrum.words);
  const at = (scale: number, generations: number) =>
    tailCoverage({
      ...{ spectrum, generations, humanShare: 0.3, policy: 'replace', human: 'fresh' },
      suppression: (copies) => Math.min(1, (copies < 4 ? 0.5 : 1) * scale),
    });
  const first = meanAt(values, 'tailCoverage', 1);
  // Types of 4 and 5 copies are written at a rate above 1, which the form caps: a difference below .001.
  expectNear(first, at(rate, 1), 0.001);
  const last = meanAt(values, 'tailCoverage', 10);
  expect(last.mean).toBeGreaterThan(at(1, 10) - 4 * last.se);
  expect(last.mean).toBeLessThan(at(rate, 10) + 4 * last.se);
});

test('heterozygosity falls by 1/n a generation without human text (W1), and stands where W5 says with it', () => {
  const spectrum = zipfSpectrum(400, 50);
  const measure = measureFixture({ spectrum, w: { house: 1 }, spread: 1, jackknife: [] });
  const n = spectrum.words;
  const alone = driftOf(measure, { humanShare: 0, generations: 40 }, 400);
  // Base: H_0 (1 - 1/n) of one sample; size is Poisson about n, which moves 1/n by 1/n^2.
  expectNear(meanAt(alone, 'heterozygosity', 40), (1 - 1 / n) ** 39, 40 / n ** 2);
  const b = 0.9;
  const fresh = driftOf(measure, { humanShare: 0.1, generations: 60 }, 400);
  const stationary = 1 / (1 - (1 - 1 / n) * b * b) - (b * b) / (1 - (1 - 1 / n) * b * b);
  expectNear(meanAt(fresh, 'heterozygosity', 60), stationary, 0.0005);
});

test('a type never leaves an accumulated pool, and diversity stays near its start', () => {
  const measure = measureFixture({ w: { house: 1 }, spread: 1 });
  const values = driftOf(measure, { policy: 'accumulate', humanShare: 0 }, 5);
  for (const row of values.tailCoverage!) {
    for (let g = 2; g <= 10; g++) expect(row[g]!).toBeGreaterThanOrEqual(row[g - 1]!);
  }
  const replaced = driftOf(measure, { humanShare: 0 }, 5);
  expect(meanAt(values, 'tailCoverage', 10).mean).toBeGreaterThan(0.95);
  expect(meanAt(replaced, 'tailCoverage', 10).mean).toBeLessThan(0.5);
});

test('a subsample of the pool lies between replacing and the whole pool', () => {
  const measure = measureFixture({ w: { house: 0.8 }, spread: 1 });
  const [replaced, sampled, pooled] = (
    ['replace', 'accumulate-subsample', 'accumulate'] as const
  ).map(
    (policy) => meanAt(driftOf(measure, { policy, humanShare: 0.1 }, 5), 'tailCoverage', 10).mean,
  );
  expect(replaced!).toBeLessThan(sampled!);
  expect(sampled!).toBeLessThan(pooled!);
});

test('counts are never negative and ratios of all-human text are 1', () => {
  const measure = measureFixture({ w: { house: 1 }, spread: 1 });
  const values = driftOf(measure, { humanShare: 1 }, RUNS);
  for (const metric of [
    'tailCoverage',
    'tailCoverageMass',
    'effectiveVocabulary',
    'heterozygosity',
  ]) {
    expectNear(meanAt(values, metric, 7), 1);
    expect(values[metric]!.every((row) => row[0] === 1)).toBe(true);
  }
});

test('blocks of runs are the same as all runs at once, whatever their order', () => {
  const measure = measureFixture({ spread: 1.2 });
  const scenario = scenarioOf(measure);
  const mix = mixFixture(measure, 0.3, { half: 0.05 });
  const own = (firstRun: number, runs: number) =>
    runDrift({ measure, mix, scenario, seed: 3, firstRun, runs, tick });
  const [late, early, all] = [own(3, 3), own(0, 3), own(0, 6)];
  for (const metric of Object.keys(all)) {
    expect([...early[metric]!, ...late[metric]!]).toEqual(all[metric]);
  }
  expect(all[ALEATORY]!.filter((row) => row[10] !== null)).toHaveLength(2);
});

test('points of a sweep share random numbers: their difference varies less than each of them', () => {
  const measure = measureFixture({ w: { house: 0.9 }, spread: 1 });
  const [a, b] = [0.3, 0.32].map((humanShare) => driftOf(measure, { humanShare }, 20));
  const spread = (values: number[]) => {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    return values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  };
  const at = (values: SimulationBlock['values']) => values.tailCoverage!.map((row) => row[5]!);
  const difference = at(a!).map((value, run) => at(b!)[run]! - value);
  // Independent streams would give the sum of both spreads.
  expect(spread(difference)).toBeLessThan(0.5 * (spread(at(a!)) + spread(at(b!))));
});

test('uncertainty of labels and of suppression widens what drift alone does', () => {
  const measure = measureFixture({ w: { house: 0.7 }, spread: 1.4 });
  const scenario = scenarioOf(measure);
  const mix = mixFixture(measure, 0.3, { half: 0.1 });
  const values = runDrift({ measure, mix, scenario, seed: 3, firstRun: 0, runs: 100, tick });
  const sd = (rows: (number | null)[][]) => {
    const last = rows.map((row) => row[10]).filter((value) => typeof value === 'number');
    const mean = last.reduce((sum, v) => sum + v, 0) / last.length;
    return Math.sqrt(last.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (last.length - 1));
  };
  expect(sd(values.tailCoverage!)).toBeGreaterThan(5 * sd(values[ALEATORY]!));
});

test('a domain of more types than slots is sampled without bias', () => {
  const spectrum = zipfSpectrum(2_000_000, 600_000);
  const few = typeSlots(spectrum, 20_000);
  const all = typeSlots(spectrum, 1_000_000);
  const sum = ({ copies, weights }: typeof few) =>
    copies.reduce((s, c, i) => s + c * weights[i]!, 0);
  expect(few.length).toBeLessThanOrEqual(20_000);
  expect(few.weights.reduce((s, w) => s + w, 0)).toBeCloseTo(
    all.weights.reduce((s, w) => s + w, 0),
    6,
  );
  expect(sum(few)).toBeCloseTo(sum(all), 3);
  expect(Math.max(...few.weights)).toBeGreaterThan(10);
  expect(few.weights.at(-1)).toBe(1);
});

test('the mean of x ln x is the Poisson sum below 1,000 and its expansion above', () => {
  expect(meanXLogX(0)).toBe(0);
  expect(meanXLogX(1)).toBeCloseTo(0.5734, 3);
  const before = meanXLogX(999.999_999);
  expect(Math.abs(meanXLogX(1000) - before) / before).toBeLessThan(1e-8);
});

test.each([
  { human: 'fresh', policy: 'replace' },
  { human: 'fixed', policy: 'replace' },
] as const)(
  'document lengths keep the variance that G5 and G6 say: $human',
  ({ human, policy }) => {
    const measure = measureFixture({
      lengths: {
        human: { documents: 1_000_000_000, mean: 5, variance: 1 },
        synthetic: { documents: 1_000_000_000, mean: 5, variance: 0.8 },
      },
      humanDocuments: 1000,
    });
    const scenario = scenarioOf(measure, {
      simulator: 'lengths',
      human,
      policy,
      humanShare: 0.1,
      generations: 83,
    });
    const mix = mixFixture(measure, 0.1, { draws: [] });
    const values = runLengths({ measure, mix, scenario, seed: 5, firstRun: 0, runs: 2000, tick });
    expectNear(meanAt(values, 'varianceRatio', 83), human === 'fresh' ? 0.35775 : 0.35436, 1e-4);
  },
);

test('accumulated lengths keep their variance, also subsampled; replaced ones lose it', () => {
  const law = { documents: 1_000_000_000, mean: 5, variance: 1 };
  const measure = measureFixture({ lengths: { human: law, synthetic: law }, humanDocuments: 100 });
  const at = (policy: Scenario['policy']) => {
    const scenario = scenarioOf(measure, {
      simulator: 'lengths',
      policy,
      humanShare: 0.02,
      generations: 60,
    });
    const mix = mixFixture(measure, 0.02, { draws: [] });
    const values = runLengths({ measure, mix, scenario, seed: 5, firstRun: 0, runs: 200, tick });
    const logs = values.varianceRatio!.map((row) => Math.log(row[60]!));
    return logs.reduce((sum, value) => sum + value, 0) / logs.length;
  };
  const replaced = at('replace');
  expect(replaced).toBeLessThan(at('accumulate-subsample'));
  expect(replaced).toBeLessThan(at('accumulate'));
});
