/**
 * Fits n-gram tables to a text: four counting sorts, no hash table. Positions sorted by their word give, one
 * step to the left, positions sorted by (u, v); these, one step to the left again and grouped by the bigram
 * there, give the entries of each context in the order of the word that follows.
 * Cost: linear; about 30 ns a word and order on one core.
 */
import { assert } from '../../schema/failure.js';
import { FIRST, type NgramTables, type Order } from './tables.js';

/** Counts the first `length` words of `words`; the tables are overwritten and keep `words` until the next fit. */
export function fitTables(
  tables: NgramTables,
  words: Int32Array,
  length: number,
  order: Order,
): void {
  fitCopies(tables, words, length);
  tables.order = order;
  if (order === 2) fillRawMiddle(tables);
  else tables.bigramMiddle.fill(0, 0, tables.bigrams + 1);
  countTrigrams(tables);
  if (order !== 2) fillContinuations(tables);
  const { wordMiddle, bigramMiddle, wordBigrams } = tables;
  for (let v = 0; v <= tables.vocabulary; v++) wordMiddle[v] = bigramMiddle[wordBigrams[v]!]!;
}

/** Counts words alone: all that a unigram model needs to write. What else the tables hold is of no text. */
export function fitWords(tables: NgramTables, words: Int32Array, length: number): void {
  assert(length >= 1 && length <= words.length, 'a model is fitted to at least one word');
  assert(length <= tables.capacity, 'the text is longer than its tables');
  Object.assign(tables, { words, length, order: 1 });
  countWords(tables);
}

/** Entries of all contexts without their types: all that a trigram model writes from by maximum likelihood. */
export function fitCopies(tables: NgramTables, words: Int32Array, length: number): void {
  fitWords(tables, words, length);
  tables.order = 3;
  // Lists that come later lend their memory to these.
  const { trigramTail: byWord, middle: byBigram, trigramCount: bigramAt } = tables;
  sortByWord(tables, byWord);
  sortByBigram(tables, byWord, byBigram);
  numberBigrams(tables, byBigram, bigramAt);
  fillEntries(tables, byBigram, bigramAt);
}

function countWords({ words, length, wordEntries, vocabulary }: NgramTables): void {
  wordEntries.fill(0);
  for (let i = 0; i < length; i++) wordEntries[words[i]! + 1]!++;
  for (let w = 0; w < vocabulary; w++) wordEntries[w + 1]! += wordEntries[w]!;
}

function sortByWord({ words, length, wordEntries, slots }: NgramTables, out: Int32Array): void {
  slots.set(wordEntries);
  for (let i = 0; i < length; i++) out[slots[words[i]!]!++] = i;
}

/** Positions by (word, next word), from those by word. */
function sortByBigram(tables: NgramTables, byWord: Int32Array, out: Int32Array): void {
  const { words, length, wordEntries, slots } = tables;
  slots.set(wordEntries);
  for (let k = 0; k < length; k++) {
    const next = byWord[k]!;
    const at = next === 0 ? length - 1 : next - 1;
    out[slots[words[at]!]!++] = at;
  }
}

/** Gives each bigram type its code, and each position the code of the bigram that begins there. */
function numberBigrams(tables: NgramTables, byBigram: Int32Array, bigramAt: Int32Array): void {
  const { words, length, vocabulary, wordEntries, wordBigrams, wordContexts } = tables;
  const { bigramWord, bigramEntries } = tables;
  wordContexts.fill(0);
  let code = -1;
  for (let first = 0; first < vocabulary; first++) {
    wordBigrams[first] = code + 1;
    let last = -1;
    const end = wordEntries[first + 1]!;
    for (let k = wordEntries[first]!; k < end; k++) {
      const at = byBigram[k]!;
      const second = words[at + 1 === length ? 0 : at + 1]!;
      if (second !== last) {
        last = second;
        code++;
        bigramWord[code] = second;
        bigramEntries[code] = k;
        wordContexts[second]!++;
      }
      bigramAt[at] = code;
    }
  }
  tables.bigrams = code + 1;
  wordBigrams[vocabulary] = code + 1;
  bigramEntries[code + 1] = length;
}

/** Groups the bigram that follows each position by the bigram that begins there. */
function fillEntries(tables: NgramTables, byBigram: Int32Array, bigramAt: Int32Array): void {
  const { length, bigrams, bigramEntries, entries } = tables;
  const places = tables.bigramTrigrams;
  places.set(bigramEntries.subarray(0, bigrams + 1));
  for (let k = 0; k < length; k++) {
    const next = byBigram[k]!;
    const at = next === 0 ? length - 1 : next - 1;
    entries[places[bigramAt[at]!]!++] = bigramAt[next]!;
  }
}

/** Marks the first copy of each trigram type, counts copies, and for order 1 and 3 types by their tail. */
function countTrigrams(tables: NgramTables): void {
  const { bigrams, bigramEntries, bigramTrigrams, entries, order } = tables;
  const { trigramTail, trigramCount, bigramMiddle } = tables;
  const countsTails = order !== 2;
  let code = -1;
  for (let b = 0; b < bigrams; b++) {
    bigramTrigrams[b] = code + 1;
    const end = bigramEntries[b + 1]!;
    let last = -1;
    for (let k = bigramEntries[b]!; k < end; k++) {
      const tail = entries[k]!;
      if (tail === last) {
        trigramCount[code]!++;
        continue;
      }
      last = tail;
      code++;
      trigramTail[code] = tail;
      trigramCount[code] = 1;
      entries[k] = tail | FIRST;
      if (countsTails) bigramMiddle[tail + 1]!++;
    }
  }
  bigramTrigrams[bigrams] = code + 1;
  tables.trigrams = code + 1;
}

/** Middle list of a trigram model: each bigram as often as there are trigram types that end in it. */
function fillContinuations({ bigrams, bigramMiddle, middle }: NgramTables): void {
  for (let b = 0; b < bigrams; b++) {
    const start = bigramMiddle[b]!;
    const end = start + bigramMiddle[b + 1]!;
    bigramMiddle[b + 1] = end;
    middle.fill(b, start, end);
    middle[start] = b | FIRST;
  }
}

/** Middle list of a bigram model: each bigram as often as the text has it. */
function fillRawMiddle({ bigrams, bigramEntries, bigramMiddle, middle }: NgramTables): void {
  for (let b = 0; b < bigrams; b++) {
    const start = bigramEntries[b]!;
    bigramMiddle[b] = start;
    middle.fill(b, start, bigramEntries[b + 1]!);
    middle[start] = b | FIRST;
  }
  bigramMiddle[bigrams] = bigramEntries[bigrams]!;
}
