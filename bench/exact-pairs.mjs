/** The exact answer that near-duplicate search is measured against. */

/**
 * Calls `visit(i, j)`, i > j, for all pairs of sets (sorted shingle hashes) whose Jaccard, as
 * `jaccard` computes it, reaches the threshold t. With shingles ordered by rarity, two sets with Jaccard t share
 * one of their rarest |s| - ceil(t |s|) + 1 (Chaudhuri, Ganti, Kaushik, 2006), so an index of those
 * prefixes misses no pair; each hit is compared in full.
 */
export function visitExactPairs(sets, { threshold, jaccard }, visit) {
  const frequency = new Map();
  for (const set of sets) for (const s of set) frequency.set(s, (frequency.get(s) ?? 0) + 1);
  const index = new Map();
  sets.forEach((set, i) => {
    const prefix = set.length - Math.ceil(threshold * set.length - 1e-9) + 1;
    const rarest = Array.from(set)
      .sort((x, y) => frequency.get(x) - frequency.get(y) || (x < y ? -1 : 1))
      .slice(0, prefix);
    const met = new Set();
    for (const s of rarest) {
      if (frequency.get(s) === 1) continue;
      const others = index.get(s);
      for (const j of others ?? []) met.add(j);
      if (others) others.push(i);
      else index.set(s, [i]);
    }
    for (const j of met) if (jaccard(set, sets[j]) >= threshold) visit(i, j);
  });
}
