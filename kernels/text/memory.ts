/**
 * The kernel's memory, laid out by hand. Tables stand at fixed addresses; after them (and after the
 * rank tables, where a tokenizer needs them) comes the document:
 *
 *   text | lower-cased text | word hashes, then distinct shingles | set of shingles | merge scratch
 *
 * While words are hashed, their slots stand behind the room for the hashes, where the set comes later.
 *
 * Each part starts where the one before it ends, so a small document stays in a small, warm region.
 * Every text is followed by PADDING zero bytes: loads of 16 bytes never leave it, and a NUL ends
 * every run of letters, digits and spaces without a bounds check.
 */

/** One byte per code point: bit set below. Filled by the host, 256 code points at a time. */
export const CLASSES: usize = 0x10000;
/** One byte per block of 256 code points: 1 = filled. */
export const BLOCK_READY: usize = 0x120000;
/** u32 per code point: its normal form (NFKC, lower case) where that is one code point and no
 * neighbour can change it; 0 = the host must normalise the whole text. */
export const NORMAL_FORM: usize = 0x130000;
/** 2^16 pre-tokens of up to 15 bytes, 16 bytes each. */
export const SHORT_CACHE: usize = 0x570000;
export const SHORT_CACHE_BITS: u64 = 16;
/** 2^13 pre-tokens of 16 to 62 bytes, 64 bytes each. */
export const LONG_CACHE: usize = 0x670000;
export const LONG_CACHE_BITS: u64 = 13;
/** 16 masks of 16 bytes: mask n keeps n bytes. */
export const MASKS: usize = 0x6f0000;
/** Multipliers, increments and minima of up to 256 permutations. */
export const MULTIPLIERS: usize = 0x6f1000;
export const INCREMENTS: usize = 0x6f1400;
export const MINIMA: usize = 0x6f1800;
/** Band hashes: up to 128 of 8 bytes. */
export const BAND_HASHES: usize = 0x6f1c00;
/** Starts and ranks of a merge of up to 256 bytes; decoded bytes of one vocabulary entry. */
export const PARTS: usize = 0x6f2000;
export const ENTRY: usize = 0x6f3000;
/** First byte that a tokenizer's rank tables or the document may take. */
export const FREE: usize = 0x700000;

export const PADDING: usize = 64;

export const UPPER: u32 = 1; // Lu, Lt
export const LOWER: u32 = 2; // Ll
export const OTHER_LETTER: u32 = 4; // Lm, Lo
export const MARK: u32 = 8; // M
export const NUMBER: u32 = 16; // N
export const SPACE: u32 = 32; // White_Space less CR and LF
export const NEWLINE: u32 = 64; // CR, LF
export const SOLO: u32 = 128; // script written without spaces
export const LETTER: u32 = UPPER | LOWER | OTHER_LETTER;
export const WORD: u32 = LETTER | MARK | NUMBER;

/** First byte after the rank tables. */
export let heapBase: usize = FREE;
/** [textStart, textEnd) is the loaded text; `top` is the first byte behind everything in use. */
export let textStart: usize = FREE;
export let textEnd: usize = FREE;
export let top: usize = FREE;

export function setHeapBase(address: usize): void {
  heapBase = align(address);
}

export function setText(start: usize, end: usize): void {
  textStart = start;
  textEnd = end;
}

export function setTop(address: usize): void {
  top = align(address);
}

export function align(address: usize): usize {
  return (address + 63) & ~63;
}

/** Grows the memory so that [0, address + PADDING) exists; traps when the host refuses. */
export function ensure(address: usize): void {
  const pagesNeeded = <i32>((address + PADDING + 0xffff) >>> 16);
  const pagesNow = memory.size();
  if (pagesNeeded > pagesNow && memory.grow(pagesNeeded - pagesNow) < 0) unreachable();
}
