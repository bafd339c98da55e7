/**
 * Whether a z-score of a raw mean can be trusted: of R replicates of skewness g the mean has skewness g / sqrt(R), and
 * where that is large a sample standard error misses the rare large values. Up to 0.2 the chance of |z| > 4 stays
 * below 3e-4 (Edgeworth's first term); above it a row is of kind A, whose difference is shown and not tested.
 */
import type { TheoryKind } from '../model.js';
import type { Tail } from './gaussian-tails.js';

export const SKEWNESS_OF_MEAN_MAX = 0.2;
/** Above this skewness of one replicate the standard error is taken from the exact variance, where it is known. */
const EXACT_FROM_SKEWNESS = 3;

/** Kind of an exact expectation whose replicates have the given skewness (not finite: moments overflow, or are none). */
export function kindOfMean(skewness: number, replicates: number): TheoryKind {
  return Math.abs(skewness) / Math.sqrt(replicates) <= SKEWNESS_OF_MEAN_MAX ? 'E' : 'A';
}

/** Standard error of a mean: of the sample, or from the exact variance where the tail is heavy and `isExact` holds. */
export function errorOfMean(
  sampled: number,
  { variance, skewness }: Tail,
  { replicates, isExact }: { replicates: number; isExact: boolean },
): number {
  const exact = Math.sqrt(variance / replicates);
  return isExact && skewness > EXACT_FROM_SKEWNESS && Number.isFinite(exact) ? exact : sampled;
}
