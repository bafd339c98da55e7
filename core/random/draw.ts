/**
 * Draws keyed by (seed, purpose, ..., document id). No generator object travels, so retries, order
 * and shard layout cannot matter. Two 32-bit lanes of the MurmurHash3 mix (A. Appleby, 2011,
 * public domain) over UTF-16 code units, cross-mixed and finalised; 64 bits in all.
 */

/** A 64-bit key as two unsigned 32-bit halves. */
export interface Key {
  readonly hi: number;
  readonly lo: number;
}

function finalise(h: number): number {
  let x = h;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function rotate(x: number, r: number): number {
  return (x << r) | (x >>> (32 - r));
}

/** 64-bit hash of `text` under `key`. Cost: linear in length, no allocation but the result. */
export function hashText(key: Key, text: string): Key {
  let a = key.hi | 0;
  let b = key.lo | 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a =
      Math.imul(rotate(a ^ Math.imul(rotate(Math.imul(unit, 0xcc9e2d51), 15), 0x1b873593), 13), 5) +
      0xe6546b64;
    b =
      Math.imul(rotate(b ^ Math.imul(rotate(Math.imul(unit, 0x38b34ae5), 16), 0xab0e9789), 17), 5) +
      0x561ccd1b;
  }
  a ^= text.length;
  b ^= text.length;
  a = (a + b) | 0;
  b = (b + a) | 0;
  a = finalise(a);
  b = finalise(b);
  const hi = (a + b) >>> 0;
  return { hi, lo: (b + hi) >>> 0 };
}

/** The key of a purpose: parts are joined with a separator that no name holds. */
export function derive(seed: number, purpose: string, ...parts: (string | number)[]): Key {
  const text = [String(seed), purpose, ...parts.map(String)].join('\u001f');
  return hashText({ hi: 0x9e3779b9, lo: 0x7f4a7c15 }, text);
}

/** Uniform on [0, 1): the top 53 bits of the document's hash under `key`. */
export function draw(key: Key, documentId: string): number {
  const { hi, lo } = hashText(key, documentId);
  return (hi * 2 ** 21 + (lo >>> 11)) / 2 ** 53;
}
