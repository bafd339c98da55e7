/**
 * Fits the numbers of `engines/retrieval/strength.ts` and prints them: a logistic regression (Newton
 * steps, ridge) over the measures of pairs, then a Platt step on the best pair of each text. Own
 * outputs are half of the synthetic texts of `l2r`. For: rewrites of an original that the other half
 * rewrote too, paired with it. Against: the nearest outputs to human texts of every other original,
 * related ones too. Every second domain is used, by name; the others are for the bench.
 *
 *   npm run build && node bench/fit-own-outputs.mjs
 */
import { Searcher } from '../dist/engines/retrieval/search.js';
import { FEATURES } from '../dist/engines/retrieval/strength.js';
import { ownHalf, readRewrites } from './rewrites.mjs';

/** Pairs of a text that are fitted: its nearest outputs. */
const PAIRS_FOR = 6;
const PAIRS_AGAINST = 4;
const RIDGE = 1;
const NEWTON_STEPS = 12;

const { rows, domains } = readRewrites();
const { outputs, block, isOwn } = ownHalf(rows);
const fitted = new Set(domains.filter((_, i) => i % 2 === 0));
const searcher = new Searcher();
const texts = rows.filter((row) => fitted.has(row.domain) && !isOwn.has(row)).flatMap(measure);
const pairs = texts.flatMap(({ isFor, found }) =>
  found.slice(0, isFor ? PAIRS_FOR : PAIRS_AGAINST).map(({ x, isSource }) => ({ x, y: isSource })),
);
const raw = regress(pairs);
const best = texts.flatMap(({ isFor, found }) => {
  const scores = found.map(({ x }) => score(raw, x));
  const at = scores.indexOf(Math.max(...scores));
  return at < 0 || (isFor && !found[at].isSource) ? [] : [{ x: [scores[at]], y: isFor }];
});
const platt = regress(best);
const prior = Math.log(best.filter(({ y }) => y).length / best.filter(({ y }) => !y).length);
const weights = raw.weights.map((weight) => weight * platt.weights[0]);
const bias = raw.bias * platt.weights[0] + platt.bias - prior;
console.log(`${texts.length} texts of ${fitted.size} domains, ${pairs.length} pairs`);
console.log(`export const WEIGHTS: readonly number[] = [`);
FEATURES.forEach(([name], i) => {
  console.log(`  ${weights[i].toFixed(4)}, // ${name}`);
});
console.log(`];\nexport const BIAS = ${bias.toFixed(4)};`);

function measure(row) {
  const isFor = row.truth === 'synthetic';
  if (row.original === null) return [];
  const isSource = (output) => outputs[output].original === row.original;
  if (isFor && !outputs.some(({ original }) => original === row.original)) return [];
  searcher.load(row.scored);
  const found = searcher.search(block, isFor ? undefined : isSource);
  return [
    {
      isFor,
      found: found.map((pair) => ({
        x: FEATURES.map(([, measureOf]) => measureOf(pair)),
        isSource: isFor && isSource(pair.output),
      })),
    },
  ];
}

function score({ weights, bias: constant }, x) {
  return x.reduce((sum, value, i) => sum + weights[i] * value, constant);
}

/** Logistic regression on standardised measures, given back on their own scale. */
function regress(samples) {
  const width = samples[0].x.length;
  const columns = Array.from({ length: width }, (_, i) => samples.map(({ x }) => x[i]));
  const means = columns.map(meanOf);
  const deviations = columns.map(
    (column, i) => Math.sqrt(meanOf(column.map((v) => (v - means[i]) ** 2))) || 1,
  );
  const points = samples.map(({ x, y }) => ({
    x: [...x.map((value, i) => (value - means[i]) / deviations[i]), 1],
    y: Number(y),
  }));
  let w = new Array(width + 1).fill(0);
  for (let step = 0; step < NEWTON_STEPS; step++) w = newton(points, w);
  const weights = means.map((_, i) => w[i] / deviations[i]);
  return { weights, bias: means.reduce((sum, mean, i) => sum - weights[i] * mean, w[width]) };
}

function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function newton(points, w) {
  const n = w.length;
  const system = Array.from({ length: n }, () => new Float64Array(n + 1));
  for (const { x, y } of points) {
    const p = 1 / (1 + Math.exp(-x.reduce((sum, value, i) => sum + w[i] * value, 0)));
    for (let i = 0; i < n; i++) {
      system[i][n] += (y - p) * x[i];
      for (let j = 0; j < n; j++) system[i][j] += p * (1 - p) * x[i] * x[j];
    }
  }
  for (let i = 0; i < n - 1; i++) {
    system[i][i] += RIDGE;
    system[i][n] -= RIDGE * w[i];
  }
  return solve(system).map((step, i) => w[i] + step);
}

/** Gauss-Jordan with pivoting. */
function solve(system) {
  const n = system.length;
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++)
      if (Math.abs(system[r][i]) > Math.abs(system[pivot][i])) pivot = r;
    [system[i], system[pivot]] = [system[pivot], system[i]];
    for (let r = 0; r < n; r++) {
      const factor = r === i ? 0 : system[r][i] / system[i][i];
      for (let c = i; factor !== 0 && c <= n; c++) system[r][c] -= factor * system[i][c];
    }
  }
  return system.map((row, i) => row[n] / row[i]);
}
