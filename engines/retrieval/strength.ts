/**
 * From a resemblance to the log-likelihood ratio of "rewritten from this output" against "unrelated
 * text": a logistic regression over eight measures, then a Platt step on the best output of each
 * text, less the log prior of the pairs that it was fitted on.
 *
 *   strength = bias + sum over i of weights[i] x features[i], in nats
 *
 * Fitted by `bench/fit-own-outputs.mjs` on every second domain of `l2r` (10 of 20) with half of its
 * synthetic texts as outputs; `bench/own-outputs.mjs` measures it on the others.
 */
import type { Resemblance } from './search.js';

/** Names and definitions of the measures, in the order of the weights. */
export const FEATURES: readonly (readonly [string, (r: Resemblance) => number])[] = [
  ['log cosine', (r) => Math.log(r.cosine + 1e-3)],
  ['log background', (r) => Math.log(r.background + 1e-3)],
  ['root of own weight shared', (r) => Math.sqrt(r.ownShared)],
  ['own share of both', (r) => r.ownShared / Math.sqrt((r.textTotal + 5) * (r.outputTotal + 5))],
  ['rare words shared', (r) => Math.log(1 + r.rareShared)],
  ['share of numbers', (r) => r.numbersShared / (r.numbers + 1)],
  ['numbers shared', (r) => Math.log(1 + r.numbersShared)],
  ['in order', (r) => r.inOrder / (r.placed + 3)],
];

/** Made by `bench/fit-own-outputs.mjs`, in the order of FEATURES. */
export const WEIGHTS: readonly number[] = [
  3.4508, -1.9749, 0.3782, 24.2558, -0.7492, 4.992, -3.0216, 5.6195,
];
export const BIAS = -7.0807;

/**
 * Strength, in nats, from which a resemblance is a hit: on the fitted domains of `l2r` 87 % of rewrites
 * are traced, and 0.8 % of unrelated human texts are hit.
 */
export const HIT_STRENGTH_MIN = 1.2;

/** Log-likelihood ratio in nats; negative where the two are rather unrelated. */
export function resemblanceStrength(resemblance: Resemblance): number {
  let sum = BIAS;
  for (let i = 0; i < FEATURES.length; i++) sum += WEIGHTS[i]! * FEATURES[i]![1](resemblance);
  return sum;
}
