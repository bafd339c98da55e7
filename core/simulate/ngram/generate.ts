/**
 * Text from n-gram tables at temperature 1, in constant time a word and without smoothing: what the text does
 * not hold is never made. Interpolated Kneser-Ney by discounting copies: a uniform copy of the context (u, v)
 * is kept unless it is a first one of its type and a uniform number falls below D; its word then has
 * probability (c - D) / c(u v), and the rest goes to the continuation counts, discounted in the same way:
 *
 *   P(w | u v) = (c(u v w) - D)+ / c(u v)        + D t(u v .) / c(u v)     P(w | v)
 *   P(w | v)   = (t(. v w) - D)+ / t(. v .)      + D t(v .)   / t(. v .)   P(w)
 *   P(w)       = t(. w) / t(. .)                                t: number of types
 *
 * D = 0 is maximum likelihood: no copy is refused. A bigram model starts at the second line with copies
 * instead of types; a unigram model draws copies of words. With these counts the expected law of words in
 * the generated text is that of the text (bigram models and maximum likelihood: exactly; trigrams with D > 0:
 * as far as the generated bigrams follow the counted ones).
 * Source: Chen and Goodman, Computer Speech and Language 13, 1999.
 */

import type { RandomStream } from '../../random/stream.js';
import { assert } from '../../schema/failure.js';
import { CODE_MASK, findBigram, type NgramTables } from './tables.js';

/** Words [from, to) of `out` that are to be written. */
export interface Stretch {
  readonly out: Int32Array;
  readonly from: number;
  readonly to: number;
}

/** Writes words of the model, from a uniform place of its text on. `discount`: D in [0, 1). */
export function generate(
  tables: NgramTables,
  discount: number,
  stream: RandomStream,
  stretch: Stretch,
): void {
  assert(discount >= 0 && discount < 1, 'a discount lies in [0, 1)');
  assert(stretch.to <= stretch.out.length, 'the stretch lies in its array');
  if (tables.order === 1) drawWords(tables, stream, stretch);
  else if (tables.order === 2) walkBigrams(tables, discount, stream, stretch);
  else walkTrigrams(tables, discount, stream, stretch);
}

function drawWords(tables: NgramTables, stream: RandomStream, { out, from, to }: Stretch): void {
  const { words, length } = tables;
  for (let i = from; i < to; i++) out[i] = words[(stream.uniform() * length) | 0]!;
}

/** The bigram at a uniform place of the text. */
export function firstBigram({ entries, length }: NgramTables, stream: RandomStream): number {
  return entries[stream.below(length)]! & CODE_MASK;
}

function walkTrigrams(
  tables: NgramTables,
  discount: number,
  stream: RandomStream,
  { out, from, to }: Stretch,
): void {
  const { bigramEntries, entries, bigramWord, wordMiddle, middle, bigrams } = tables;
  let state = firstBigram(tables, stream);
  let word = bigramWord[state]!;
  for (let i = from; i < to; i++) {
    let next = -1;
    if (state >= 0) {
      const start = bigramEntries[state]!;
      const x = stream.uniform() * (bigramEntries[state + 1]! - start);
      const at = x | 0;
      const entry = entries[start + at]!;
      if (entry >= 0 || x - at >= discount) next = entry & CODE_MASK;
    }
    if (next < 0) {
      const start = wordMiddle[word]!;
      const x = stream.uniform() * (wordMiddle[word + 1]! - start);
      const at = x | 0;
      const entry = middle[start + at]!;
      if (entry >= 0 || x - at >= discount) next = entry & CODE_MASK;
    }
    if (next >= 0) {
      word = bigramWord[next]!;
      state = next;
    } else {
      const lowest = bigramWord[(stream.uniform() * bigrams) | 0]!;
      state = findBigram(tables, word, lowest);
      word = lowest;
    }
    out[i] = word;
  }
}

function walkBigrams(
  tables: NgramTables,
  discount: number,
  stream: RandomStream,
  { out, from, to }: Stretch,
): void {
  const { bigramWord, wordMiddle, middle, bigrams } = tables;
  let word = bigramWord[firstBigram(tables, stream)]!;
  for (let i = from; i < to; i++) {
    const start = wordMiddle[word]!;
    const x = stream.uniform() * (wordMiddle[word + 1]! - start);
    const at = x | 0;
    const entry = middle[start + at]!;
    const isKept = entry >= 0 || x - at >= discount;
    word = bigramWord[isKept ? entry & CODE_MASK : (stream.uniform() * bigrams) | 0]!;
    out[i] = word;
  }
}
