/** Spectra from counts of types: whole, and without one group of documents. */
import type { Spectrum } from '../../schema/risk.js';

/** Types by copies. */
export type TypesByCopies = ReadonlyMap<number, number>;

/** Copies ascend; copies of 0 and counts of no types are left out. */
export function spectrumOf(typesByCopies: TypesByCopies): Spectrum {
  const entries = [...typesByCopies]
    .filter(([copies, types]) => copies > 0 && types > 0)
    .sort(([a], [b]) => a - b);
  return {
    counts: entries.map(([copies]) => copies),
    types: entries.map(([, types]) => types),
    words: entries.reduce((sum, [copies, types]) => sum + copies * types, 0),
  };
}

/** So many types have `total` copies, `copies` of them in group `group`. */
export interface GroupCell {
  readonly group: number;
  readonly total: number;
  readonly copies: number;
  readonly types: number;
}

/** The spectrum without each group: a type moves from `total` to `total - copies`. */
export function withoutEachGroup(
  whole: Spectrum,
  cells: Iterable<GroupCell>,
  groups: number,
): Spectrum[] {
  const all = whole.counts.map((copies, i) => [copies, whole.types[i]!] as const);
  const maps = Array.from({ length: groups }, () => new Map(all));
  for (const { group, total, copies, types } of cells) {
    const map = maps[group]!;
    map.set(total, map.get(total)! - types);
    map.set(total - copies, (map.get(total - copies) ?? 0) + types);
  }
  return maps.map(spectrumOf);
}
