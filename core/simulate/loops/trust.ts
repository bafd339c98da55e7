/**
 * Whether a z-score of a raw mean can be trusted. Of R replicates of skewness g the mean has skewness s = g / sqrt(R). A
 * sample standard error is small just when the mean is small, so z leans by -s (2 z^2 + 1) / 6; with the exact one it
 * leans by s (z^2 - 1) / 6 only (Edgeworth's first term; Hall, The Bootstrap and Edgeworth Expansion, 1992). Within
 * the limits below |z| > 4 stays rarer than 3e-4; beyond them a row is of kind A: its difference is shown, not tested.
 */
import type { TheoryKind } from '../model.js';

const SAMPLED_SKEWNESS_MAX = 0.1;
const EXACT_SKEWNESS_MAX = 0.2;
/** Up to this skewness of the mean the sample error is as good as the exact one, and asks for no known variance. */
const HARMLESS_SKEWNESS = 0.05;

/** Variance and skewness of one replicate; not finite where moments overflow or do not exist. */
export interface Spread {
  readonly variance: number;
  readonly skewness: number;
}

/** Spread of the square of a normal draw with mean 0 and the given mean square. */
export function squareSpread(meanSquare: number): Spread {
  return { variance: 2 * meanSquare * meanSquare, skewness: Math.sqrt(8) };
}

/** Kind of an exact expectation with a sample error. */
export function kindOfMean(skewness: number, replicates: number): TheoryKind {
  return Math.abs(skewness) / Math.sqrt(replicates) <= SAMPLED_SKEWNESS_MAX ? 'E' : 'A';
}

/** Error and kind of a mean whose exact variance is known: it is used where the sample error begins to mislead. */
export function judgedMean(
  sampled: number,
  { variance, skewness }: Spread,
  replicates: number,
): { se: number; kind: TheoryKind } {
  const ofMean = Math.abs(skewness) / Math.sqrt(replicates);
  if (ofMean <= HARMLESS_SKEWNESS) return { se: sampled, kind: 'E' };
  const exact = Math.sqrt(variance / replicates);
  if (!Number.isFinite(exact)) return { se: sampled, kind: 'A' };
  return { se: exact, kind: ofMean <= EXACT_SKEWNESS_MAX ? 'E' : 'A' };
}
