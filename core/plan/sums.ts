/** Sums of amounts per position. */
export const sumOf = (values: readonly number[]): number => values.reduce((sum, n) => sum + n, 0);

export const sumAt = (values: readonly number[], positions: readonly number[]): number =>
  positions.reduce((sum, i) => sum + values[i]!, 0);
