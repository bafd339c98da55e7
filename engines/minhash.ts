/**
 * The numbers of MinHash: how many bands of how many rows find a pair, and the permutations.
 *
 * A pair with Jaccard J agrees in one row with probability J, in a band of r rows with J^r, and is
 * found when one of b bands agrees: 1 - (1 - J^r)^b (Leskovec, Rajaraman, Ullman, Mining of Massive
 * Datasets, 3.4). More rows make fewer false candidates and need more hashes for the same recall.
 */
import type { Similarity } from '../core/cluster/similarity.js';
import { assert } from '../core/schema/failure.js';

export interface Bands {
  readonly bandCount: number;
  readonly rowsPerBand: number;
  readonly hashCount: number;
}

/** Probability with which a pair just at the threshold becomes a candidate, at least. */
const RECALL_MIN = 0.99;
/** Hashes per shingle that we pay at most. */
const HASH_COUNT_MAX = 64;
const ROWS_MAX = 16;

/** Probability that a pair with this Jaccard shares a band. */
export function recallAt(jaccard: number, { bandCount, rowsPerBand }: Bands): number {
  return 1 - (1 - jaccard ** rowsPerBand) ** bandCount;
}

/**
 * The banding with the most rows whose recall at `threshold` is RECALL_MIN and whose hashes are at
 * most HASH_COUNT_MAX: b = ceil(ln(1 - recall) / ln(1 - t^r)). At 0.8: 12 bands of 5 rows. More rows
 * were measured (68,195 documents, whole job): 12 x 5 1.03 CPU-s, 16 x 6 1.05, 20 x 7 1.08, 26 x 8 1.30;
 * the false candidates that they save are templates, which the verifier refuses quickly anyway.
 */
export function bandsFor(threshold: number): Bands {
  assert(threshold >= 0.5 && threshold <= 1, 'a Jaccard threshold is in [0.5, 1]');
  let best: Bands = { bandCount: HASH_COUNT_MAX, rowsPerBand: 1, hashCount: HASH_COUNT_MAX };
  for (let rowsPerBand = 1; rowsPerBand <= ROWS_MAX; rowsPerBand++) {
    const miss = 1 - threshold ** rowsPerBand;
    const bandCount = miss === 0 ? 1 : Math.ceil(Math.log(1 - RECALL_MIN) / Math.log(miss));
    const hashCount = bandCount * rowsPerBand;
    if (hashCount <= HASH_COUNT_MAX) best = { bandCount, rowsPerBand, hashCount };
  }
  return best;
}

/** The banding of the default threshold, 0.8. */
export const BANDS: Bands = bandsFor(0.8);

/** Odd multipliers and increments of x -> a x + b mod 2^32, padded to a multiple of four. */
export function permutations(hashCount: number): {
  readonly multipliers: Uint32Array;
  readonly increments: Uint32Array;
} {
  const length = Math.ceil(hashCount / 4) * 4;
  const multipliers = new Uint32Array(length);
  const increments = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    multipliers[i] = mix32(2 * i + 1) | 1;
    increments[i] = mix32(2 * i + 2);
  }
  return { multipliers, increments };
}

/** Counter -> 32 well mixed bits (golden-ratio step, then the finaliser of MurmurHash3). */
function mix32(counter: number): number {
  let h = Math.imul(counter, 0x9e3779b9);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Exact Jaccard of two sorted sets of 64-bit hashes; two empty sets have 0. Cost: one merge. */
export function jaccard(a: BigUint64Array, b: BigUint64Array): number {
  return similarityOf(a, b).jaccard;
}

/**
 * Jaccard |a & b| / |a | b| and containment |a & b| / |a| of two sorted sets of 64-bit hashes, in
 * [0, 1]; 0 where one is empty. Cost: one merge.
 */
export function similarityOf(a: BigUint64Array, b: BigUint64Array): Similarity {
  if (a.length === 0 || b.length === 0) return { jaccard: 0, containment: 0 };
  const shared = sharedCount(halves(a), halves(b));
  return { jaccard: shared / (a.length + b.length - shared), containment: shared / a.length };
}

/** Pairs of (low, high) 32-bit halves over the same bytes: no bigint is made per element. */
function halves(hashes: BigUint64Array): Uint32Array {
  return new Uint32Array(hashes.buffer, hashes.byteOffset, 2 * hashes.length);
}

function sharedCount(a: Uint32Array, b: Uint32Array): number {
  let shared = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const order = a[i + 1]! - b[j + 1]! || a[i]! - b[j]!;
    if (order === 0) shared++;
    if (order <= 0) i += 2;
    if (order >= 0) j += 2;
  }
  return shared;
}
