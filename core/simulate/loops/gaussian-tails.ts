/**
 * How heavy the tails of the Gaussian loop are: exact moments up to the third power of the fitted variance and of the
 * squared mean. A raw mean of a heavy-tailed chain has a sample standard error that cannot be trusted (the rare
 * large values are not in the sample, so both come out too small); these moments say where that begins.
 *
 * A fit is a polynomial in the fit before (mean M, variance v), in the human block (mean r, squares W) and in the
 * noise of the synthetic block (mean e, chi-square X). Moments of order up to 6 (M, r, e count 1; v, W count 2) are closed
 * under it, so one linear map per generation has them all. Replace and accumulate, fresh and fixed human data.
 */
import type { GaussianLoop } from '../closed-forms/gaussian-moments.js';

/** A polynomial: the key packs six exponents of three bits, in the order M, v, r, W, e, X. */
type Polynomial = Map<number, number>;

const [M, V, R, W, E, X] = [0, 1, 2, 3, 4, 5].map((i) => 8 ** i) as [
  number,
  number,
  number,
  number,
  number,
  number,
];
const ORDER_MAX = 6;

function power(key: number, variable: number): number {
  return Math.floor(key / variable) % 8;
}

function plus(...parts: readonly [factor: number, part: Polynomial][]): Polynomial {
  const sum: Polynomial = new Map();
  for (const [factor, part] of parts) {
    if (factor === 0) continue;
    for (const [key, value] of part) sum.set(key, (sum.get(key) ?? 0) + factor * value);
  }
  return sum;
}

function times(a: Polynomial, b: Polynomial): Polynomial {
  const product: Polynomial = new Map();
  for (const [i, x] of a) {
    for (const [j, y] of b) product.set(i + j, (product.get(i + j) ?? 0) + x * y);
  }
  return product;
}

const one = (key: number, value = 1): Polynomial => new Map([[key, value]]);

/** The fit of a generation from the one before; `before` points are in the pool already (0: replace). */
function fitted(loop: GaussianLoop, before: number): { mean: Polynomial; variance: Polynomial } {
  const { n, lambda, estimator } = loop;
  const humans = Math.round(loop.humanShare * n);
  const synthetic = n - humans;
  const made = synthetic === 0 ? one(M, 0) : plus([1, one(M)], [1, one(E)]);
  const human = humans === 0 ? one(R, 0) : one(R);
  const block = plus([humans / n, human], [synthetic / n, made]);
  const apart = plus([1, made], [-1, human]);
  const mean = plus([before / (before + n), one(M)], [n / (before + n), block]);
  const away = plus([1, one(M)], [-1, block]);
  const degrees = (points: number) => (estimator === 'mle' ? points : points - 1);
  const squares = plus(
    [before === 0 ? 0 : degrees(before), one(V)],
    [humans === 0 ? 0 : 1, one(W)],
    [synthetic === 0 ? 0 : lambda, one(V + X)],
    [(humans * synthetic) / n, times(apart, apart)],
    [(before * n) / (before + n), times(away, away)],
  );
  return { mean, variance: plus([1 / degrees(before + n), squares]) };
}

/** (2k - 1)!! */
function oddProduct(k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product *= 2 * i - 1;
  return product;
}

/** E X^k of a chi-square of df degrees of freedom. */
function chiSquareMoment(df: number, k: number): number {
  let product = 1;
  for (let i = 0; i < k; i++) product *= df + 2 * i;
  return product;
}

interface HumanMoments {
  readonly humans: number;
  readonly isFixed: boolean;
}

/** E r^c W^d of a human block. */
function humanMoment(humans: number, c: number, d: number): number {
  if (c % 2 === 1) return 0;
  return (oddProduct(c / 2) / humans ** (c / 2)) * chiSquareMoment(humans - 1, d);
}

/** The noise of a term is averaged: what is left is a number times a moment of the generation before. */
function averaged(
  loop: GaussianLoop,
  { humans, isFixed }: HumanMoments,
  key: number,
): { key: number; factor: number } {
  const synthetic = loop.n - humans;
  const [e, x] = [power(key, E), power(key, X)];
  if (e % 2 === 1) return { key: 0, factor: 0 };
  let factor = chiSquareMoment(synthetic - 1, x);
  if (e > 0) factor *= oddProduct(e / 2) * (loop.lambda / synthetic) ** (e / 2);
  let left = key - e * E - x * X + (e / 2) * V;
  if (!isFixed) {
    const [c, d] = [power(left, R), power(left, W)];
    if (c + d > 0) factor *= humanMoment(humans, c, d);
    left -= c * R + d * W;
  }
  return { key: left, factor };
}

/** Keys of the moments that are kept: orders up to 6, even in M and r together. */
function keptKeys({ isFixed }: HumanMoments): number[] {
  const keys: number[] = [];
  const most = isFixed ? ORDER_MAX : 0;
  for (let a = 0; a <= ORDER_MAX; a++)
    for (let b = 0; a + 2 * b <= ORDER_MAX; b++)
      for (let c = 0; c <= most && a + 2 * b + c <= ORDER_MAX; c++)
        for (let d = 0; d <= most && a + 2 * b + c + 2 * d <= ORDER_MAX; d++)
          if ((a + c) % 2 === 0) keys.push(a * M + b * V + c * R + d * W);
  return keys;
}

type Step = { to: number; terms: { key: number; factor: number }[] }[];

function stepOf(loop: GaussianLoop, human: HumanMoments, keys: number[], before: number): Step {
  const { mean, variance } = fitted(loop, before);
  const powers = [one(0)];
  const meanPowers = [one(0)];
  for (let i = 1; i <= ORDER_MAX / 2; i++) powers.push(times(powers[i - 1]!, variance));
  for (let i = 1; i <= ORDER_MAX; i++) meanPowers.push(times(meanPowers[i - 1]!, mean));
  return keys.map((to) => {
    const human2 = one(power(to, R) * R + power(to, W) * W);
    const all = times(times(meanPowers[power(to, M)]!, powers[power(to, V)]!), human2);
    const sums = new Map<number, number>();
    for (const [key, value] of all) {
      if (value === 0) continue;
      const { key: left, factor } = averaged(loop, human, key);
      if (factor !== 0) sums.set(left, (sums.get(left) ?? 0) + value * factor);
    }
    return { to, terms: [...sums].map(([key, factor]) => ({ key, factor })) };
  });
}

/** E, variance and skewness of one quantity; skewness NaN or infinite where moments overflow, 0 of a constant. */
export interface Tail {
  readonly mean: number;
  readonly variance: number;
  readonly skewness: number;
}

/** Below this coefficient of variation a cube of it is lost in rounding; the law is near normal there. */
const CV_OF_ROUNDING = 1e-3;

export function tailOf(first: number, second: number, third: number): Tail {
  const variance = second - first * first;
  const cv = Math.sqrt(variance) / Math.abs(first);
  if (variance === 0 || cv < CV_OF_ROUNDING) return { mean: first, variance, skewness: 0 };
  const central = third - 3 * first * second + 2 * first ** 3;
  return { mean: first, variance, skewness: central / variance ** 1.5 };
}

export interface GaussianTails {
  readonly variance: Tail;
  readonly meanSquare: Tail;
  /** E v mu^2. */
  readonly product: number;
}

/** An accumulated pool changes as 1/t^2: its skewness has settled after so many generations. */
export const SETTLED_AFTER = 40;

/**
 * Tails of sigma^2 and mu^2 (mu from the true mean) at each of `ts` > 0, ascending; replace: exact at every t;
 * accumulate: exact up to t = 40, and taken from there on as they are at 40.
 *
 * Cost: one linear map of 9 (fresh) or 41 (fixed) moments per generation. Source: derived.
 */
export function gaussianTails(loop: GaussianLoop, ts: readonly number[]): GaussianTails[] {
  const humans = Math.round(loop.humanShare * loop.n);
  const human = { humans, isFixed: loop.human === 'fixed' && humans > 0 };
  const keys = keptKeys(human);
  const grows = loop.policy !== 'replace';
  let moments = new Map<number, number>(
    keys.map((key) => [
      key,
      power(key, M) > 0 ? 0 : human.isFixed ? humanMoment(humans, power(key, R), power(key, W)) : 1,
    ]),
  );
  const found: GaussianTails[] = [];
  let step: Step | null = null;
  let t = 0;
  for (const wanted of ts) {
    for (; t < (grows ? Math.min(wanted, SETTLED_AFTER) : wanted); t++) {
      if (step === null || grows) step = stepOf(loop, human, keys, grows ? loop.n * t : 0);
      const before = moments;
      moments = new Map(
        step.map(({ to, terms }) => {
          let sum = 0;
          for (const { key, factor } of terms) sum += factor * before.get(key)!;
          return [to, sum];
        }),
      );
    }
    const at = (key: number) => moments.get(key)!;
    found.push({
      variance: tailOf(at(V), at(2 * V), at(3 * V)),
      meanSquare: tailOf(at(2 * M), at(4 * M), at(6 * M)),
      product: at(2 * M + V),
    });
  }
  return found;
}
