/**
 * Second moments of the Gaussian loop at every t, in every setting (G5, G6, G8 and G1, G3, G4, G7 as special cases).
 *
 * They are linear in those of the generation before, so one exact recursion has them all. State: A and Q, expected
 * square of the pool's mean and expected mean square of its points (the pool is one generation for `replace`);
 * B: expected square of the mean of what is fitted (n points of the pool without replacement for
 * `accumulate-subsample`); V = (Q - B) x (1 or N / (N - 1)): expected fitted variance. A new generation holds alpha n human
 * points (a quota draw) and b n points from N(mu, lambda sigma^2). Fixed human data: means are measured from the set's
 * own mean, and C, the expected product of the two, gives the total. t = 0 is the true law, so the synthetic
 * points of t = 1 come from N(0, lambda). Source: derived; the settings of Alemohammad et al. 2024 and Kazdan et al. 2025.
 */
import { assertInRange, quotaShare, refuse, SHARE } from './formula.js';
import { assertRefit, type Refit } from './gaussian.js';

export interface GaussianLoop extends Refit {
  readonly policy: 'replace' | 'accumulate' | 'accumulate-subsample';
  /** New draws in every generation, or one random set of alpha n points in all of them. */
  readonly human: 'fresh' | 'fixed';
  /** Human share alpha of each generation in [0, 1]; the quota round(alpha n) is what counts. */
  readonly humanShare: number;
}

export interface Moments {
  readonly t: number;
  /** E sigma^2 and E mu^2 of the fit of t, in units of the true variance. */
  readonly variance: number;
  readonly meanSquare: number;
}

interface State {
  readonly a: number;
  readonly q: number;
  readonly c: number;
  readonly fitMeanSquare: number;
  readonly variance: number;
}

/** What the human points of one generation add: mean square of a point, and variance of their part of the mean. */
interface HumanPart {
  readonly share: number;
  readonly pointSquare: number;
  readonly meanNoise: number;
  /** E m^2 of the mean m of a fixed random set; 0 for fresh points. */
  readonly setMeanSquare: number;
}

function humanPart({ n, human, humanShare }: GaussianLoop): HumanPart {
  const share = quotaShare(n, humanShare);
  const size = Math.round(share * n);
  const fresh = { share, pointSquare: 1, meanNoise: share / n, setMeanSquare: 0 };
  if (human === 'fresh' || size === 0) return fresh;
  return { share, pointSquare: (size - 1) / size, meanNoise: 0, setMeanSquare: 1 / size };
}

function fitted(loop: GaussianLoop, t: number, a: number, q: number): [number, number] {
  const { n, policy, estimator } = loop;
  const isSubsample = policy === 'accumulate-subsample' && t > 1;
  const b = isSubsample ? a + ((q - a) * (t - 1)) / (t * n - 1) : a;
  const points = policy === 'accumulate' ? t * n : n;
  return [b, (q - b) * (estimator === 'mle' ? 1 : points / (points - 1))];
}

function step(loop: GaussianLoop, part: HumanPart, t: number, state: State): State {
  const b = 1 - part.share;
  const spread = loop.lambda * state.variance;
  const noise = part.meanNoise + (b * spread) / loop.n;
  const pointSquare = part.share * part.pointSquare + b * (spread + state.fitMeanSquare);
  const k = loop.policy === 'replace' ? 0 : t - 1;
  const cross = k * state.a * (k + 2 * b);
  const a = (cross + b * b * state.fitMeanSquare + noise) / (k + 1) ** 2;
  const q = (k * state.q + pointSquare) / (k + 1);
  const c = (state.c * (k + b)) / (k + 1);
  const [fitMeanSquare, variance] = fitted(loop, t, a, q);
  return { a, q, c, fitMeanSquare, variance };
}

/**
 * E sigma^2 and E mu^2 at each of `ts`, ascending or not; exact for quota draws.
 *
 * Results: in the order of `ts`. Cost: max(ts) steps. E. Errors: `USAGE` for values out of range or a quota of 0.
 */
export function gaussianMoments(loop: GaussianLoop, ts: readonly number[]): Moments[] {
  for (const t of ts) assertRefit('G5', loop, t);
  const part = humanPart(loop);
  const m = part.setMeanSquare;
  let state: State = { a: m, q: m + 1, c: -m, fitMeanSquare: m, variance: 1 };
  const found = new Map<number, Moments>();
  const wanted = new Set(ts);
  const last = Math.max(0, ...ts);
  for (let t = 0; ; t++) {
    const meanSquare = state.fitMeanSquare + 2 * state.c + m;
    if (wanted.has(t)) found.set(t, { t, variance: state.variance, meanSquare });
    if (t === last) break;
    state = step(loop, part, t + 1, state);
  }
  return ts.map((t) => found.get(t)!);
}

export interface Stationary {
  readonly variance: number;
  readonly meanSquare: number;
}

interface ReplaceLoop {
  readonly n: number;
  readonly humanShare: number;
  readonly lambda: number;
}

function assertReplaceLoop(form: string, { n, humanShare, lambda }: ReplaceLoop): number {
  assertRefit(form, { n, lambda, estimator: 'unbiased' }, 0);
  assertInRange(form, 'alpha', humanShare, { ...SHARE, min: 0, above: 0 });
  return quotaShare(n, humanShare);
}

/**
 * G5: long-run E sigma^2 = V and E mu^2 = M with fresh human data, replace, unbiased.
 *
 * k = alpha b / ((n - 1)(1 - b^2)), V = alpha (1 + k) / (1 - b lambda (1 + k)), M = (alpha + b lambda V) / (n (1 - b^2)).
 * `n` >= 2, `humanShare` in (0, 1], `lambda` > 0; needs b lambda (1 + k) < 1. E for quota draws. Errors: `USAGE`.
 */
export function freshStationary(loop: ReplaceLoop): Stationary {
  const alpha = assertReplaceLoop('G5', loop);
  const { n, lambda } = loop;
  const b = 1 - alpha;
  const k = (alpha * b) / ((n - 1) * (1 - b * b));
  const ratio = b * lambda * (1 + k);
  if (ratio >= 1) refuse('G5', 'lambda', 'small enough for b lambda (1 + k) < 1', String(lambda));
  const variance = (alpha * (1 + k)) / (1 - ratio);
  return { variance, meanSquare: (alpha + b * lambda * variance) / (n * (1 - b * b)) };
}

/** G5 for n -> infinity: V = alpha / (1 - b lambda). Parameters as G5. E. Errors: `USAGE`. */
export function freshStationaryLimit(humanShare: number, lambda: number): number {
  assertInRange('G5', 'alpha', humanShare, { above: 0, max: 1 });
  assertInRange('G5', 'lambda', lambda, { above: 0, max: 1e6 });
  const ratio = (1 - humanShare) * lambda;
  if (ratio >= 1) refuse('G5', 'lambda', 'small enough for b lambda < 1', String(lambda));
  return humanShare / (1 - ratio);
}

/**
 * G6: long-run V and M with one fixed human set, replace, unbiased; M is measured from the set's own mean.
 *
 * q = b lambda / (n (1 - b^2)), V = n alpha v / ((n - 1) - n b lambda - n b alpha q + b lambda), M = q V. `setVariance` v: the set's
 * variance, divided by its size; without it v and M are averaged over random sets: v = (n_r - 1) / n_r, and
 * 1/n_r is added to M. Parameters as G5. E for quota draws. Errors: `USAGE`.
 */
export function fixedStationary(loop: ReplaceLoop & { readonly setVariance?: number }): Stationary {
  const alpha = assertReplaceLoop('G6', loop);
  const { n, lambda, setVariance } = loop;
  if (setVariance !== undefined) assertInRange('G6', 'set variance', setVariance, { min: 0 });
  const size = Math.round(alpha * n);
  const b = 1 - alpha;
  const q = (b * lambda) / (n * (1 - b * b));
  const divisor = n - 1 - n * b * lambda - n * b * alpha * q + b * lambda;
  if (divisor <= 0) refuse('G6', 'lambda', 'small enough for a finite variance', String(lambda));
  const variance = (n * alpha * (setVariance ?? (size - 1) / size)) / divisor;
  return { variance, meanSquare: q * variance + (setVariance === undefined ? 1 / size : 0) };
}
