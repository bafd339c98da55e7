/**
 * What the text kernel knows of Unicode, taken from this JavaScript engine's own tables, one block
 * of 256 code points at a time and only for blocks that a text really holds: the class bits that the
 * tokenizers' split regexes and the words of shingles need, and the normal form of characters that
 * no neighbour can change.
 */

/** Class bits; the same numbers as in `kernels/text/memory.ts`. */
export const CLASS = {
  upper: 1,
  lower: 2,
  otherLetter: 4,
  mark: 8,
  number: 16,
  space: 32,
  newline: 64,
  solo: 128,
} as const;

export const BLOCK_SIZE = 256;

const WORD = /^[\p{L}\p{M}\p{N}]$/u;
const HAS_WORD = /[\p{L}\p{M}\p{N}]/u;
/** Scripts written without spaces: each of their characters is a word. */
const SOLO =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;
/** Characters that join or reorder with a neighbour under NFKC: marks and conjoining Hangul. */
const JOINS = /[\p{M}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u;
const CLASSES: readonly (readonly [RegExp, number])[] = [
  [/^[\p{Lu}\p{Lt}]$/u, CLASS.upper],
  [/^\p{Ll}$/u, CLASS.lower],
  [/^[\p{Lm}\p{Lo}]$/u, CLASS.otherLetter],
  [/^\p{M}$/u, CLASS.mark],
  [/^\p{N}$/u, CLASS.number],
  [/^[\r\n]$/u, CLASS.newline],
  [/^\p{White_Space}$/u, CLASS.space],
];

/** Class bits of one character (a string of one code point). A character is in one class at most. */
export function classOf(character: string): number {
  const bits = CLASSES.find(([pattern]) => pattern.test(character))?.[1] ?? 0;
  return WORD.test(character) && SOLO.test(character) ? bits | CLASS.solo : bits;
}

/**
 * The code point that stands for a character in normalised text (NFKC, then lower case), or 0 where
 * the whole text must be normalised: the form has several word characters, joins with neighbours,
 * depends on them (a final sigma), or is longer than the character. Only words matter downstream,
 * so a form without word characters is given as a space.
 */
export function normalFormOf(character: string): number {
  const folded = character.normalize('NFKC');
  const form = folded.toLowerCase();
  if (JOINS.test(character) || JOINS.test(folded) || JOINS.test(form)) return 0;
  if (folded.includes('Σ')) return 0;
  if (!HAS_WORD.test(form)) return 0x20;
  const codePoint = form.codePointAt(0) ?? 0;
  if (form.length > (codePoint > 0xffff ? 2 : 1)) return 0;
  const before = character.codePointAt(0) ?? 0;
  return byteLength(codePoint) <= byteLength(before) ? codePoint : 0;
}

/** Writes classes and normal forms of code points [256 block, 256 block + 256). */
export function fillBlock(block: number, classes: Uint8Array, normalForms: Uint32Array): void {
  for (let i = 0; i < BLOCK_SIZE; i++) {
    const character = String.fromCodePoint(block * BLOCK_SIZE + i);
    classes[i] = classOf(character);
    normalForms[i] = normalFormOf(character);
  }
}

/** The text as shingles see it: the definition that the kernel's shortcut must equal. */
export function normaliseText(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function byteLength(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}
