/**
 * Words and shingles. Normalised text -> words -> 64-bit word hashes -> hashes of 5 consecutive
 * words -> the distinct ones. `engines/minhash-reference.ts` is the same in plain TypeScript.
 *
 * On the way each word marks the slot of its hash's first bits, a byte: how many slots are marked tells
 * how many distinct words there are, for one store a word. A set of hashes would be exact, and cost
 * nine percent of a sketch in place of one.
 */
import { classAt, widthOf } from './characters';
import { CLASSES, SOLO, WORD, align, ensure, setTop } from './memory';
import { normalEnd, normalStart } from './normal-form';

const SHINGLE_WORDS: u32 = 5;
const WORD_MULTIPLIER: u64 = 0x9e3779b97f4a7c15;
const ROLL: u64 = 0xd6e8feb86659fd93;
const ROLL_5: u64 = ROLL * ROLL * ROLL * ROLL * ROLL;

/** Distinct shingles as u64. */
export let shingleStart: usize = 0;
export let shingleCount: u32 = 0;
export let wordCount: u32 = 0;
/** Slots that words may mark, a power of two, and those that are marked. */
export let slotCount: u32 = 0;
export let markedCount: u32 = 0;

const SLOT_BITS_MIN: u32 = 6;
const MARK_BYTE: u32 = 0xff;

// @ts-ignore: decorator
@inline
function hashWord(p: usize, length: usize): u64 {
  let h: u64 = <u64>length * ROLL;
  while (length >= 8) {
    h = (h ^ load<u64>(p)) * WORD_MULTIPLIER;
    h ^= h >>> 32;
    p += 8;
    length -= 8;
  }
  if (length) {
    h = (h ^ (load<u64>(p) & (((<u64>1) << (length << 3)) - 1))) * WORD_MULTIPLIER;
    h ^= h >>> 32;
  }
  return h;
}

/** Hashes every word into `out` and marks its slot; returns the end. A word has one byte at least and
 * a separator, or three bytes where the script needs none, so half the text's bytes bound the words. */
function hashWords(out: usize, slots: usize, shift: u64): usize {
  let p = normalStart;
  while (p < normalEnd) {
    const start = p;
    const lead: u32 = load<u8>(p);
    if (lead < 0x80) {
      p++;
      if (!(<u32>load<u8>(CLASSES + lead) & WORD)) continue;
    } else {
      const c = classAt(p);
      p += widthOf(lead);
      if (!(c & WORD)) continue;
      if (c & SOLO) {
        const solo = hashWord(start, p - start);
        store<u64>(out, solo);
        store<u8>(slots + <usize>(solo >>> shift), MARK_BYTE);
        out += 8;
        continue;
      }
    }
    p = wordTail(p);
    const word = hashWord(start, p - start);
    store<u64>(out, word);
    store<u8>(slots + <usize>(word >>> shift), MARK_BYTE);
    out += 8;
  }
  return out;
}

/** Letters a-z and digits that follow `p`, up to 16 (normalised text has no A-Z). */
// @ts-ignore: decorator
@inline
function asciiRun(p: usize): usize {
  const bytes = v128.load(p);
  const letters = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x61)), i8x16.splat(26));
  const digits = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10));
  return <usize>ctz(~i8x16.bitmask(v128.or(letters, digits)) | 0x10000);
}

/** End of the word that goes on at `p`. */
// @ts-ignore: decorator
@inline
function wordTail(p: usize): usize {
  while (true) {
    const run = asciiRun(p);
    p += run;
    if (run == 16) continue;
    const lead: u32 = load<u8>(p);
    if (lead < 0x80) return p;
    const c = classAt(p);
    if (!(c & WORD) || c & SOLO) return p;
    p += widthOf(lead);
  }
}

// @ts-ignore: decorator
@inline
function finish(h: u64): u64 {
  h ^= h >>> 33;
  h *= 0xff51afd7ed558ccd;
  h ^= h >>> 33;
  h *= 0xc4ceb9fe1a85ec53;
  h ^= h >>> 33;
  return h ? h : 1;
}

function countMarks(slots: usize): u32 {
  let marked: u32 = 0;
  for (let p = slots; p < slots + slotCount; p += 16) {
    marked += popcnt(i8x16.bitmask(v128.load(p)));
  }
  return marked;
}

/** Words of the normal buffer -> distinct shingles. */
export function collectShingles(): void {
  const bytes = normalEnd - normalStart;
  shingleStart = align(normalEnd + 64);
  const slots = align(shingleStart + 4 * bytes + 64);
  let slotBits = SLOT_BITS_MIN;
  while ((<usize>1) << slotBits < bytes) slotBits++;
  slotCount = (<u32>1) << slotBits;
  ensure(slots + slotCount);
  memory.fill(slots, 0, slotCount);
  const words = <u32>((hashWords(shingleStart, slots, 64 - <u64>slotBits) - shingleStart) >>> 3);
  markedCount = countMarks(slots);
  wordCount = words;
  const width = words < SHINGLE_WORDS ? words : SHINGLE_WORDS;
  const shingles = words == 0 ? 0 : words - width + 1;
  const set = align(shingleStart + ((<usize>words) << 3) + 64);
  let bits: u32 = 3;
  while ((<u32>1) << bits < 2 * shingles) bits++;
  const setBytes = (<usize>8) << bits;
  ensure(set + setBytes);
  memory.fill(set, 0, setBytes);
  setTop(set + setBytes);
  shingleCount = distinct(shingles, width, set, bits);
}

/** Rolls over the word hashes; each new shingle replaces a word hash that is no longer needed. */
function distinct(shingles: u32, width: u32, set: usize, bits: u32): u32 {
  const salt: u64 = <u64>width * WORD_MULTIPLIER;
  const shift: u64 = 64 - <u64>bits;
  const mask: usize = ((<usize>1) << bits) - 1;
  let p = shingleStart;
  let rolled: u64 = 0;
  for (let i: u32 = 0; i + 1 < width; i++, p += 8) rolled = rolled * ROLL + load<u64>(p);
  let leaving: usize = shingleStart;
  let out: usize = shingleStart;
  let gone: u64 = 0;
  for (let i: u32 = 0; i < shingles; i++) {
    rolled = rolled * ROLL + load<u64>(p) - gone * ROLL_5;
    gone = load<u64>(leaving);
    p += 8;
    leaving += 8;
    const shingle = finish(rolled ^ salt);
    let slot = <usize>(shingle >>> shift);
    let found = load<u64>(set + (slot << 3));
    while (found != 0 && found != shingle) {
      slot = (slot + 1) & mask;
      found = load<u64>(set + (slot << 3));
    }
    if (found == shingle) continue;
    store<u64>(set + (slot << 3), shingle);
    store<u64>(out, shingle);
    out += 8;
  }
  return <u32>((out - shingleStart) >>> 3);
}
