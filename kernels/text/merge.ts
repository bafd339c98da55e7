/**
 * Byte-pair merge of one pre-token: join the adjacent parts whose joined bytes have the lowest rank
 * (leftmost among equals) until no joined pair is an entry; the parts left are the tokens.
 * Up to 256 bytes a scan finds the lowest pair; beyond that a heap does, so a megabyte without a
 * space costs n log n and not n squared.
 */
import { PARTS, align, ensure, top } from './memory';
import { NO_RANK, rankOf } from './ranks';

const SCAN_MAX: u32 = 256;

/** Tokens of [p, p + length). */
export function tokensOf(p: usize, length: u32): u32 {
  if (length == 1 || rankOf(p, length) != NO_RANK) return 1;
  return length <= SCAN_MAX ? mergeByScan(p, length) : mergeByHeap(p, length);
}

/** Part i starts at u32 PARTS[2i] and joins its successor at rank PARTS[2i + 1]. */
function mergeByScan(p: usize, length: u32): u32 {
  let parts = length;
  for (let i: u32 = 0; i < length; i++) {
    const at = PARTS + ((<usize>i) << 3);
    store<u32>(at, i);
    store<u32>(at, i + 1 < length ? rankOf(p + i, 2) : NO_RANK, 4);
  }
  store<u32>(PARTS + ((<usize>length) << 3), length);
  while (parts > 1) {
    let lowest = NO_RANK;
    let at: usize = 0;
    const end = PARTS + ((<usize>parts) << 3);
    for (let q = PARTS; q < end; q += 8) {
      const rank = load<u32>(q, 4);
      if (rank < lowest) {
        lowest = rank;
        at = q;
      }
    }
    if (lowest == NO_RANK) break;
    memory.copy(at + 8, at + 16, end - at - 8);
    parts--;
    const stop = end - 8;
    store<u32>(at, joinedRank(p, at, stop), 4);
    if (at > PARTS) store<u32>(at - 8, joinedRank(p, at - 8, stop), 4);
  }
  return parts;
}

/** Rank of the part at `at` joined with the next one; `stop` holds the sentinel. */
function joinedRank(p: usize, at: usize, stop: usize): u32 {
  if (at + 8 >= stop) return NO_RANK;
  const start = load<u32>(at);
  return rankOf(p + start, load<u32>(at, 16) - start);
}

let heap: usize = 0;
let heapLength: u32 = 0;
let nexts: usize = 0;
let previous: usize = 0;
let ranks: usize = 0;

/** A heap of (rank, start) as one u64, lazily cleaned: an item whose rank is stale is skipped. */
function mergeByHeap(p: usize, length: u32): u32 {
  const n: usize = length;
  nexts = align(top);
  previous = nexts + 4 * n;
  ranks = previous + 4 * n;
  heap = align(ranks + 4 * n);
  heapLength = 0;
  ensure(heap + 24 * n);
  for (let i: u32 = 0; i < length; i++) {
    store<u32>(nexts + 4 * <usize>i, i + 1);
    store<u32>(previous + 4 * <usize>i, i - 1);
    offer(i, i + 1 < length ? rankOf(p + i, 2) : NO_RANK);
  }
  let parts = length;
  while (heapLength) {
    const item = pop();
    const start = <u32>item;
    if (load<u32>(ranks + 4 * <usize>start) != <u32>(item >>> 32)) continue;
    const joined = load<u32>(nexts + 4 * <usize>start);
    const after = load<u32>(nexts + 4 * <usize>joined);
    store<u32>(nexts + 4 * <usize>start, after);
    store<u32>(ranks + 4 * <usize>joined, NO_RANK);
    if (after < length) store<u32>(previous + 4 * <usize>after, start);
    parts--;
    offer(start, pairRank(p, start, length));
    const before = load<u32>(previous + 4 * <usize>start);
    if (start) offer(before, pairRank(p, before, length));
  }
  return parts;
}

function pairRank(p: usize, start: u32, length: u32): u32 {
  const joined = load<u32>(nexts + 4 * <usize>start);
  if (joined >= length) return NO_RANK;
  return rankOf(p + start, load<u32>(nexts + 4 * <usize>joined) - start);
}

function offer(start: u32, rank: u32): void {
  store<u32>(ranks + 4 * <usize>start, rank);
  if (rank == NO_RANK) return;
  const item = ((<u64>rank) << 32) | start;
  let i = heapLength++;
  while (i) {
    const parent = (i - 1) >>> 1;
    const above = load<u64>(heap + 8 * <usize>parent);
    if (above <= item) break;
    store<u64>(heap + 8 * <usize>i, above);
    i = parent;
  }
  store<u64>(heap + 8 * <usize>i, item);
}

function pop(): u64 {
  const least = load<u64>(heap);
  const item = load<u64>(heap + 8 * <usize>--heapLength);
  let i: u32 = 0;
  while (true) {
    let child: u32 = 2 * i + 1;
    if (child >= heapLength) break;
    const left = load<u64>(heap + 8 * <usize>child);
    let lesser = left;
    if (child + 1 < heapLength) {
      const right = load<u64>(heap + 8 * <usize>(child + 1));
      if (right < left) {
        lesser = right;
        child++;
      }
    }
    if (item <= lesser) break;
    store<u64>(heap + 8 * <usize>i, lesser);
    i = child;
  }
  store<u64>(heap + 8 * <usize>i, item);
  return least;
}
