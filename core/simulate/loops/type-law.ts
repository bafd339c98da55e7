/** Laws of types as shares that a person gives; a power law is `zipfShares`. */

/** Weights scaled to sum to 1, types of weight 0 left out. */
export function scaled(weights: ArrayLike<number>): Float64Array {
  const positive = Float64Array.from(weights).filter((weight) => weight > 0);
  const sum = positive.reduce((total, weight) => total + weight, 0);
  return positive.map((weight) => weight / sum);
}

/** Simpson index, the sum of squared shares. */
export function simpsonOf(law: Float64Array): number {
  return law.reduce((sum, share) => sum + share * share, 0);
}
