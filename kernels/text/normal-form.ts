/**
 * The text as shingles see it: NFKC, then lower case. Nearly every text is made of characters whose
 * form no neighbour can change; those are mapped here, 16 ASCII bytes or one character at a time.
 */
import { decode, requireBlock, widthOf } from './characters';
import { NORMAL_FORM, align, ensure, textEnd, textStart } from './memory';

/** [normalStart, normalEnd): the normalised text. */
export let normalStart: usize = 0;
export let normalEnd: usize = 0;
/** Address for a normalised text of up to `bytes`, and room behind it. */
export function normalInput(bytes: u32): usize {
  normalStart = align(textEnd + 64);
  ensure(normalStart + bytes);
  return normalStart;
}

/**
 * Lower-cases the text into the normal buffer, taking NFKC and lower case of single characters from
 * NORMAL_FORM. Returns 0 when a character's form depends on its neighbours: the host must do it.
 */
export function normalise(): u32 {
  let p = textStart;
  let out = normalInput(<u32>(textEnd - textStart));
  const upperA = i8x16.splat(0x41);
  const letters = i8x16.splat(26);
  const bit = i8x16.splat(0x20);
  while (p < textEnd) {
    const bytes = v128.load(p);
    if (!i8x16.bitmask(bytes)) {
      const upper = i8x16.lt_u(i8x16.sub(bytes, upperA), letters);
      v128.store(out, v128.or(bytes, v128.and(upper, bit)));
      p += 16;
      out += 16;
      continue;
    }
    const stop = p + 16;
    while (p < stop) {
      const lead: u32 = load<u8>(p);
      if (lead < 0x80) {
        store<u8>(out++, <u8>(lead - 0x41 < 26 ? lead | 0x20 : lead));
        p++;
        continue;
      }
      const codePoint = decode(p, lead);
      requireBlock(codePoint);
      const form = load<u32>(NORMAL_FORM + ((<usize>codePoint) << 2));
      if (form == 0) return 0;
      p += widthOf(lead);
      out = encode(out, form);
    }
  }
  setNormalEnd(out - (p - textEnd));
  return 1;
}

export function setNormalEnd(end: usize): void {
  normalEnd = end;
  store<u64>(end, 0);
}

// @ts-ignore: decorator
@inline
function encode(out: usize, codePoint: u32): usize {
  if (codePoint < 0x80) {
    store<u8>(out, <u8>codePoint);
    return out + 1;
  }
  if (codePoint < 0x800) {
    store<u8>(out, <u8>(0xc0 | (codePoint >>> 6)));
    store<u8>(out, <u8>(0x80 | (codePoint & 0x3f)), 1);
    return out + 2;
  }
  if (codePoint < 0x10000) {
    store<u8>(out, <u8>(0xe0 | (codePoint >>> 12)));
    store<u8>(out, <u8>(0x80 | ((codePoint >>> 6) & 0x3f)), 1);
    store<u8>(out, <u8>(0x80 | (codePoint & 0x3f)), 2);
    return out + 3;
  }
  store<u8>(out, <u8>(0xf0 | (codePoint >>> 18)));
  store<u8>(out, <u8>(0x80 | ((codePoint >>> 12) & 0x3f)), 1);
  store<u8>(out, <u8>(0x80 | ((codePoint >>> 6) & 0x3f)), 2);
  store<u8>(out, <u8>(0x80 | (codePoint & 0x3f)), 3);
  return out + 4;
}
