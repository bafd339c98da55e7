/**
 * The plain twin of the kernel's MinHash: the same words, shingles and band hashes, bit for bit, by
 * the shortest way that JavaScript has. It is the definition; the kernel is the speed.
 */
import type { WordMarks } from './distinct-words.js';
import { type Bands, permutations } from './minhash.js';
import { normaliseText } from './unicode-classes.js';

const SHINGLE_WORDS = 5;
const GOLDEN = 0x9e3779b97f4a7c15n;
const MULTIPLIER = 0xd6e8feb86659fd93n;
/** One character of a script without spaces, or a run of other letters, marks and digits. */
const SOLO = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]`;
const WORDS = new RegExp(
  String.raw`(?=[\p{L}\p{M}\p{N}])${SOLO}|(?:(?!${SOLO})[\p{L}\p{M}\p{N}])+`,
  'gu',
);

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

export function referenceWords(text: string): string[] {
  return normaliseText(text).match(WORDS) ?? [];
}

/**
 * Slots that the words of a text mark: one of the first power of two that is not below its bytes, 64 at
 * least, by the first bits of the word's hash.
 */
export function referenceMarks(text: string): WordMarks {
  const bytes = new TextEncoder().encode(normaliseText(text)).length;
  let bits = 6;
  while (2 ** bits < bytes) bits++;
  const marked = new Set(referenceWords(text).map((word) => hashWord(word) >> BigInt(64 - bits)));
  return { slots: 2 ** bits, marked: marked.size };
}

/** Distinct shingles of a text, sorted. */
export function referenceShingles(text: string): BigUint64Array {
  const words = referenceWords(text).map(hashWord);
  const width = Math.min(words.length, SHINGLE_WORDS);
  const found = new Set<bigint>();
  for (let i = 0; width > 0 && i + width <= words.length; i++) {
    const rolled = words.slice(i, i + width).reduce((h, word) => u64(h * MULTIPLIER + word), 0n);
    found.add(finish(rolled ^ u64(BigInt(width) * GOLDEN)));
  }
  return BigUint64Array.from(found).sort();
}

/** Band hashes as (low, high) pairs; all zero for a text without words. */
export function referenceSketch(text: string, bands: Bands): Uint32Array {
  const shingles = referenceShingles(text);
  const out = new Uint32Array(2 * bands.bandCount);
  if (shingles.length === 0) return out;
  const minima = leastOf(shingles, bands.hashCount);
  for (let band = 0; band < bands.bandCount; band++) {
    let h = u64(GOLDEN * BigInt(band + 1));
    for (let row = 0; row < bands.rowsPerBand; row++) {
      h = u64((h ^ BigInt(minima[band * bands.rowsPerBand + row]!)) * MULTIPLIER);
      h ^= h >> 32n;
    }
    out[2 * band] = Number(h & 0xffffffffn);
    out[2 * band + 1] = Number(h >> 32n);
  }
  return out;
}

/** Per permutation the least of a x + b mod 2^32, x the folded shingle. */
export function leastOf(shingles: BigUint64Array, hashCount: number): Uint32Array {
  const { multipliers, increments } = permutations(hashCount);
  const folded = Array.from(shingles, (s) => Number((s ^ (s >> 32n)) & 0xffffffffn));
  return Uint32Array.from({ length: hashCount }, (_, i) =>
    folded.reduce(
      (least, x) => Math.min(least, (Math.imul(multipliers[i]!, x) + increments[i]!) >>> 0),
      0xffffffff,
    ),
  );
}

/** Eight bytes at a time, little-endian, zero-padded, from length x MULTIPLIER on. */
function hashWord(word: string): bigint {
  const bytes = new TextEncoder().encode(word);
  let h = u64(BigInt(bytes.length) * MULTIPLIER);
  for (let i = 0; i < bytes.length; i += 8) {
    let chunk = 0n;
    for (let j = Math.min(i + 8, bytes.length) - 1; j >= i; j--) {
      chunk = (chunk << 8n) | BigInt(bytes[j]!);
    }
    h = u64((h ^ chunk) * GOLDEN);
    h ^= h >> 32n;
  }
  return h;
}

/** The finaliser of MurmurHash3; 0 is kept for "empty slot". */
function finish(value: bigint): bigint {
  let h = value ^ (value >> 33n);
  h = u64(h * 0xff51afd7ed558ccdn);
  h ^= h >> 33n;
  h = u64(h * 0xc4ceb9fe1a85ec53n);
  h ^= h >> 33n;
  return h === 0n ? 1n : h;
}
