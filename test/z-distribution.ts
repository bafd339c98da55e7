/**
 * Whether z-scores are a sample of the standard normal law. Each check says what a correct build gives, its limit and how often
 * a correct build would pass that limit: 1 in 1000 each (0.14 % for the largest |z| of 200).
 */
import { normalCdf } from '../core/stats/normal.js';

export interface ZCheck {
  readonly check: string;
  readonly found: number;
  readonly from: number;
  readonly to: number;
  /** Chance that z-scores of a correct build lie outside. */
  readonly falseAlarm: number;
}

const FALSE_ALARM = 0.001;
/** Standard normal quantile of 1 - FALSE_ALARM / 2. */
const TWO_SIDED = 3.2905;
/** Quantile 1 - FALSE_ALARM of chi-square with 9 degrees, and of Kolmogorov's law. */
const CHI_SQUARE_9 = 27.877;
const KOLMOGOROV = 1.9495;
const CELLS = 10;
const LARGEST = 4.5;

/** Counts that a binomial of n trials lies in with chance 1 - FALSE_ALARM or more, half of the rest on each side. */
function binomialRange(n: number, p: number): { from: number; to: number; falseAlarm: number } {
  const chances: number[] = [(1 - p) ** n];
  for (let k = 0; k < n; k++) chances.push((chances[k]! * (n - k) * p) / ((k + 1) * (1 - p)));
  let [from, low] = [0, 0];
  while (low + chances[from]! <= FALSE_ALARM / 2) low += chances[from++]!;
  let [to, high] = [n, 0];
  while (high + chances[to]! <= FALSE_ALARM / 2) high += chances[to--]!;
  return { from, to, falseAlarm: low + high };
}

function beyond(zs: readonly number[], limit: number): ZCheck {
  const p = 2 * normalCdf(-limit);
  const found = zs.filter((z) => Math.abs(z) > limit).length;
  return { check: `|z| > ${limit}`, found, ...binomialRange(zs.length, p) };
}

/** Pearson's statistic over ten cells of equal chance. */
function chiSquare(zs: readonly number[]): number {
  const cells = new Array<number>(CELLS).fill(0);
  for (const z of zs) cells[Math.min(CELLS - 1, Math.floor(normalCdf(z) * CELLS))]! += 1;
  const expected = zs.length / CELLS;
  return cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Kolmogorov's distance times sqrt(n) + .12 + .11 / sqrt(n) (Stephens, JRSS B 32, 1970). */
function kolmogorov(zs: readonly number[]): number {
  const n = zs.length;
  const sorted = [...zs].sort((a, b) => a - b);
  const distances = sorted.map((z, i) =>
    Math.max((i + 1) / n - normalCdf(z), normalCdf(z) - i / n),
  );
  return Math.max(...distances) * (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n));
}

/** All checks of a sample of independent z-scores. */
export function checksOf(zs: readonly number[]): ZCheck[] {
  const n = zs.length;
  const sum = zs.reduce((total, z) => total + z, 0);
  const squares = zs.reduce((total, z) => total + z * z, 0);
  const normal = { from: -TWO_SIDED, to: TWO_SIDED, falseAlarm: FALSE_ALARM };
  // Wilson and Hilferty: the cube root of a chi-square over its degrees is nearly normal.
  const spread = 2 / (9 * n);
  const largest = Math.max(...zs.map(Math.abs));
  return [
    beyond(zs, 2),
    beyond(zs, 3),
    {
      ...{ check: 'largest |z|', found: largest, from: 0, to: LARGEST },
      falseAlarm: 1 - (1 - 2 * normalCdf(-LARGEST)) ** n,
    },
    { check: 'sum / sqrt(n)', found: sum / Math.sqrt(n), ...normal },
    {
      ...{ check: 'sum of squares, as z', ...normal },
      found: (Math.cbrt(squares / n) - (1 - spread)) / Math.sqrt(spread),
    },
    {
      ...{ check: 'chi-square, 10 cells', found: chiSquare(zs), from: 0, to: CHI_SQUARE_9 },
      falseAlarm: FALSE_ALARM,
    },
    {
      ...{ check: 'Kolmogorov-Smirnov', found: kolmogorov(zs), from: 0, to: KOLMOGOROV },
      falseAlarm: FALSE_ALARM,
    },
  ];
}

/** Checks whose value lies outside its limits. */
export function failedOf(checks: readonly ZCheck[]): string[] {
  return checks
    .filter(({ found, from, to }) => !(found >= from && found <= to))
    .map(({ check, found, from, to }) => `${check}: ${found} is not in [${from}, ${to}]`);
}

/** Rows of a table: cells of z half a unit wide, what was found in each and what a normal law gives. */
export function histogramOf(zs: readonly number[]): Record<string, string | number>[] {
  const edges = [-Infinity, ...Array.from({ length: 13 }, (_, i) => i / 2 - 3), Infinity];
  return edges.slice(1).map((high, i) => {
    const low = edges[i]!;
    const found = zs.filter((z) => z > low && z <= high).length;
    const expected = zs.length * (normalCdf(high) - normalCdf(low));
    return {
      above: low,
      to: high,
      found,
      expected: Number(expected.toFixed(1)),
      '': '#'.repeat(found),
    };
  });
}
