/**
 * Probabilities of the model that `generate` samples from, and of its smoothed form, which scores. Smoothing
 * lies below the lowest order alone: P(w) = (t(. w) - D)+ / t(. .) + D types / t(. .) / (V + 1), with the frozen
 * human vocabulary of V types and one unknown word; maximum-likelihood models are scored by it too.
 */
import { copiesOf, findBigram, findTrigram, type NgramTables } from './tables.js';

export interface Smoothing {
  readonly discount: number;
  /** Outcomes over which the lowest order is spread: V + 1; null: not at all, as `generate` samples. */
  readonly outcomes: number | null;
}

/** Lowest order: copies of words for a unigram model, bigram types that end in them otherwise. */
export function lowestProbability(
  tables: NgramTables,
  { discount, outcomes }: Smoothing,
  word: number,
): number {
  const isUnknown = word >= tables.vocabulary;
  const isUnigram = tables.order === 1;
  const total = isUnigram ? tables.length : tables.bigrams;
  const count = isUnknown ? 0 : isUnigram ? copiesOf(tables, word) : tables.wordContexts[word]!;
  if (outcomes === null) return count / total;
  const spread = (discount * typesOf(tables)) / total / outcomes;
  return (count > 0 ? (count - discount) / total : 0) + spread;
}

/** Distinct words of the text. */
export function typesOf(tables: NgramTables): number {
  const { wordEntries, vocabulary } = tables;
  let types = 0;
  for (let w = 0; w < vocabulary; w++) if (wordEntries[w + 1]! > wordEntries[w]!) types++;
  return types;
}

/** Middle order: P(w | v) where `lower` is P(w) and `bigram` the code of (v, w), or -1. */
export function middleProbability(
  { wordBigrams, wordMiddle, bigramMiddle }: NgramTables,
  discount: number,
  at: { readonly context: number; readonly bigram: number; readonly lower: number },
): number {
  const { context, bigram, lower } = at;
  const start = wordBigrams[context]!;
  const end = wordBigrams[context + 1]!;
  if (start === end) return lower;
  const total = wordMiddle[context + 1]! - wordMiddle[context]!;
  const kept = bigram < 0 ? 0 : bigramMiddle[bigram + 1]! - bigramMiddle[bigram]! - discount;
  return (kept + discount * (end - start) * lower) / total;
}

/** Highest order of a trigram model: P(w | u v) where `context` is the code of (u, v) and `tail` that of (v, w). */
export function highestProbability(
  tables: NgramTables,
  discount: number,
  at: { readonly context: number; readonly tail: number; readonly lower: number },
): number {
  const { bigramEntries, bigramTrigrams, trigramCount } = tables;
  const { context, tail, lower } = at;
  if (context < 0) return lower;
  const trigram = tail < 0 ? -1 : findTrigram(tables, context, tail);
  const total = bigramEntries[context + 1]! - bigramEntries[context]!;
  const types = bigramTrigrams[context + 1]! - bigramTrigrams[context]!;
  const kept = trigram < 0 ? 0 : trigramCount[trigram]! - discount;
  return (kept + discount * types * lower) / total;
}

/** P(word | before, last) by the model's order; -1 for a context word that is not there. */
export function probabilityOf(
  tables: NgramTables,
  smoothing: Smoothing,
  [before, last, word]: readonly [before: number, last: number, word: number],
): number {
  const { order, vocabulary } = tables;
  const { discount } = smoothing;
  const lowest = lowestProbability(tables, smoothing, word);
  if (order === 1 || last < 0 || last >= vocabulary) return lowest;
  const bigram = word < vocabulary ? findBigram(tables, last, word) : -1;
  const lower = middleProbability(tables, discount, { context: last, bigram, lower: lowest });
  if (order === 2 || before < 0 || before >= vocabulary) return lower;
  const context = findBigram(tables, before, last);
  return highestProbability(tables, discount, { context, tail: bigram, lower });
}
