/**
 * A text in scoring form as a bag of character 4-grams and a list of words, by hashes.
 *
 * A run of letters, marks and digits, with one space on either side, gives its overlapping 4-grams
 * (a run of one letter: the whole of it). It is one word, or, in scripts without spaces, a word for
 * every two neighbours. 4-grams are numbered by a hash of GRAM_BITS bits; words by one of 32.
 */

export const GRAM_BITS = 20;
export const GRAM_SLOTS = 1 << GRAM_BITS;

/** Lowest bit of a word's hash: 1 if it holds a digit. */
export const DIGIT_BIT = 1;

const SPACE = 0x20;
const CLASS = { unknown: 0, other: 1, letter: 2, digit: 3, solo: 4 } as const;
const SOLO =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const classes = new Uint8Array(0x10000);

/** Class of a UTF-16 code unit; halves of surrogate pairs count as letters. */
function classOf(unit: number): number {
  const known = classes[unit]!;
  if (known !== CLASS.unknown) return known;
  const found = classify(unit);
  classes[unit] = found;
  return found;
}

function classify(unit: number): number {
  if (unit >= 0xd800 && unit < 0xe000) return CLASS.letter;
  const character = String.fromCharCode(unit);
  if (/\p{N}/u.test(character)) return CLASS.digit;
  if (!/[\p{L}\p{M}]/u.test(character)) return CLASS.other;
  return SOLO.test(character) ? CLASS.solo : CLASS.letter;
}

function gramOf(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  h ^= Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) & (GRAM_SLOTS - 1);
}

function finishWord(hash: number, hasDigit: boolean): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  return ((h & ~DIGIT_BIT) | (hasDigit ? DIGIT_BIT : 0)) >>> 0;
}

/**
 * Reads one text after another; its arrays hold the last one and are overwritten by the next.
 * Cost: linear in the text. Memory: GRAM_SLOTS counters, and four numbers a word.
 */
export class TermReader {
  /** How often each 4-gram occurs, at most 255; only those in `grams` are set. */
  readonly counts = new Uint8Array(GRAM_SLOTS);
  /** Distinct 4-grams, in order of appearance: [0, gramCount). */
  grams = new Uint32Array(4096);
  gramCount = 0;
  /** Words in order of appearance with their place in the text, [0, wordCount). */
  words = new Uint32Array(1024);
  starts = new Uint32Array(1024);
  ends = new Uint32Array(1024);
  wordCount = 0;

  read(text: string): void {
    for (let i = 0; i < this.gramCount; i++) this.counts[this.grams[i]!] = 0;
    this.gramCount = 0;
    this.wordCount = 0;
    let start = -1;
    let hasSolo = false;
    for (let at = 0; at <= text.length; at++) {
      const kind = at < text.length ? classOf(text.charCodeAt(at)) : CLASS.other;
      if (kind === CLASS.other) {
        if (start >= 0) this.#run(text, start, at, hasSolo);
        start = -1;
        hasSolo = false;
      } else {
        if (start < 0) start = at;
        if (kind === CLASS.solo) hasSolo = true;
      }
    }
  }

  #run(text: string, start: number, end: number, hasSolo: boolean): void {
    let a: number = SPACE;
    let b = text.charCodeAt(start);
    let c = start + 1 < end ? text.charCodeAt(start + 1) : SPACE;
    if (end - start === 1) this.#gram(gramOf(a, b, c, 0));
    for (let at = start + 2; at <= end; at++) {
      const d = at < end ? text.charCodeAt(at) : SPACE;
      this.#gram(gramOf(a, b, c, d));
      a = b;
      b = c;
      c = d;
    }
    if (!hasSolo) this.#word(text, start, end);
    else for (let at = start; at + 1 < end; at++) this.#word(text, at, at + 2);
  }

  #gram(gram: number): void {
    const count = this.counts[gram]!;
    if (count === 0) {
      if (this.gramCount === this.grams.length) this.grams = grown(this.grams);
      this.grams[this.gramCount++] = gram;
    }
    if (count < 255) this.counts[gram] = count + 1;
  }

  #word(text: string, start: number, end: number): void {
    let hash = 0x811c9dc5;
    let hasDigit = false;
    for (let at = start; at < end; at++) {
      const unit = text.charCodeAt(at);
      if (classOf(unit) === CLASS.digit) hasDigit = true;
      hash = Math.imul(hash ^ unit, 0x01000193);
    }
    if (this.wordCount === this.words.length) {
      this.words = grown(this.words);
      this.starts = grown(this.starts);
      this.ends = grown(this.ends);
    }
    this.words[this.wordCount] = finishWord(hash, hasDigit);
    this.starts[this.wordCount] = start;
    this.ends[this.wordCount++] = end;
  }
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** Distinct words of a text, sorted by hash, each with the number of its first occurrence. */
export interface WordSet {
  readonly length: number;
  readonly hashes: Uint32Array;
  readonly firsts: Uint32Array;
}

/** The words that `reader` holds, as a set; a copy. */
export function wordSet({ words, wordCount }: TermReader): WordSet {
  const keys = new Float64Array(wordCount);
  for (let i = 0; i < wordCount; i++) keys[i] = words[i]! * PLACES + Math.min(i, PLACES - 1);
  keys.sort();
  const hashes = new Uint32Array(wordCount);
  const firsts = new Uint32Array(wordCount);
  let length = 0;
  for (const key of keys) {
    const hash = Math.floor(key / PLACES);
    if (length > 0 && hashes[length - 1] === hash) continue;
    hashes[length] = hash;
    firsts[length++] = key % PLACES;
  }
  return { length, hashes: hashes.subarray(0, length), firsts: firsts.subarray(0, length) };
}

/** Words of a text that have a place of their own; hash and place fit a double exactly. */
const PLACES = 1 << 20;
