/**
 * Random points over all models until 200 of them have given a z: where a closed form is exact, z is a standard normal draw.
 * Each point has a seed of its own and gives one row, drawn by key, since rows of one run depend on each other. Rows without
 * chance (se 0) must be equal instead, bounds must hold, and rows of kind A have no z: they are counted.
 *
 * False alarms of a correct build over seeds: below 0.8 % for all checks of z together; bounds 3e-5 each. The seed is fixed.
 */
import { beforeAll, expect, test } from 'vitest';
import { derive } from '../core/random/draw.js';
import { RandomStream } from '../core/random/stream.js';
import { completeValues } from '../core/simulate/complete-values.js';
import { MODELS } from '../core/simulate/models/index.js';
import { type ScoredRow, scoreRows } from '../core/simulate/score-rows.js';
import { POINTS } from './simulate-points.js';
import { checksOf, failedOf, histogramOf } from './z-distribution.js';

const SEED = 20_261_125;
const TESTED_POINTS = 200;
/** Reads words of a file: its own tests compare it with measured counts. */
const OF_TEXT = 'ngram';
const NAMES = Object.keys(POINTS);

interface Drawn {
  readonly model: string;
  readonly given: string;
  readonly rows: readonly ScoredRow[];
  /** Of the rows with an error, one. */
  readonly tested: ScoredRow | null;
}

const isRandom = ({ z, se }: ScoredRow) => z !== null && se > 0;
const isEqual = ({ z, se }: ScoredRow) => z !== null && se === 0;

function drawPoint(index: number): Drawn {
  const model = MODELS.find(({ name }) => name === NAMES[index % NAMES.length])!;
  const stream = new RandomStream(derive(SEED, 'property', model.name, index));
  const { given, t, replicates, probabilities } = POINTS[model.name]!(() => stream.uniform());
  const values = completeValues(model, given);
  const run = { values, ts: [t], replicates, seed: SEED + index, tick: () => undefined };
  const rows = scoreRows(model.run(probabilities === undefined ? run : { ...run, probabilities }));
  const random = rows.filter(isRandom);
  const tested = random.length === 0 ? null : random[stream.below(random.length)]!;
  return { model: model.name, given: JSON.stringify({ ...given, t }), rows, tested };
}

const drawn: Drawn[] = [];
const tested = () => drawn.filter((point) => point.tested !== null);
const zs = () => tested().map((point) => point.tested!.z!);
const places = (point: Drawn, rows: readonly ScoredRow[]) =>
  rows.map((row) => `${point.model} ${point.given}: ${JSON.stringify(row)}`);

beforeAll(() => {
  for (let count = 0, index = 0; count < TESTED_POINTS; index++) {
    const point = drawPoint(index);
    if (point.tested !== null) count++;
    drawn.push(point);
  }
}, 120_000);

test('every model but that of text has points', () => {
  const named = MODELS.map(({ name }) => name).filter((name) => name !== OF_TEXT);
  expect([...NAMES].sort()).toEqual(named.sort());
});

test('at 200 random points z is standard normal where the closed form is exact', () => {
  console.log(
    `z at ${TESTED_POINTS} random points with an exact closed form, of ${drawn.length} drawn`,
  );
  console.table(histogramOf(zs()));
  const checks = checksOf(zs());
  const rounded = (value: number) => Number(value.toPrecision(3));
  console.table(
    checks.map((row) => ({
      ...row,
      found: rounded(row.found),
      falseAlarm: rounded(row.falseAlarm),
    })),
  );
  console.table(NAMES.map(countsOf));
  const worst = tested().reduce((a, b) =>
    Math.abs(b.tested!.z!) > Math.abs(a.tested!.z!) ? b : a,
  );
  expect(failedOf(checks), places(worst, [worst.tested!])[0]).toEqual([]);
  const falseAlarms = checks.reduce((sum, { falseAlarm }) => sum + falseAlarm, 0);
  expect(falseAlarms).toBeLessThan(0.008);
});

/** Points and rows of a model by what is asked of them. */
function countsOf(model: string): Record<string, string | number> {
  const points = drawn.filter((point) => point.model === model);
  const rows = points.flatMap((point) => point.rows);
  return {
    ...{ model, points: points.length },
    'with a z': points.filter((point) => point.tested !== null).length,
    'rows with z': rows.filter(isRandom).length,
    equal: rows.filter(isEqual).length,
    bounds: rows.filter(({ within }) => within !== null).length,
    'A, shown only': rows.filter(({ difference }) => difference !== null).length,
  };
}

test('what has no chance in it is equal to its closed form', () => {
  const rows = drawn.flatMap((point) =>
    places(
      point,
      point.rows.filter((row) => isEqual(row) && row.z !== 0),
    ),
  );
  expect(rows).toEqual([]);
  expect(drawn.flatMap((point) => point.rows.filter(isEqual)).length).toBeGreaterThan(100);
});

test('bounds hold', () => {
  const outside = drawn.flatMap((point) =>
    places(
      point,
      point.rows.filter(({ within }) => within === false),
    ),
  );
  expect(outside).toEqual([]);
  const bounds = drawn.flatMap(({ rows }) => rows.filter(({ within }) => within !== null));
  expect(bounds.length).toBeGreaterThan(5);
});

test('errors a fifth too small, or means a third of an error off, would be seen', () => {
  expect(failedOf(checksOf(zs().map((z) => 1.25 * z)))).not.toEqual([]);
  expect(failedOf(checksOf(zs().map((z) => z / 1.25)))).not.toEqual([]);
  expect(failedOf(checksOf(zs().map((z) => z + 1 / 3)))).not.toEqual([]);
});
