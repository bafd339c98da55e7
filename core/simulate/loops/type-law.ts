/** Laws of types: a power law by rank, or shares that a person gives. */

/** Shares p_i ~ i^-beta of ranks 1 .. K; sums to 1. `types` K >= 1, `beta` >= 0 (0: all equal). */
export function powerLaw(types: number, beta: number): Float64Array {
  return scaled(Float64Array.from({ length: types }, (_, i) => (i + 1) ** -beta));
}

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
