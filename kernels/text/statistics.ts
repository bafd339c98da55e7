/** Lines and characters of the loaded text, 16 bytes at a time; the zeros behind it count as neither. */
import { textEnd, textStart } from './memory';

/** Line feeds. */
export function countLineFeeds(): u32 {
  const lineFeed = i8x16.splat(0x0a);
  let count: u32 = 0;
  for (let p = textStart; p < textEnd; p += 16) {
    count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(p), lineFeed)));
  }
  return count;
}

/** Code points: bytes that continue no character (10xxxxxx, that is below -64 as i8). */
export function countCharacters(): u32 {
  const limit = i8x16.splat(-64);
  let continuations: u32 = 0;
  for (let p = textStart; p < textEnd; p += 16) {
    continuations += popcnt(i8x16.bitmask(i8x16.lt_s(v128.load(p), limit)));
  }
  return <u32>(textEnd - textStart) - continuations;
}
