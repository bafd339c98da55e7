/**
 * MinHash: per permutation the least of a * x + b (mod 2^32) over the shingles, x their folded
 * hashes; four shingles in a vector, four permutations at once. Then one hash per band of rows.
 */
import { BAND_HASHES, INCREMENTS, MINIMA, MULTIPLIERS, ensure, top } from './memory';
import { shingleCount, shingleStart } from './shingles';

const BAND_SEED: u64 = 0x9e3779b97f4a7c15;
const BAND_MULTIPLIER: u64 = 0xd6e8feb86659fd93;

/** Folds the shingles to u32 at `top`, repeating the last up to a multiple of four; the end. */
function fold(): usize {
  ensure(top + 4 * <usize>shingleCount + 16);
  let out = top;
  let x: u32 = 0;
  for (let i: u32 = 0; i < shingleCount; i++, out += 4) {
    const shingle = load<u64>(shingleStart + ((<usize>i) << 3));
    x = <u32>shingle ^ <u32>(shingle >>> 32);
    store<u32>(out, x);
  }
  while (out & 15) {
    store<u32>(out, x);
    out += 4;
  }
  return out;
}

// @ts-ignore: decorator
@inline
function least(lanes: v128): u32 {
  const halves = i32x4.min_u(lanes, i64x2.shuffle(lanes, lanes, 1, 0));
  const a: u32 = i32x4.extract_lane(halves, 0);
  const b: u32 = i32x4.extract_lane(halves, 1);
  return a < b ? a : b;
}

/** MINIMA of `hashCount` permutations (a multiple of four). */
function minima(hashCount: u32): void {
  const end = fold();
  for (let i: usize = 0; i < 4 * <usize>hashCount; i += 16) {
    const a0 = i32x4.splat(load<u32>(MULTIPLIERS + i));
    const a1 = i32x4.splat(load<u32>(MULTIPLIERS + i, 4));
    const a2 = i32x4.splat(load<u32>(MULTIPLIERS + i, 8));
    const a3 = i32x4.splat(load<u32>(MULTIPLIERS + i, 12));
    const b0 = i32x4.splat(load<u32>(INCREMENTS + i));
    const b1 = i32x4.splat(load<u32>(INCREMENTS + i, 4));
    const b2 = i32x4.splat(load<u32>(INCREMENTS + i, 8));
    const b3 = i32x4.splat(load<u32>(INCREMENTS + i, 12));
    let m0 = i32x4.splat(-1);
    let m1 = i32x4.splat(-1);
    let m2 = i32x4.splat(-1);
    let m3 = i32x4.splat(-1);
    for (let p = top; p < end; p += 16) {
      const x = v128.load(p);
      m0 = i32x4.min_u(m0, i32x4.add(i32x4.mul(x, a0), b0));
      m1 = i32x4.min_u(m1, i32x4.add(i32x4.mul(x, a1), b1));
      m2 = i32x4.min_u(m2, i32x4.add(i32x4.mul(x, a2), b2));
      m3 = i32x4.min_u(m3, i32x4.add(i32x4.mul(x, a3), b3));
    }
    store<u32>(MINIMA + i, least(m0));
    store<u32>(MINIMA + i, least(m1), 4);
    store<u32>(MINIMA + i, least(m2), 8);
    store<u32>(MINIMA + i, least(m3), 12);
  }
}

/** BAND_HASHES of the distinct shingles; there is one at least. */
export function hashBands(bandCount: u32, rowsPerBand: u32): void {
  minima((bandCount * rowsPerBand + 3) & ~3);
  let p = MINIMA;
  for (let band: u32 = 0; band < bandCount; band++) {
    let h: u64 = BAND_SEED * <u64>(band + 1);
    for (let row: u32 = 0; row < rowsPerBand; row++, p += 4) {
      h = (h ^ <u64>load<u32>(p)) * BAND_MULTIPLIER;
      h ^= h >>> 32;
    }
    store<u64>(BAND_HASHES + ((<usize>band) << 3), h);
  }
}
