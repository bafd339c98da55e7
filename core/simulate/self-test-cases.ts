/**
 * The acceptance tests as data: a model with its parameters, what is read and when, and the reference
 * value that the closed form must give to the digits that are written. Replicates are chosen so that
 * 4 SE are small beside what a wrong formula would change.
 */
import type { ParameterValues } from './model.js';

export interface SimulatedCase {
  readonly test: number;
  readonly what: string;
  readonly model: string;
  readonly values: ParameterValues;
  readonly t: number;
  readonly replicates: number;
  /** Quantities read from one run, each with its reference and half of its last digit. */
  readonly reads: readonly Read[];
}

export interface Read {
  readonly quantity: string;
  readonly reference: number;
  readonly tolerance: number;
  /** By how much the simulation may miss where it has no standard error. */
  readonly slack?: number;
}

const read = (quantity: string, reference: number, tolerance = 5e-5): Read => ({
  quantity,
  reference,
  tolerance,
});

const unbiased = { n: 100, estimator: 'unbiased', policy: 'replace' };
const mle = { n: 100, estimator: 'mle', policy: 'replace' };
const fresh = { n: 1000, estimator: 'unbiased', policy: 'replace', alpha: 0.1, lambda: 0.8 };
const regression = { rows: 100, dim: 10, sigma: 1, design: 'same' };
const types = { types: 50, 'zipf-beta': 1, n: 200 };

export const SIMULATED_CASES: readonly SimulatedCase[] = [
  {
    ...{ test: 1, what: 'G1: unbiased Gaussian, n = t = 100', model: 'gaussian', t: 100 },
    ...{ values: unbiased, replicates: 20_000, reads: [read('w2', 1.4463)] },
  },
  {
    ...{ test: 2, what: 'G3: maximum likelihood, n = t = 100', model: 'gaussian', t: 100 },
    ...{ values: mle, replicates: 20_000, reads: [read('var', 0.366), read('w2', 1.06)] },
  },
  {
    ...{ test: 3, what: 'G5: fresh human share .1, lambda .8', model: 'gaussian', t: 150 },
    ...{ values: { ...fresh, human: 'fresh' }, replicates: 3_000 },
    reads: [read('var', 0.35775, 5e-6), read('mu2', 0.001882, 5e-7)],
  },
  {
    ...{ test: 3, what: 'G6: fixed human share .1, lambda .8', model: 'gaussian', t: 150 },
    ...{ values: { ...fresh, human: 'fixed' }, replicates: 3_000 },
    reads: [read('var', 0.35436, 5e-6), read('mu2', 0.011343, 5e-7)],
  },
  {
    ...{ test: 4, what: 'R1: regression, replace', model: 'regression', t: 10, replicates: 600 },
    ...{ values: { ...regression, policy: 'replace' }, reads: [read('testError', 1.1236)] },
  },
  {
    ...{ test: 4, what: 'R2: regression, accumulate', model: 'regression', t: 10 },
    ...{ values: { ...regression, policy: 'accumulate' }, replicates: 600 },
    reads: [read('testError', 0.17413, 5e-6)],
  },
  {
    ...{ test: 5, what: 'G7: accumulate, n = t = 100', model: 'gaussian', t: 100 },
    ...{ values: { ...mle, policy: 'accumulate' }, replicates: 4_000 },
    reads: [read('var', 0.98373, 5e-6)],
  },
  {
    ...{ test: 5, what: 'G8: accumulate-subsample, n = t = 10', model: 'gaussian', t: 10 },
    ...{ values: { ...mle, n: 10, policy: 'accumulate-subsample' }, replicates: 8_000 },
    reads: [read('var', 0.75978, 5e-6)],
  },
  {
    ...{ test: 6, what: 'W1: Wright-Fisher, 50 Zipf types, n 200', model: 'wright-fisher', t: 100 },
    ...{ values: types, replicates: 1_500, reads: [read('hRatio', 0.60577, 5e-6)] },
  },
  {
    ...{ test: 7, what: 'W5: fresh .01, multinomial', model: 'wright-fisher', t: 400 },
    ...{ values: { ...types, alpha: 0.01, human: 'fresh', draw: 'multinomial' }, replicates: 600 },
    reads: [read('hRatio', 0.79839)],
  },
  {
    ...{ test: 7, what: 'W5: fresh .01, quota', model: 'wright-fisher', t: 400 },
    ...{ values: { ...types, alpha: 0.01, human: 'fresh', draw: 'quota' }, replicates: 600 },
    reads: [read('hRatio', 0.79879)],
  },
  {
    ...{ test: 8, what: 'B1: 10 copies, no human text, lost by 50', model: 'branching', t: 50 },
    ...{ values: { c: 10, alpha: 0, w: 1, human: 'fresh' }, replicates: 40_000 },
    reads: [read('absent', 0.68129, 5e-6)],
  },
  {
    ...{ test: 8, what: 'B2: 10 copies, median time of loss', model: 'branching', t: 50 },
    ...{ values: { c: 10, alpha: 0, w: 1, human: 'fresh' }, replicates: 40_000 },
    // The chance of loss is .488 by 26 and .501 by 27: a sampled median may be a neighbour.
    reads: [{ ...read('median', 27, 0.5), slack: 1 }],
  },
  {
    ...{ test: 9, what: 'B1: 3 copies, fresh .1, w .5', model: 'branching', t: 10 },
    ...{ values: { c: 3, alpha: 0.1, w: 0.5, human: 'fresh' }, replicates: 40_000 },
    reads: [read('absent', 0.61272, 5e-6)],
  },
  {
    ...{ test: 9, what: 'B1: 3 copies, fresh .1, w 0', model: 'branching', t: 10 },
    ...{ values: { c: 3, alpha: 0.1, w: 0, human: 'fresh' }, replicates: 40_000 },
    reads: [read('absent', Math.exp(-0.3), 1e-12)],
  },
  {
    ...{ test: 11, what: 'W6: 5 families, pooled', model: 'wright-fisher', t: 50 },
    ...{ values: { ...types, families: 5, structure: 'pooled' }, replicates: 500 },
    reads: [read('hRatio', 0.95121, 5e-6)],
  },
  {
    ...{ test: 11, what: 'W6: 5 families, isolated', model: 'wright-fisher', t: 50 },
    ...{ values: { ...types, families: 5, structure: 'isolated' }, replicates: 500 },
    reads: [read('hRatio', 0.95566, 5e-6)],
  },
];
