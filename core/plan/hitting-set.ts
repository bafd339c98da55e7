/**
 * A smallest set that has an element of every given set. Depth-first with growing size: branch on the
 * elements of the smallest set that is not hit. Of several the first in order of elements.
 */

/** Branches that one question may cost. */
const NODES_MAX = 200_000;

/**
 * A smallest hitting set of at most `sizeMax` elements, ascending; null where there is none,
 * `unknown` where the search passes its bound. Cost: the product of the sizes of the sets, at worst.
 */
export function smallestHittingSet(
  sets: readonly (readonly number[])[],
  sizeMax: number,
): number[] | null | 'unknown' {
  const sorted = [...sets].sort((a, b) => a.length - b.length);
  const search = { sets: sorted, nodes: 0 };
  for (let size = 0; size <= sizeMax; size++) {
    const found = hit(search, [], size);
    if (search.nodes > NODES_MAX) return 'unknown';
    if (found !== null) return [...found].sort((a, b) => a - b);
  }
  return null;
}

interface Search {
  readonly sets: readonly (readonly number[])[];
  nodes: number;
}

function hit(search: Search, chosen: readonly number[], left: number): readonly number[] | null {
  search.nodes += 1;
  const missed = search.sets.find((set) => !set.some((element) => chosen.includes(element)));
  if (missed === undefined) return chosen;
  if (left === 0) return null;
  for (const element of missed) {
    if (search.nodes > NODES_MAX) return null;
    const found = hit(search, [...chosen, element], left - 1);
    if (found !== null) return found;
  }
  return null;
}
