/**
 * Counts the tokens of the loaded text: split, then look up each pre-token in a cache keyed by its
 * exact bytes. The caches have a fixed size; a new pre-token takes the place of the old one.
 */
import { LONG_CACHE, LONG_CACHE_BITS, SHORT_CACHE, SHORT_CACHE_BITS, textEnd, textStart } from './memory';
import { tokensOf } from './merge';
import { hashBytes, hashKey, shortKey } from './ranks';
import { cl100kEnd, o200kEnd } from './split';

const LONG_MAX: u32 = 62;

export function countO200k(): u32 {
  let tokens: u32 = 0;
  for (let p = textStart; p < textEnd; ) {
    const end = o200kEnd(p);
    tokens += countOf(p, <u32>(end - p));
    p = end;
  }
  return tokens;
}

export function countCl100k(): u32 {
  let tokens: u32 = 0;
  for (let p = textStart; p < textEnd; ) {
    const end = cl100kEnd(p);
    tokens += countOf(p, <u32>(end - p));
    p = end;
  }
  return tokens;
}

/** Writes the end of every pre-token, relative to the text, as u32 at `out`; returns how many. */
export function splitTo(out: usize, o200k: bool): u32 {
  let count: u32 = 0;
  for (let p = textStart; p < textEnd; count++) {
    p = o200k ? o200kEnd(p) : cl100kEnd(p);
    store<u32>(out + ((<usize>count) << 2), <u32>(p - textStart));
  }
  return count;
}

/** A short slot is the key with the count in the high half of byte 15; 0 = empty. */
// @ts-ignore: decorator
@inline
function countOf(p: usize, length: u32): u32 {
  if (length > 15) return countOfLong(p, length);
  const key = shortKey(p, length);
  const at = SHORT_CACHE + ((<usize>(hashKey(key) >>> (64 - SHORT_CACHE_BITS))) << 4);
  const slot = v128.load(at);
  const difference = v128.xor(slot, key);
  if (
    i64x2.extract_lane(difference, 0) == 0 &&
    (<u64>i64x2.extract_lane(difference, 1)) << 4 == 0
  ) {
    return <u32>((<u64>i64x2.extract_lane(difference, 1)) >>> 60);
  }
  const tokens = tokensOf(p, length);
  v128.store(at, v128.or(key, i64x2(0, (<i64>tokens) << 60)));
  return tokens;
}

/** A long slot is length, count, then the bytes. */
function countOfLong(p: usize, length: u32): u32 {
  if (length > LONG_MAX) return tokensOf(p, length);
  const at = LONG_CACHE + ((<usize>(hashBytes(p, length) >>> (64 - LONG_CACHE_BITS))) << 6);
  if (<u32>load<u8>(at) == length && memory.compare(at + 2, p, length) == 0) return load<u8>(at, 1);
  const tokens = tokensOf(p, length);
  store<u8>(at, <u8>length);
  store<u8>(at, <u8>tokens, 1);
  memory.copy(at + 2, p, length);
  return tokens;
}
