/** UTF-8 decoding and the class of a code point. The text is valid UTF-8: the host encoded it. */
import { BLOCK_READY, CLASSES } from './memory';

/** Fills CLASSES and NORMAL_FORM for the 256 code points of a block. */
// @ts-ignore: decorator
@external('host', 'fillBlock')
declare function fillBlock(block: u32): void;

/** Bytes of the character whose first byte is `lead`. */
// @ts-ignore: decorator
@inline
export function widthOf(lead: u32): usize {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** The code point at `p`, whose first byte is `lead` >= 0x80. */
// @ts-ignore: decorator
@inline
export function decode(p: usize, lead: u32): u32 {
  const b1: u32 = load<u8>(p, 1) & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | b1;
  const b2: u32 = load<u8>(p, 2) & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (b1 << 6) | b2;
  return ((lead & 0x07) << 18) | (b1 << 12) | (b2 << 6) | <u32>(load<u8>(p, 3) & 0x3f);
}

// @ts-ignore: decorator
@inline
export function requireBlock(codePoint: u32): void {
  const block = codePoint >>> 8;
  if (load<u8>(BLOCK_READY + block) == 0) {
    fillBlock(block);
    store<u8>(BLOCK_READY + block, 1);
  }
}

/** Class bits of the character at `p`. Block 0 is filled from the start. */
// @ts-ignore: decorator
@inline
export function classAt(p: usize): u32 {
  const lead: u32 = load<u8>(p);
  if (lead < 0x80) return load<u8>(CLASSES + lead);
  return classOfLong(p, lead);
}

function classOfLong(p: usize, lead: u32): u32 {
  const codePoint = decode(p, lead);
  requireBlock(codePoint);
  return load<u8>(CLASSES + codePoint);
}
