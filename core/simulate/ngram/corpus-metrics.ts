/** Metrics of one corpus of the loop, from its counted words, bigrams and trigrams. */
import { typesOf } from './probability.js';
import { copiesOf, type NgramTables } from './tables.js';

/** Copies of each word code. */
export function countsOf(tables: NgramTables): Int32Array {
  const counts = new Int32Array(tables.vocabulary);
  for (let word = 0; word < counts.length; word++) counts[word] = copiesOf(tables, word);
  return counts;
}

export interface Presence {
  /** Share of the types of g = 0 that are there, and of those with 1-5 copies at g = 0. */
  readonly survival: number;
  readonly tailCoverage: number | null;
}

/** Most copies at g = 0 of a type of the tail. */
export const TAIL_COPIES = 5;

export function presenceOf(first: Int32Array, now: Int32Array): Presence {
  let [types, present, tail, tailPresent] = [0, 0, 0, 0];
  for (let w = 0; w < first.length; w++) {
    if (first[w]! === 0) continue;
    const isPresent = now[w]! > 0 ? 1 : 0;
    types++;
    present += isPresent;
    if (first[w]! > TAIL_COPIES) continue;
    tail++;
    tailPresent += isPresent;
  }
  return { survival: present / types, tailCoverage: tail === 0 ? null : tailPresent / tail };
}

export interface Diversity {
  /** Nats. */
  readonly entropy: number;
  /** e^entropy. */
  readonly effectiveVocabulary: number;
  /** 1 / sum p^2. */
  readonly inverseSimpson: number;
}

export function diversityOf(counts: Int32Array, words: number): Diversity {
  let [entropy, simpson] = [0, 0];
  for (const count of counts) {
    if (count === 0) continue;
    const p = count / words;
    entropy -= p * Math.log(p);
    simpson += p * p;
  }
  return { entropy, effectiveVocabulary: Math.exp(entropy), inverseSimpson: 1 / simpson };
}

/** Distinct words, bigrams and trigrams of a text over its words. */
export interface Distinct {
  readonly distinct1: number;
  readonly distinct2: number;
  readonly distinct3: number;
}

export function distinctOf(tables: NgramTables): Distinct {
  const { length, bigrams, trigrams } = tables;
  return {
    distinct1: typesOf(tables) / length,
    distinct2: bigrams / length,
    distinct3: trigrams / length,
  };
}
