/**
 * Is the Jaccard of two shingle sets at least the threshold? Exact, and quick at saying no: shingles
 * are renumbered rarest first, so two sets that differ do so at their beginning, and the comparison
 * stops once more elements have gone unmatched than the threshold allows.
 */
import { assert } from '../core/schema/failure.js';

/** Sets as sorted runs of rarity numbers: set i is numbers[starts[i], starts[i + 1]). */
interface RankedSets {
  readonly numbers: Uint32Array;
  readonly starts: Float64Array;
}

/**
 * A function of two indexes into `sets` (distinct shingle hashes each, in any order). It answers what
 * `jaccard(sets[i], sets[j]) >= threshold` answers. An empty set is like none.
 * Memory: about 40 bytes per shingle while it is made, 4 after.
 */
export function createVerifier(
  sets: readonly BigUint64Array[],
  threshold: number,
): (i: number, j: number) => boolean {
  assert(threshold > 0 && threshold <= 1, 'a Jaccard threshold is in (0, 1]');
  const { numbers, starts } = rankByRarity(sets);
  return (i, j) => {
    let a = starts[i]!;
    let b = starts[j]!;
    const aEnd = starts[i + 1]!;
    const bEnd = starts[j + 1]!;
    if (a === aEnd || b === bEnd) return false;
    const needed = sharedNeeded(aEnd - a + bEnd - b, threshold);
    let aSpare = aEnd - a - needed;
    let bSpare = bEnd - b - needed;
    while (aSpare >= 0 && bSpare >= 0) {
      if (a === aEnd || b === bEnd) return true;
      const x = numbers[a]!;
      const y = numbers[b]!;
      if (x <= y) a++;
      if (y <= x) b++;
      if (x < y) aSpare--;
      else if (y < x) bSpare--;
    }
    return false;
  };
}

/** The least s with s / (total - s) >= threshold, where total = |a| + |b|. */
function sharedNeeded(total: number, threshold: number): number {
  let shared = Math.ceil((threshold * total) / (1 + threshold));
  while (shared > 0 && (shared - 1) / (total - shared + 1) >= threshold) shared--;
  while (shared / (total - shared) < threshold) shared++;
  return shared;
}

function rankByRarity(sets: readonly BigUint64Array[]): RankedSets {
  const starts = new Float64Array(sets.length + 1);
  sets.forEach((set, i) => {
    starts[i + 1] = starts[i]! + set.length;
  });
  const { codes, counts } = encode(sets, starts[sets.length]!);
  const numbers = rarityOrder(counts);
  for (let i = 0; i < codes.length; i++) codes[i] = numbers[codes[i]!]!;
  for (let i = 0; i < sets.length; i++) codes.subarray(starts[i]!, starts[i + 1]!).sort();
  return { numbers: codes, starts };
}

/** Dictionary codes of all shingles in first-seen order, and how many sets hold each. */
function encode(
  sets: readonly BigUint64Array[],
  total: number,
): { readonly codes: Uint32Array; readonly counts: Uint32Array } {
  const mask = 2 ** Math.ceil(Math.log2(2 * total + 2)) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  const hashes = new Uint32Array(2 * total);
  const counts = new Uint32Array(total);
  const codes = new Uint32Array(total);
  let known = 0;
  let at = 0;
  for (const set of sets) {
    const halves = new Uint32Array(set.buffer, set.byteOffset, 2 * set.length);
    for (let i = 0; i < halves.length; i += 2) {
      const low = halves[i]!;
      const high = halves[i + 1]!;
      let slot = low & mask;
      let code = slots[slot]!;
      while (code >= 0 && (hashes[2 * code] !== low || hashes[2 * code + 1] !== high)) {
        slot = (slot + 1) & mask;
        code = slots[slot]!;
      }
      if (code < 0) {
        code = known++;
        slots[slot] = code;
        hashes[2 * code] = low;
        hashes[2 * code + 1] = high;
      }
      counts[code]!++;
      codes[at++] = code;
    }
  }
  return { codes, counts: counts.subarray(0, known) };
}

/** Place of each code when codes are ordered by count, then code: a counting sort. */
function rarityOrder(counts: Uint32Array): Uint32Array {
  const most = counts.reduce((most, count) => Math.max(most, count), 0);
  const next = new Uint32Array(most + 2);
  for (const count of counts) next[count + 1]!++;
  for (let count = 1; count < next.length; count++) next[count]! += next[count - 1]!;
  return counts.map((count) => next[count]!++);
}
