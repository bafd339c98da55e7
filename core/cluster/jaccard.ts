/**
 * Whether two sets reach a Jaccard similarity, exactly. With sizes m and n, |A n B| >= t (m + n) /
 * (1 + t) is needed, so at most m + n - 2 need elements may stand in one set alone; the merge stops
 * when more have been seen, which for unlike sets is soon.
 * Sets are ascending 64-bit hashes, read as (lo, hi) words: no big integer is made.
 */
export function reachesJaccard(a: BigUint64Array, b: BigUint64Array, threshold: number): boolean {
  const [x, y] = [words(a), words(b)];
  const [m, n] = [a.length, b.length];
  let allowed = m + n - 2 * Math.ceil((threshold * (m + n)) / (1 + threshold) - 1e-9);
  let shared = 0;
  let i = 0;
  let j = 0;
  while (i < m && j < n) {
    const order = x[i * 2 + 1]! - y[j * 2 + 1]! || x[i * 2]! - y[j * 2]!;
    if (order === 0) {
      shared++;
      i++;
      j++;
      continue;
    }
    if (--allowed < 0) return false;
    if (order < 0) i++;
    else j++;
  }
  const union = m + n - shared;
  return union > 0 && shared / union >= threshold;
}

function words(set: BigUint64Array): Uint32Array {
  return new Uint32Array(set.buffer, set.byteOffset, set.length * 2);
}
