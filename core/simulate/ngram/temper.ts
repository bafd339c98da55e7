/**
 * Text at temperature tau other than 1, exactly and without rejection: P_tau(w | context) ~ P(w | context)^(1/tau).
 *
 * With P = seen part + lambda Q, Q the lower order, the weight of any word splits into
 *
 *   P^(1/tau) = (lambda Q)^(1/tau)  +  [P^(1/tau) - (lambda Q)^(1/tau)],   the bracket only for words seen here,
 *
 * a mixture of a list of excesses, each >= 0, and of the lower tempered law with mass
 * Z(context) = sum of excesses + lambda^(1/tau) Z(lower). So a table holds, per context, the cumulative excesses
 * of its types and Z, from the lowest order up; a draw goes down the orders and ends in one binary search.
 * Cost: two powers a type to build, one or two uniforms and a binary search a word.
 */

import type { RandomStream } from '../../random/stream.js';
import { assert } from '../../schema/failure.js';
import { firstBigram, type Stretch } from './generate.js';
import { lowestProbability } from './probability.js';
import { findBigram, type NgramTables } from './tables.js';

export interface Tempered {
  readonly tables: NgramTables;
  /** Cumulative P(w)^(1/tau) over words. */
  readonly lowest: Float64Array;
  /** Cumulative excess of the bigrams of each first word, and Z of that word. */
  readonly middle: Float64Array;
  readonly middleMass: Float64Array;
  /** The same for trigram types and the bigrams that are their contexts. */
  readonly highest: Float64Array;
  readonly highestMass: Float64Array;
}

/** Tempers fitted tables; they must not be fitted again while it is used. `temperature` > 0, `discount` in [0, 1). */
export function temper(tables: NgramTables, discount: number, temperature: number): Tempered {
  assert(temperature > 0, 'a temperature is above 0');
  const power = 1 / temperature;
  const { vocabulary, order, bigrams, trigrams } = tables;
  const below = lowestLaw(tables);
  const lowest = cumulativePowers(below, power);
  const tempered = {
    ...{ tables, lowest },
    middle: new Float64Array(order > 1 ? bigrams : 0),
    middleMass: new Float64Array(order > 1 ? vocabulary : 0),
    highest: new Float64Array(order > 2 ? trigrams : 0),
    highestMass: new Float64Array(order > 2 ? bigrams : 0),
  };
  if (order > 1) {
    const law = temperMiddle(tempered, below, { discount, power });
    if (order > 2) temperHighest(tempered, law, { discount, power });
  }
  return tempered;
}

interface Tempering {
  readonly discount: number;
  readonly power: number;
}

/** P(w) as `generate` samples it. */
function lowestLaw(tables: NgramTables): Float64Array {
  const law = new Float64Array(tables.vocabulary);
  for (let w = 0; w < law.length; w++) {
    law[w] = lowestProbability(tables, { discount: 0, outcomes: null }, w);
  }
  return law;
}

function cumulativePowers(law: Float64Array, power: number): Float64Array {
  const sums = new Float64Array(law.length);
  let sum = 0;
  for (let i = 0; i < law.length; i++) {
    if (law[i]! > 0) sum += law[i]! ** power;
    sums[i] = sum;
  }
  return sums;
}

/** Fills the middle order; answers P(w | v) of every bigram. */
function temperMiddle(
  { tables, lowest, middle, middleMass }: Tempered,
  below: Float64Array,
  { discount, power }: Tempering,
): Float64Array {
  const { vocabulary, wordBigrams, bigramMiddle, bigramWord } = tables;
  const lowestMass = lowest[vocabulary - 1]!;
  const law = new Float64Array(tables.bigrams);
  for (let v = 0; v < vocabulary; v++) {
    const start = wordBigrams[v]!;
    const end = wordBigrams[v + 1]!;
    if (start === end) continue;
    const total = bigramMiddle[end]! - bigramMiddle[start]!;
    const lambda = (discount * (end - start)) / total;
    let sum = 0;
    for (let b = start; b < end; b++) {
      const lower = lambda * below[bigramWord[b]!]!;
      const p = (bigramMiddle[b + 1]! - bigramMiddle[b]! - discount) / total + lower;
      sum += p ** power - lower ** power;
      law[b] = p;
      middle[b] = sum;
    }
    middleMass[v] = sum + lambda ** power * lowestMass;
  }
  return law;
}

function temperHighest(
  { tables, middleMass, highest, highestMass }: Tempered,
  below: Float64Array,
  { discount, power }: Tempering,
): void {
  const { bigrams, bigramEntries, bigramTrigrams, bigramWord, trigramTail, trigramCount } = tables;
  for (let b = 0; b < bigrams; b++) {
    const start = bigramTrigrams[b]!;
    const end = bigramTrigrams[b + 1]!;
    const total = bigramEntries[b + 1]! - bigramEntries[b]!;
    const lambda = (discount * (end - start)) / total;
    let sum = 0;
    for (let t = start; t < end; t++) {
      const lower = lambda * below[trigramTail[t]!]!;
      const p = (trigramCount[t]! - discount) / total + lower;
      sum += p ** power - lower ** power;
      highest[t] = sum;
    }
    highestMass[b] = sum + lambda ** power * middleMass[bigramWord[b]!]!;
  }
}

/** First place in [start, end) whose cumulative weight is above `x`; the last one where rounding leaves none. */
function placeOf(sums: Float64Array, start: number, end: number, x: number): number {
  let low = start;
  let high = end - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Writes words of the tempered model, from a uniform place of its text on. */
export function generateTempered(
  tempered: Tempered,
  stream: RandomStream,
  { out, from, to }: Stretch,
): void {
  assert(to <= out.length, 'the stretch lies in its array');
  const { tables } = tempered;
  if (tables.order === 1) {
    for (let i = from; i < to; i++) out[i] = lowestWord(tempered, stream);
    return;
  }
  let state = firstBigram(tables, stream);
  let word = tables.bigramWord[state]!;
  for (let i = from; i < to; i++) {
    state = nextState(tempered, stream, state, word);
    if (state >= 0) word = tables.bigramWord[state]!;
    else {
      const next = lowestWord(tempered, stream);
      state = tables.order > 2 ? findBigram(tables, word, next) : -1;
      word = next;
    }
    out[i] = word;
  }
}

/** Bigram of the next state where the word comes from the highest or middle order; -1 for the lowest. */
function nextState(tempered: Tempered, stream: RandomStream, state: number, word: number): number {
  const { tables, middle, middleMass, highest, highestMass } = tempered;
  if (tables.order === 3 && state >= 0) {
    const start = tables.bigramTrigrams[state]!;
    const end = tables.bigramTrigrams[state + 1]!;
    const x = stream.uniform() * highestMass[state]!;
    if (x < highest[end - 1]!) return tables.trigramTail[placeOf(highest, start, end, x)]!;
  }
  const start = tables.wordBigrams[word]!;
  const end = tables.wordBigrams[word + 1]!;
  const x = stream.uniform() * middleMass[word]!;
  return x < middle[end - 1]! ? placeOf(middle, start, end, x) : -1;
}

function lowestWord({ lowest }: Tempered, stream: RandomStream): number {
  const x = stream.uniform() * lowest[lowest.length - 1]!;
  return placeOf(lowest, 0, lowest.length, x);
}
