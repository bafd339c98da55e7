/**
 * Perplexity of held-out human documents under a model: exp(-mean log P), natural logarithms. Words outside
 * the frozen human vocabulary are one unknown word, never seen by any model; contexts end at the rim of a
 * document. The vocabulary neither grows nor shrinks with generated text, so models of all generations are
 * scored on the same outcomes.
 */
import { assert } from '../../schema/failure.js';
import type { Corpus } from './corpus.js';
import {
  highestProbability,
  lowestProbability,
  middleProbability,
  type Smoothing,
} from './probability.js';
import { findBigram, type NgramTables } from './tables.js';

/** Discount of every scoring model, also of those that generate by maximum likelihood. */
export const SCORING_DISCOUNT = 0.75;

/** Perplexity of `heldOut`, whose codes from the tables' vocabulary up are unknown words. In [1, infinity). */
export function perplexity(tables: NgramTables, heldOut: Corpus): number {
  const { words, starts } = heldOut;
  assert(words.length > 0, 'there is no held-out text');
  const lowest = lowestTable(tables, {
    discount: SCORING_DISCOUNT,
    outcomes: tables.vocabulary + 1,
  });
  let sum = 0;
  for (let d = 0; d < starts.length; d++) {
    sum += documentLog(tables, words, starts[d]!, starts[d + 1] ?? words.length, lowest);
  }
  return Math.exp(-sum / words.length);
}

/** P(w) for every word code, the unknown one last. */
function lowestTable(tables: NgramTables, smoothing: Smoothing): Float64Array {
  const { vocabulary } = tables;
  const { discount } = smoothing;
  const table = new Float64Array(vocabulary + 1);
  const spread = lowestProbability(tables, smoothing, vocabulary);
  const isUnigram = tables.order === 1;
  const { wordEntries, wordContexts } = tables;
  const total = isUnigram ? tables.length : tables.bigrams;
  for (let w = 0; w < vocabulary; w++) {
    const count = isUnigram ? wordEntries[w + 1]! - wordEntries[w]! : wordContexts[w]!;
    table[w] = spread + (count > 0 ? (count - discount) / total : 0);
  }
  table[vocabulary] = spread;
  return table;
}

function documentLog(
  tables: NgramTables,
  words: Int32Array,
  start: number,
  end: number,
  lowest: Float64Array,
): number {
  const { vocabulary, order } = tables;
  let sum = 0;
  let context = -1;
  let last = vocabulary;
  for (let i = start; i < end; i++) {
    const word = words[i]!;
    let p = lowest[word]!;
    let bigram = -1;
    if (order > 1 && last < vocabulary) {
      if (word < vocabulary) bigram = findBigram(tables, last, word);
      p = middleProbability(tables, SCORING_DISCOUNT, { context: last, bigram, lower: p });
      if (order === 3) {
        p = highestProbability(tables, SCORING_DISCOUNT, { context, tail: bigram, lower: p });
      }
    }
    sum += Math.log(p);
    context = bigram;
    last = word;
  }
  return sum;
}
