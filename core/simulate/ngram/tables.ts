/**
 * Counts of words, bigrams and trigrams of one text, as typed arrays. The text is read as a circle: the
 * word after its last is its first, so every word is the first, middle and last of as many trigrams as it
 * has copies, and no order of the model has a rim.
 *
 * A bigram type has a number (its code); codes ascend by first, then second word. Ranges:
 *
 *   bigrams of first word v           codes       [wordBigrams[v], wordBigrams[v + 1])
 *   copies of bigram b                entries     [bigramEntries[b], bigramEntries[b + 1])
 *   trigram types of context b        trigrams    [bigramTrigrams[b], bigramTrigrams[b + 1])
 *   middle list of bigram b           middle      [bigramMiddle[b], bigramMiddle[b + 1])
 *   middle list of context v          middle      [wordMiddle[v], wordMiddle[v + 1])
 *
 * An entry of context (u, v) is one copy of it: the code of the bigram (v, w) that follows. Copies of one
 * trigram stand together, and the first of them carries the sign bit: absolute discounting takes D of each
 * trigram type, so a copy that is drawn uniformly is refused with chance D where it is a first one, and
 * nowhere else. The middle list does the same one order down: its length for (v, w) is the number of
 * trigram types (., v, w), the continuation count, for a trigram model, and the copies of (v, w) for a
 * bigram model.
 *
 * Memory: 32 bytes a word and 20 a word type. The arrays are used again for every text that fits.
 */

export interface NgramTables {
  /** Word codes are below this. */
  readonly vocabulary: number;
  /** Longest text, words. */
  readonly capacity: number;
  order: Order;
  /** Words of the text. */
  length: number;
  bigrams: number;
  trigrams: number;
  /** The text itself, as given to `fit`. */
  words: Int32Array;
  /** Copies of each word are [wordEntries[w], wordEntries[w + 1]). */
  readonly wordEntries: Int32Array;
  readonly wordBigrams: Int32Array;
  readonly wordMiddle: Int32Array;
  /** Types (., w): the continuation count of the lowest order. */
  readonly wordContexts: Int32Array;
  /** Second word of a bigram. */
  readonly bigramWord: Int32Array;
  readonly bigramEntries: Int32Array;
  readonly bigramTrigrams: Int32Array;
  readonly bigramMiddle: Int32Array;
  readonly entries: Int32Array;
  /** Bigram (v, w) and copies of a trigram type (u, v, w). */
  readonly trigramTail: Int32Array;
  readonly trigramCount: Int32Array;
  /** As `entries`, for the middle order. */
  readonly middle: Int32Array;
  /** Next free place per word while fitting. */
  readonly slots: Int32Array;
}

/** Words that a model looks at, the predicted one included. */
export type Order = 1 | 2 | 3;

/** Sign bit of an entry: the first copy of its type. */
export const FIRST = 0x80000000 | 0;
export const CODE_MASK = 0x7fffffff;

/** Empty tables for texts of up to `capacity` words with codes below `vocabulary`. */
export function createTables(vocabulary: number, capacity: number): NgramTables {
  const perWord = () => new Int32Array(vocabulary + 1);
  const perCopy = () => new Int32Array(capacity + 1);
  return {
    ...{ vocabulary, capacity, order: 3, length: 0, bigrams: 0, trigrams: 0 },
    words: new Int32Array(0),
    ...{ wordEntries: perWord(), wordBigrams: perWord(), wordContexts: perWord() },
    wordMiddle: perWord(),
    ...{ bigramWord: perCopy(), bigramEntries: perCopy(), bigramTrigrams: perCopy() },
    ...{ bigramMiddle: perCopy(), entries: perCopy(), middle: perCopy() },
    ...{ trigramTail: perCopy(), trigramCount: perCopy(), slots: perWord() },
  };
}

/** Copies of a word in the text. */
export function copiesOf(tables: NgramTables, word: number): number {
  return tables.wordEntries[word + 1]! - tables.wordEntries[word]!;
}

/** Code of the bigram (first, second), -1 where the text has none. Cost: a binary search. */
export function findBigram(tables: NgramTables, first: number, second: number): number {
  const { wordBigrams, bigramWord } = tables;
  let low = wordBigrams[first]!;
  let high = wordBigrams[first + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bigramWord[middle]! < second) low = middle + 1;
    else high = middle;
  }
  return low < wordBigrams[first + 1]! && bigramWord[low] === second ? low : -1;
}

/** Trigram type of context `bigram` that ends in bigram `tail`, -1 where there is none. */
export function findTrigram(tables: NgramTables, bigram: number, tail: number): number {
  const { bigramTrigrams, trigramTail } = tables;
  let low = bigramTrigrams[bigram]!;
  const end = bigramTrigrams[bigram + 1]!;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (trigramTail[middle]! < tail) low = middle + 1;
    else high = middle;
  }
  return low < end && trigramTail[low] === tail ? low : -1;
}
