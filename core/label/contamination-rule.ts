/**
 * What counts as a benchmark item found again. Words are lower case; 13 in a row are contamination, 8
 * go to review, and an item of fewer than 13 words must stand in the document whole.
 *
 * A run of words is evidence only if it has enough different words that tell something: a word of two
 * characters or more that is not a number, or one character of a script without spaces. So no run of
 * numbers (`0 0 .. 0`), of one repeated word, or of single letters (`a 1 b 2 c 3 d 4`) is evidence, and
 * no item that is only `yes`, `18` or `(A)` is looked for.
 */
import type { ContaminationHit } from '../schema/contamination.js';

export const STRONG_GRAM_WORDS = 13;
export const WEAK_GRAM_WORDS = 8;
/** Words of the shortest item that is looked for. */
export const ITEM_WORDS_LEAST = 5;

/** Different telling words that an n-gram needs, and a whole item. */
export const TELLING_WORDS_LEAST = { gram: 3, item: 5 } as const;

const TELLING = /^(?=.*\p{L}).{2,}$|^\p{Lo}$/u;

/** True for a lower-case word that tells something by standing where it stands. */
export function isTelling(word: string): boolean {
  return TELLING.test(word);
}

const STRENGTH: Readonly<Record<ContaminationHit['kind'], number>> = {
  item: 2,
  '13-gram': 1,
  '8-gram': 0,
};

/** True for hits that make a document contaminated: an 8-gram alone goes to review. */
export function isContamination({ kind }: Pick<ContaminationHit, 'kind'>): boolean {
  return kind !== '8-gram';
}

/** Strongest first: by kind, then by ratio, then in the order of the benchmark. */
export function byStrength(a: ContaminationHit, b: ContaminationHit): number {
  return (
    STRENGTH[b.kind] - STRENGTH[a.kind] ||
    b.ratio - a.ratio ||
    a.item - b.item ||
    (a.field < b.field ? -1 : a.field > b.field ? 1 : 0)
  );
}
