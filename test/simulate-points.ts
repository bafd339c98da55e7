/**
 * Random parameter points of every model, small enough to simulate in a fraction of a second each. Shares are at an end of
 * their range now and then, for that is where a formula divides by nothing.
 */
import type { ParameterValues } from '../core/simulate/model.js';

/** Uniform on [0, 1). */
type Uniform = () => number;

const pick = <T>(u: Uniform, values: readonly T[]): T => values[Math.floor(u() * values.length)]!;
const real = (u: Uniform, low: number, high: number) => low + u() * (high - low);
const whole = (u: Uniform, low: number, high: number) => Math.floor(real(u, low, high + 1));
/** Log-uniform whole number. */
const size = (u: Uniform, low: number, high: number) =>
  Math.round(Math.exp(real(u, Math.log(low), Math.log(high))));
/** In [low, high], either end with chance 1/10. */
function ended(u: Uniform, low: number, high: number): number {
  const place = u();
  return place < 0.1 ? low : place < 0.2 ? high : real(u, low, high);
}
const sometimes = <T>(u: Uniform, chance: number, value: T, otherwise: T): T =>
  u() < chance ? value : otherwise;

export interface Point {
  readonly given: ParameterValues;
  readonly t: number;
  readonly replicates: number;
  /** Numbers of types, as a file of them would give. */
  readonly probabilities?: readonly number[];
}

const POLICIES = ['replace', 'accumulate', 'accumulate-subsample'] as const;

function wrightFisher(u: Uniform): Point {
  const n = size(u, 10, 400);
  const families = sometimes(u, 0.3, whole(u, 2, 5), 1);
  const isFixed = families === 1 && u() < 0.35;
  const draw = pick(u, ['multinomial', 'quota']);
  const share = sometimes(u, 0.3, 0, real(u, 0.01, 0.9));
  // A quota of no token, or of every one beside a fixed set, is refused.
  const quota = Math.min(n - 1, Math.max(1, Math.round(share * n))) / n;
  const human = isFixed ? 'fixed' : 'fresh';
  const alpha = share > 0 && (isFixed || draw === 'quota') ? quota : share;
  const common = { n, alpha, human, draw, families, structure: pick(u, ['pooled', 'isolated']) };
  const t = whole(u, 1, 30);
  if (u() < 0.25) {
    const probabilities = Array.from({ length: size(u, 2, 30) }, () => real(u, 0.01, 1) ** 3);
    return { given: common, t, replicates: 250, probabilities };
  }
  const types = sometimes(u, 0.3, 2, size(u, 2, 60));
  return { given: { ...common, types, 'zipf-beta': real(u, 0, 1.5) }, t, replicates: 250 };
}

function regression(u: Uniform): Point {
  const dim = whole(u, 1, 8);
  const common = { rows: dim + whole(u, 12, 60), dim, sigma: real(u, 0.2, 3) };
  const t = whole(u, 1, 8);
  if (u() < 0.4) {
    return { given: { ...common, policy: 'accumulate', design: 'same' }, t, replicates: 400 };
  }
  const shift = sometimes(u, 0.5, 0, real(u, 0.1, 1));
  const given = { ...common, policy: 'replace', design: pick(u, ['same', 'fresh']), shift };
  return { given, t, replicates: 400 };
}

function immigration(u: Uniform): Point {
  const alpha = ended(u, 0.05, 1);
  if (u() < 0.4) {
    const given = {
      n: size(u, 10, 200),
      alpha,
      types: whole(u, 2, 40),
      'zipf-beta': real(u, 0, 2),
    };
    return { given, t: 1, replicates: 250 };
  }
  return { given: { h: size(u, 1, 80) / 10, alpha, w: ended(u, 0, 1) }, t: 1, replicates: 2000 };
}

/** What excludes each other is left out, so that no point is refused. */
export const POINTS: Readonly<Record<string, (u: Uniform) => Point>> = {
  gaussian: (u) => {
    const policy = pick(u, POLICIES);
    const given = {
      ...{ n: size(u, 10, 300), policy, human: pick(u, ['fresh', 'fixed']) },
      ...{
        alpha: sometimes(u, 0.5, 0, real(u, 0.1, 0.9)),
        estimator: pick(u, ['unbiased', 'mle']),
      },
      lambda: sometimes(u, 0.4, 1, real(u, 0.7, 1)),
    };
    return { given, t: whole(u, 1, policy === 'accumulate-subsample' ? 8 : 40), replicates: 1500 };
  },
  regression,
  'wright-fisher': wrightFisher,
  branching: (u) => {
    const given = {
      ...{ c: size(u, 1, 40), alpha: sometimes(u, 0.4, 0, ended(u, 0, 0.9)), w: ended(u, 0, 1) },
      human: pick(u, ['fresh', 'fixed']),
    };
    return { given, t: whole(u, 1, 40), replicates: 3000 };
  },
  immigration,
  accumulate: (u) => {
    const given = {
      ...{ n: size(u, 10, 300), types: whole(u, 2, 40), 'zipf-beta': real(u, 0, 2) },
      ...{ w: ended(u, 0, 1), c: size(u, 1, 50) },
    };
    return { given, t: whole(u, 2, 30), replicates: 300 };
  },
  zipf: (u) => {
    const types = size(u, 200, 1500);
    const given = {
      ...{ 'zipf-beta': real(u, 0.5, 2.5), types, n: size(u, 100, 2000) },
      ...{ cut: sometimes(u, 0.7, size(u, 10, types - 1), null) },
      alpha: sometimes(u, 0.3, 0, real(u, 0.05, 1)),
    };
    return { given, t: sometimes(u, 0.5, 0, whole(u, 1, 6)), replicates: 200 };
  },
  temperature: (u) => {
    const given = {
      ...{ temperature: real(u, 0.5, 1.3), types: size(u, 10, 2000) },
      ...{ 'zipf-beta': real(u, 0.5, 1.5), alpha: sometimes(u, 0.7, 0, real(u, 0, 1)) },
    };
    return { given, t: whole(u, 0, 8), replicates: 2 };
  },
  'top-p': (u) => {
    const given = {
      ...{ 'top-p': ended(u, 0.8, 1), types: size(u, 10, 2000) },
      ...{ 'zipf-beta': real(u, 0.5, 1.5), alpha: sometimes(u, 0.4, 0, real(u, 0, 0.5)) },
    };
    return { given, t: whole(u, 0, 8), replicates: 2 };
  },
  curation: (u) => ({ given: { kappa2: real(u, 0.5, 10) }, t: whole(u, 1, 12), replicates: 1000 }),
  verification: (u) => {
    const given = {
      ...{ p: real(u, 0.1, 0.95), phi: real(u, 0.1, 1), psi: real(u, 0.1, 1) },
      ...{ n: size(u, 400, 10_000), dim: whole(u, 1, 20) },
    };
    return { given, t: 1, replicates: 100 };
  },
  weights: (u) => {
    const given = {
      k: size(u, 30, 500) / 100,
      weight: sometimes(u, 0.2, null, real(u, 0.1, 0.95)),
    };
    return { given, t: whole(u, 1, 20), replicates: 2000 };
  },
  repetition: (u) => {
    const unique = real(u, 1e9, 5e10);
    const given = { params: real(u, 1e8, 1e10), tokens: unique * real(u, 1, 20), unique };
    return { given, t: 1, replicates: 2 };
  },
  families: (u) => {
    const families = whole(u, 1, 8);
    const given = {
      ...{ families, cut: whole(u, 0, families), rho: ended(u, 0, 1) },
      ...{ alpha: ended(u, 0.05, 1), h: real(u, 0.2, 4) },
    };
    return { given, t: 1, replicates: 2000 };
  },
  depth: (u) => {
    const given = { s: ended(u, 0, 1), policy: pick(u, ['replace', 'accumulate']) };
    return { given, t: whole(u, 1, 15), replicates: 2000 };
  },
};
