/**
 * 200 random points over all models: where a closed form is exact, z is distributed as it should be. One row per point, drawn
 * by key, since rows of one run depend on each other; rows without chance (se 0) must be equal instead. False alarms of a
 * correct build over seeds: Kolmogorov-Smirnov at 1 %, largest |z| above 4.5 at 0.14 %, the count of |z| > 2
 * outside its 99.9 % range at 0.1 %. The seed is fixed.
 */
import { expect, test } from 'vitest';
import { derive } from '../core/random/draw.js';
import { RandomStream } from '../core/random/stream.js';
import { completeValues } from '../core/simulate/complete-values.js';
import { MODELS } from '../core/simulate/models/index.js';
import { type ScoredRow, scoreRows } from '../core/simulate/score-rows.js';
import { POINTS } from './simulate-points.js';

const SEED = 20_261_125;
const POINT_COUNT = 200;
/** Reads words of a file: its own tests compare it with measured counts. */
const OF_TEXT = 'ngram';

/** Standard normal distribution function, to 1e-7. Source: Abramowitz and Stegun 26.2.17. */
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const poly =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return x >= 0 ? 1 - upper : upper;
}

interface Tested {
  readonly model: string;
  readonly given: string;
  readonly row: ScoredRow;
}

function testedPoint(index: number): Tested | null {
  const names = Object.keys(POINTS);
  const model = MODELS.find(({ name }) => name === names[index % names.length])!;
  const stream = new RandomStream(derive(SEED, 'property', model.name, index));
  const { given, t, replicates } = POINTS[model.name]!(() => stream.uniform());
  const values = completeValues(model, given);
  const run = { values, ts: [t], replicates, seed: SEED + index, tick: () => undefined };
  const rows = scoreRows(model.run(run)).filter(({ z }) => z !== null);
  for (const row of rows.filter(({ se }) => se === 0))
    expect([model.name, given, row]).toEqual([model.name, given, { ...row, z: 0 }]);
  const random = rows.filter(({ se }) => se > 0);
  if (random.length === 0) return null;
  return {
    model: model.name,
    given: JSON.stringify(given),
    row: random[stream.below(random.length)]!,
  };
}

test('every model but that of text has points', () => {
  const named = MODELS.map(({ name }) => name).filter((name) => name !== OF_TEXT);
  expect(Object.keys(POINTS).sort()).toEqual(named.sort());
});

test('at 200 random points z is standard normal where the closed form is exact', () => {
  const tested = Array.from({ length: POINT_COUNT }, (_, i) => testedPoint(i)).filter(
    (one) => one !== null,
  );
  const sorted = tested.map(({ row }) => row.z!).sort((a, b) => a - b);
  const n = sorted.length;
  const bins = [-Infinity, -3, -2, -1, 0, 1, 2, 3, Infinity];
  const histogram = bins.slice(1).map((high, i) => {
    const low = bins[i]!;
    const found = sorted.filter((z) => z > low && z <= high).length;
    return {
      z: `${low} to ${high}`,
      found,
      expected: Number((n * (normalCdf(high) - normalCdf(low))).toFixed(1)),
    };
  });
  console.log(`z of ${n} points with an exact closed form (of ${POINT_COUNT} drawn)`);
  console.table(histogram);
  const worst = tested.reduce((a, b) => (Math.abs(b.row.z!) > Math.abs(a.row.z!) ? b : a));
  expect(Math.abs(worst.row.z!), JSON.stringify(worst)).toBeLessThan(4.5);
  const distance = Math.max(
    ...sorted.map((z, i) => Math.max((i + 1) / n - normalCdf(z), normalCdf(z) - i / n)),
  );
  expect(distance * Math.sqrt(n)).toBeLessThan(1.63);
  const beyond = sorted.filter((z) => Math.abs(z) > 2).length;
  const expected = n * 0.0455;
  expect(Math.abs(beyond - expected)).toBeLessThan(3.29 * Math.sqrt(expected * 0.9545) + 0.5);
  expect(n).toBeGreaterThan(120);
});
