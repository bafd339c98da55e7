/** Random parameter points of every model, small enough to simulate in a fraction of a second each. */
import type { ParameterValues } from '../core/simulate/model.js';

/** Uniform on [0, 1). */
type Uniform = () => number;

const pick = <T>(u: Uniform, values: readonly T[]): T => values[Math.floor(u() * values.length)]!;
const real = (u: Uniform, low: number, high: number) => low + u() * (high - low);
const whole = (u: Uniform, low: number, high: number) => Math.floor(real(u, low, high + 1));
/** Log-uniform whole number. */
const size = (u: Uniform, low: number, high: number) =>
  Math.round(Math.exp(real(u, Math.log(low), Math.log(high))));

export interface Point {
  readonly given: ParameterValues;
  readonly t: number;
  readonly replicates: number;
}

const POLICIES = ['replace', 'accumulate', 'accumulate-subsample'] as const;

/** A point per model; what excludes each other is left out here, so that no point is refused. */
export const POINTS: Readonly<Record<string, (u: Uniform) => Point>> = {
  gaussian: (u) => {
    const policy = pick(u, POLICIES);
    const n = size(u, 10, 300);
    const isReplaced = policy === 'replace';
    const alpha = isReplaced && u() < 0.6 ? real(u, 0.1, 0.9) : 0;
    const given = {
      ...{ n, policy, alpha, human: pick(u, ['fresh', 'fixed']) },
      estimator: alpha > 0 ? 'unbiased' : isReplaced ? pick(u, ['unbiased', 'mle']) : 'mle',
      lambda: isReplaced ? real(u, 0.7, 1) : 1,
    };
    return { given, t: whole(u, 1, policy === 'accumulate-subsample' ? 8 : 40), replicates: 1500 };
  },
  regression: (u) => {
    const dim = whole(u, 1, 8);
    const policy = pick(u, ['replace', 'accumulate']);
    const given = { rows: dim + whole(u, 12, 60), dim, sigma: real(u, 0.2, 3), policy };
    return { given: { ...given, design: 'same' }, t: whole(u, 1, 8), replicates: 400 };
  },
  'wright-fisher': (u) => {
    const n = size(u, 20, 400);
    const families = u() < 0.3 ? whole(u, 2, 5) : 1;
    const alpha = families === 1 && u() < 0.6 ? real(u, 0.05, 0.8) : 0;
    const given = {
      ...{ n, types: size(u, 2, 60), 'zipf-beta': real(u, 0, 1.5), alpha, families },
      ...{ draw: pick(u, ['multinomial', 'quota']), human: pick(u, ['fresh', 'fixed']) },
      structure: pick(u, ['pooled', 'isolated']),
    };
    return { given, t: whole(u, 1, 30), replicates: 250 };
  },
  branching: (u) => {
    const given = {
      ...{ c: size(u, 1, 60), alpha: u() < 0.3 ? 0 : real(u, 0.01, 0.9), w: real(u, 0, 1) },
      human: pick(u, ['fresh', 'fixed']),
    };
    return { given, t: whole(u, 1, 30), replicates: 3000 };
  },
  immigration: (u) => {
    if (u() < 0.3) {
      const given = { n: size(u, 20, 200), alpha: real(u, 0.1, 0.9), types: whole(u, 2, 40) };
      return { given, t: 1, replicates: 250 };
    }
    const given = { h: real(u, 0.1, 8), alpha: real(u, 0.05, 0.9), w: real(u, 0, 1) };
    return { given, t: 1, replicates: 2000 };
  },
  accumulate: (u) => {
    const given = {
      n: size(u, 20, 300),
      types: whole(u, 2, 40),
      w: real(u, 0, 1),
      c: size(u, 2, 50),
    };
    return { given, t: whole(u, 2, 30), replicates: 300 };
  },
  zipf: (u) => {
    const given = {
      'zipf-beta': real(u, 1.1, 2.5),
      types: size(u, 200, 1500),
      n: size(u, 100, 2000),
    };
    return { given, t: whole(u, 1, 6), replicates: 200 };
  },
  temperature: (u) => {
    const given = {
      temperature: real(u, 0.5, 1.3),
      types: size(u, 10, 2000),
      'zipf-beta': real(u, 0.5, 1.5),
    };
    return { given, t: whole(u, 1, 8), replicates: 2 };
  },
  'top-p': (u) => {
    const given = { 'top-p': real(u, 0.8, 1), types: size(u, 10, 2000), alpha: real(u, 0, 0.5) };
    return { given, t: whole(u, 1, 8), replicates: 2 };
  },
  curation: (u) => ({ given: { kappa2: real(u, 1, 10) }, t: whole(u, 1, 12), replicates: 1000 }),
  verification: (u) => {
    const given = {
      p: real(u, 0.3, 0.9),
      phi: real(u, 0.3, 1),
      psi: real(u, 0.3, 1),
      n: 4000,
      dim: 10,
    };
    return { given, t: 1, replicates: 60 };
  },
  weights: (u) => {
    const given = { k: real(u, 0.3, 5), weight: real(u, 0.1, 0.95) };
    return { given, t: whole(u, 1, 20), replicates: 2000 };
  },
  repetition: (u) => {
    const unique = real(u, 1e9, 5e10);
    return {
      given: { params: real(u, 1e8, 1e10), tokens: unique * real(u, 1, 20), unique },
      t: 1,
      replicates: 2,
    };
  },
  families: (u) => {
    const families = whole(u, 1, 8);
    const given = {
      families,
      cut: whole(u, 0, families),
      rho: u(),
      alpha: real(u, 0.05, 0.9),
      h: real(u, 0.2, 4),
    };
    return { given, t: 1, replicates: 2000 };
  },
  depth: (u) => {
    const given = { s: real(u, 0.05, 0.95), policy: pick(u, ['replace', 'accumulate']) };
    return { given, t: whole(u, 1, 15), replicates: 2000 };
  },
};
