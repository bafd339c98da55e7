/**
 * Tails of quantities of the Gaussian loop that are no polynomials of its fit: sigma and W2^2 of a chain without human
 * data, whose moments are products, and the variance of a subsample, from those of its pool.
 */
import { logSdStep, refitSd, refitW2 } from '../closed-forms/gaussian.js';
import type { GaussianLoop } from '../closed-forms/gaussian-moments.js';
import { type GaussianTails, type Tail, tailOf } from './gaussian-tails.js';

/** Tails of a subsample's variance: those of the pool times a chi-square of n - 1 degrees over n - 1. */
export function subsampleTail({ mean, variance, skewness }: Tail, n: number): Tail {
  const second = variance + mean * mean;
  const third = skewness * variance ** 1.5 + 3 * mean * second - 2 * mean ** 3;
  const [two, three] = [(n + 1) / (n - 1), ((n + 1) * (n + 3)) / (n - 1) ** 2];
  return tailOf(mean, second * two, third * three);
}

/** E sigma^3 and E mu^2 sigma of a chain without human data, replace. */
function oddMoments(loop: GaussianLoop, t: number): { cube: number; meanSquareSd: number } {
  const { n, lambda, estimator } = loop;
  const sdStep = Math.exp(logSdStep(loop));
  const cubeStep = (sdStep * lambda * n) / (estimator === 'mle' ? n : n - 1);
  let [cube, meanSquareSd] = [1, 0];
  for (let i = 0; i < t; i++) {
    meanSquareSd = sdStep * (meanSquareSd + (lambda / n) * cube);
    cube *= cubeStep;
  }
  return { cube, meanSquareSd };
}

/** Tails of sigma and of W2^2 in closed chains (replace, no human data); the skewness of W2^2 is that of its heavier part. */
export function chainTails(
  loop: GaussianLoop,
  t: number,
  tails: GaussianTails,
): { sd: Tail; w2: Tail } {
  const { cube, meanSquareSd } = oddMoments(loop, t);
  const sd = tailOf(refitSd(loop, t), tails.variance.mean, cube);
  const square = ({ mean, variance }: Tail) => variance + mean * mean;
  const second =
    square(tails.meanSquare) +
    square(tails.variance) +
    6 * tails.variance.mean +
    1 +
    2 * tails.product +
    2 * tails.meanSquare.mean -
    4 * (meanSquareSd + cube + sd.mean);
  const mean = refitW2(loop, t);
  const skewness = Math.max(tails.meanSquare.skewness, tails.variance.skewness);
  return { sd, w2: { mean, variance: second - mean * mean, skewness } };
}
