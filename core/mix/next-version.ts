/** The version after all that stand: `YYYY.MM.DD` of the day, or with the next free `.N` where it is taken. */

/** `YYYY.MM.DD[.N]`, by date, then by N as a number. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 4; i++) {
    const difference = (x![i] ?? 0) - (y![i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * @param taken versions that stand, failed or are under way, in any order
 * @param day ISO date; where a version of a later day stands, its day counts, so that versions only rise
 */
export function nextVersion(taken: readonly string[], day: string): string {
  const today = day.replaceAll('-', '.');
  const dated = taken.filter((version) => /^\d{4}\.\d{2}\.\d{2}(\.\d+)?$/.test(version));
  const last = dated.sort(compareVersions).at(-1);
  if (last === undefined || compareVersions(last, today) < 0) return today;
  const [year, month, date, n] = last.split('.');
  return `${year}.${month}.${date}.${Number(n ?? 1) + 1}`;
}
