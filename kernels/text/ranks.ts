/**
 * The vocabulary: bytes -> rank, in two open-address tables. Up to 15 bytes the key is the bytes
 * themselves with the length in byte 15; longer entries are found by hash and compared in the pool.
 */
import { ENTRY, FREE, MASKS, ensure, heapBase, setHeapBase, setText, setTop, top } from './memory';

const SHORT_BITS: usize = 19;
const SHORT_KEYS: usize = FREE; // 2^19 x 16 bytes
const SHORT_RANKS: usize = SHORT_KEYS + (16 << 19); // 2^19 x u32
const PAIR_RANKS: usize = SHORT_RANKS + (4 << 19); // 2^16 x u32
const LONG_BITS: usize = 14;
const LONG_SLOTS: usize = PAIR_RANKS + (4 << 16); // 2^14 x {u64 hash, u32 pool address, u32 rank}
const POOL: usize = LONG_SLOTS + (16 << 14);
const POOL_BYTES: usize = 0x40000;

/** Rank of bytes that are no entry. */
export const NO_RANK: u32 = 0xffffffff;
/** Longest entry in bytes. */
let longestEntry: u32 = 0;
let poolEnd: usize = POOL;

// @ts-ignore: decorator
@inline
export function shortKey(p: usize, length: u32): v128 {
  const bytes = v128.and(v128.load(p), v128.load(MASKS + ((<usize>length) << 4)));
  return v128.or(bytes, i64x2(0, (<i64>length) << 56));
}

// @ts-ignore: decorator
@inline
export function hashKey(key: v128): u64 {
  let h =
    <u64>i64x2.extract_lane(key, 0) * 0x9e3779b97f4a7c15 +
    <u64>i64x2.extract_lane(key, 1) * 0xc2b2ae3d27d4eb4f;
  h ^= h >>> 32;
  return h * 0xd6e8feb86659fd93;
}

export function hashBytes(p: usize, length: u32): u64 {
  let h: u64 = length;
  while (length >= 8) {
    h = (h ^ load<u64>(p)) * 0x9e3779b97f4a7c15;
    h ^= h >>> 32;
    p += 8;
    length -= 8;
  }
  if (length) h = (h ^ (load<u64>(p) & (((<u64>1) << (length << 3)) - 1))) * 0x9e3779b97f4a7c15;
  h ^= h >>> 32;
  return h * 0xd6e8feb86659fd93;
}

/** Rank of [p, p + length), or NO_RANK. Reads up to 16 bytes from `p`. */
export function rankOf(p: usize, length: u32): u32 {
  if (length == 2) return load<u32>(PAIR_RANKS + ((<usize>load<u16>(p)) << 2));
  if (length > 15) return length > longestEntry ? NO_RANK : longRankOf(p, length);
  const key = shortKey(p, length);
  let slot = <usize>(hashKey(key) >>> (64 - <u64>SHORT_BITS));
  while (true) {
    const found = v128.load(SHORT_KEYS + (slot << 4));
    if (!v128.any_true(v128.xor(found, key))) return load<u32>(SHORT_RANKS + (slot << 2));
    if (i64x2.extract_lane(found, 1) == 0) return NO_RANK;
    slot = (slot + 1) & ((<usize>1 << SHORT_BITS) - 1);
  }
}

function longRankOf(p: usize, length: u32): u32 {
  const hash = hashBytes(p, length) | 1;
  let slot = <usize>(hash >>> (64 - <u64>LONG_BITS));
  while (true) {
    const at = LONG_SLOTS + (slot << 4);
    const found = load<u64>(at);
    if (found == 0) return NO_RANK;
    if (found == hash) {
      const bytes = <usize>load<u32>(at, 8);
      if (<u32>load<u8>(bytes) == length && memory.compare(bytes + 1, p, length) == 0) {
        return load<u32>(at, 12);
      }
    }
    slot = (slot + 1) & ((<usize>1 << LONG_BITS) - 1);
  }
}

function insert(p: usize, length: u32, rank: u32): void {
  if (length > longestEntry) longestEntry = length;
  if (length == 2) store<u32>(PAIR_RANKS + ((<usize>load<u16>(p)) << 2), rank);
  if (length > 15) return insertLong(p, length, rank);
  const key = shortKey(p, length);
  let slot = <usize>(hashKey(key) >>> (64 - <u64>SHORT_BITS));
  while (load<u64>(SHORT_KEYS + (slot << 4), 8)) slot = (slot + 1) & ((<usize>1 << SHORT_BITS) - 1);
  v128.store(SHORT_KEYS + (slot << 4), key);
  store<u32>(SHORT_RANKS + (slot << 2), rank);
}

function insertLong(p: usize, length: u32, rank: u32): void {
  const hash = hashBytes(p, length) | 1;
  let slot = <usize>(hash >>> (64 - <u64>LONG_BITS));
  while (load<u64>(LONG_SLOTS + (slot << 4))) slot = (slot + 1) & ((<usize>1 << LONG_BITS) - 1);
  const at = LONG_SLOTS + (slot << 4);
  store<u64>(at, hash);
  store<u32>(at, <u32>poolEnd, 8);
  store<u32>(at, rank, 12);
  store<u8>(poolEnd, <u8>length);
  memory.copy(poolEnd + 1, p, length);
  poolEnd += length + 1;
}

function sextet(b: u32): u32 {
  if (b >= 0x61) return b - 71; // a-z
  if (b >= 0x41) return b - 65; // A-Z
  if (b >= 0x30) return b + 4; // 0-9
  return b == 0x2b ? 62 : 63; // + /
}

/** Keeps the tables' room free: the document starts behind them. */
export function reserveRanks(): void {
  setHeapBase(POOL + POOL_BYTES);
  setText(heapBase, heapBase);
  setTop(heapBase);
}

/** Address where the host puts the vocabulary file before `loadRanks`: behind everything in use. */
export function ranksInput(fileBytes: u32): usize {
  ensure(top + fileBytes);
  return top;
}

/** Reads a .tiktoken file ("base64 rank" per line) into the tables; returns the entries read. */
export function loadRanks(fileBytes: u32): u32 {
  memory.fill(PAIR_RANKS, 0xff, 4 << 16);
  let p = top;
  const end = p + fileBytes;
  let entries: u32 = 0;
  while (p < end) {
    let length: u32 = 0;
    let bits: u32 = 0;
    let held: u32 = 0;
    let b: u32 = load<u8>(p);
    for (; b != 0x20 && p < end; b = load<u8>(++p)) {
      if (b == 0x3d) continue;
      bits = (bits << 6) | sextet(b);
      held += 6;
      if (held >= 8) {
        held -= 8;
        store<u8>(ENTRY + length++, <u8>(bits >>> held));
      }
    }
    let rank: u32 = 0;
    for (b = load<u8>(++p); b >= 0x30 && b <= 0x39 && p < end; b = load<u8>(++p)) {
      rank = rank * 10 + (b - 0x30);
    }
    while (p < end && load<u8>(p) <= 0x20) p++;
    insert(ENTRY, length, rank);
    entries++;
  }
  return entries;
}
