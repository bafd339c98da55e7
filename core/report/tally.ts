/** Sums over rows, and the one order of names that every table uses. */

/** Code-unit order: the same on every machine, unlike a locale's. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function sumBy<T>(rows: readonly T[], value: (row: T) => number): number {
  let sum = 0;
  for (const row of rows) sum += value(row);
  return sum;
}

/** Sum of `value` per `key`: largest first, then by name. */
export function totals<T>(
  rows: readonly T[],
  key: (row: T) => string,
  value: (row: T) => number,
): [string, number][] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + value(row));
  return [...sums].sort(([nameA, a], [nameB, b]) => b - a || byText(nameA, nameB));
}

export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
