/**
 * Cuts a text into words with a 64-bit hash each, in one pass over its UTF-16 code units.
 *
 * A word is a longest run of letters, marks and digits, lower case by the character; a character of a
 * script without spaces is a word by itself. On ASCII text these are the runs of `[a-z0-9]+`. Texts
 * are not composed: `e` with a combining accent is another word than the accented letter.
 */
import { BLOCK_SIZE, CLASS, classOf } from '../unicode-classes.js';

const KIND = { unknown: 0, separator: 1, word: 2, solo: 3, surrogate: 4 } as const;

const kinds = new Uint8Array(65_536);
/** Lower case of each code unit, 0 where it ends a word or needs a closer look (`kinds`). */
const wordUnits = new Uint16Array(65_536);
/** Lower case of each code unit, whatever it is. */
const lowerUnits = new Uint16Array(65_536);
const pairs = new Map<number, number>();

const isSurrogate = (unit: number) => unit >= 0xd800 && unit < 0xe000;

function kindOfCharacter(character: string): number {
  const bits = classOf(character);
  if ((bits & CLASS.solo) !== 0) return KIND.solo;
  const word = CLASS.upper | CLASS.lower | CLASS.otherLetter | CLASS.mark | CLASS.number;
  return (bits & word) === 0 ? KIND.separator : KIND.word;
}

/** Fills the tables for the block of a code unit: only blocks that a text really holds cost anything. */
function fillBlock(block: number): void {
  const first = block * BLOCK_SIZE;
  for (let unit = first; unit < first + BLOCK_SIZE; unit++) {
    const character = String.fromCharCode(unit);
    const lower = character.toLowerCase();
    kinds[unit] = isSurrogate(unit) ? KIND.surrogate : kindOfCharacter(character);
    lowerUnits[unit] = lower.length === 1 ? lower.charCodeAt(0) : unit;
    wordUnits[unit] = kinds[unit] === KIND.word ? lowerUnits[unit]! : 0;
  }
}

function kindOfPair(codePoint: number): number {
  let kind = pairs.get(codePoint);
  if (kind === undefined) {
    kind = kindOfCharacter(String.fromCodePoint(codePoint));
    pairs.set(codePoint, kind);
  }
  return kind;
}

fillBlock(0);

const SEED_LO = 0x811c9dc5;
const SEED_HI = 0x1b873593;

/** The words of one text; the arrays are used again for the next. */
export class Words {
  text = '';
  count = 0;
  /** Where each word stands: code units [starts[i], ends[i]). */
  starts = new Int32Array(1024);
  ends = new Int32Array(1024);
  /** Two independent 32-bit hashes of each word. */
  lows = new Int32Array(1024);
  highs = new Int32Array(1024);

  cut(text: string): this {
    this.text = text;
    this.count = 0;
    const { length } = text;
    let [start, low, high] = [-1, SEED_LO, SEED_HI];
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at);
      const lower = wordUnits[unit]!;
      if (lower !== 0) {
        if (start < 0) start = at;
        low = Math.imul(low ^ lower, 0x01000193);
        high = Math.imul(high ^ lower, 0x85ebca6b);
        continue;
      }
      const kind = unit < 0x80 ? KIND.separator : kindAt(text, at);
      if (kind === KIND.word) {
        // A pair of surrogates, or the first character of its block; its units are hashed as they are.
        const units = isSurrogate(unit) ? 2 : 1;
        if (start < 0) start = at;
        for (let i = at; i < at + units; i++) {
          const folded = lowerUnits[text.charCodeAt(i)]!;
          low = Math.imul(low ^ folded, 0x01000193);
          high = Math.imul(high ^ folded, 0x85ebca6b);
        }
        at += units - 1;
        continue;
      }
      if (start >= 0) {
        this.#push(start, at, low, high);
        [start, low, high] = [-1, SEED_LO, SEED_HI];
      }
      if (kind === KIND.solo) at = this.#pushSolo(at);
    }
    if (start >= 0) this.#push(start, length, low, high);
    return this;
  }

  /** Adds a character as a word; the place of its last unit. */
  #pushSolo(at: number): number {
    const end = at + (isSurrogate(this.text.charCodeAt(at)) ? 2 : 1);
    let [low, high] = [SEED_LO, SEED_HI];
    for (let i = at; i < end; i++) {
      const folded = lowerUnits[this.text.charCodeAt(i)]!;
      low = Math.imul(low ^ folded, 0x01000193);
      high = Math.imul(high ^ folded, 0x85ebca6b);
    }
    this.#push(at, end, low, high);
    return end - 1;
  }

  #push(start: number, end: number, low: number, high: number): void {
    const at = this.count++;
    if (at === this.starts.length) this.#grow();
    this.starts[at] = start;
    this.ends[at] = end;
    this.lows[at] = mixed(low);
    this.highs[at] = mixed(high);
  }

  #grow(): void {
    for (const name of ['starts', 'ends', 'lows', 'highs'] as const) {
      const grown = new Int32Array(this[name].length * 2);
      grown.set(this[name]);
      this[name] = grown;
    }
  }

  /** Word `index` in lower case. */
  word(index: number): string {
    let word = '';
    for (let at = this.starts[index]!; at < this.ends[index]!; at++)
      word += String.fromCharCode(lowerUnits[this.text.charCodeAt(at)]!);
    return word;
  }

  /** True if word `index` is `word`, which is in lower case. */
  isWord(index: number, word: string): boolean {
    const start = this.starts[index]!;
    if (this.ends[index]! - start !== word.length) return false;
    for (let i = 0; i < word.length; i++)
      if (lowerUnits[this.text.charCodeAt(start + i)] !== word.charCodeAt(i)) return false;
    return true;
  }
}

/** Kind of the character at `at`; half of a surrogate pair ends a word. */
function kindAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (kinds[unit] === KIND.unknown) fillBlock(unit >> 8);
  if (kinds[unit] !== KIND.surrogate) return kinds[unit]!;
  const codePoint = text.codePointAt(at)!;
  if (codePoint < 0x10000) return KIND.separator;
  const second = text.charCodeAt(at + 1);
  if (kinds[second] === KIND.unknown) fillBlock(second >> 8);
  return kindOfPair(codePoint);
}

/** Spreads every bit of a hash over all of them (MurmurHash3's finaliser). */
function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
