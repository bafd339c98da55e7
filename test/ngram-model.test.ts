/**
 * One n-gram model: its counts, its probabilities against the textbook on enumerated small texts, what it
 * writes against what it says, and the tempered law. Seeds are fixed; a chi-square passes up to its mean + 4.5
 * standard deviations (false alarms below 1 in 5,000 each for 10 and more degrees of freedom).
 */
import { describe, expect, it } from 'vitest';
import { derive } from '../core/random/draw.js';
import { RandomStream } from '../core/random/stream.js';
import type { Corpus } from '../core/simulate/ngram/corpus.js';
import { fitTables } from '../core/simulate/ngram/fit.js';
import { generate } from '../core/simulate/ngram/generate.js';
import { probabilityOf } from '../core/simulate/ngram/probability.js';
import { perplexity, SCORING_DISCOUNT } from '../core/simulate/ngram/score.js';
import {
  copiesOf,
  findBigram,
  findTrigram,
  type NgramTables,
  type Order,
} from '../core/simulate/ngram/tables.js';
import { generateTempered, type Tempered, temper } from '../core/simulate/ngram/temper.js';
import { chainWords, Textbook, tablesOf } from './ngram-corpus.js';

const streamOf = (...parts: (string | number)[]) =>
  new RandomStream(derive(5, 'ngram test', ...parts));

/** Small texts: all of length up to 5 over 2 words, and longer ones over 4. */
function smallTexts(): number[][] {
  const texts: number[][] = [[0], [0, 0, 0]];
  for (let length = 2; length <= 5; length++) {
    for (let code = 0; code < 2 ** length; code++) {
      texts.push(Array.from({ length }, (_, i) => (code >> i) & 1));
    }
  }
  for (let i = 0; i < 10; i++) texts.push(chainWords(30, 4, streamOf('small', i)));
  return texts;
}

const codes = (vocabulary: number) => Array.from({ length: vocabulary }, (_, w) => w);

describe('fit', () => {
  it('counts words, bigrams and trigrams of a circular text as a map does', () => {
    const words = chainWords(2_000, 40, streamOf('fit'));
    const tables = tablesOf(words, 40, 3);
    const counted = new Map<string, number>();
    words.forEach((u, i) => {
      const [v, w] = [words[(i + 1) % words.length]!, words[(i + 2) % words.length]!];
      for (const key of [`${u}`, `${u} ${v}`, `${u} ${v} ${w}`]) {
        counted.set(key, (counted.get(key) ?? 0) + 1);
      }
    });
    let [bigrams, trigrams] = [0, 0];
    for (const [key, count] of counted) {
      const [u, v, w] = key.split(' ').map(Number) as [number, number?, number?];
      if (v === undefined) {
        expect(copiesOf(tables, u)).toBe(count);
        continue;
      }
      const b = findBigram(tables, u, v);
      if (w === undefined) {
        bigrams++;
        expect(tables.bigramEntries[b + 1]! - tables.bigramEntries[b]!).toBe(count);
        continue;
      }
      trigrams++;
      expect(tables.trigramCount[findTrigram(tables, b, findBigram(tables, v, w))]).toBe(count);
    }
    expect([tables.bigrams, tables.trigrams]).toEqual([bigrams, trigrams]);
  });

  it('leaves nothing of the text that its tables held before', () => {
    const [long, short] = [chainWords(500, 20, streamOf('a')), chainWords(90, 20, streamOf('b'))];
    const written = (tables: NgramTables) => {
      const text = new Int32Array(200);
      generate(tables, 0.75, streamOf('again'), { out: text, from: 0, to: 200 });
      return [...text];
    };
    for (const order of [1, 2, 3] as const) {
      const reused = tablesOf(long, 20, order);
      fitTables(reused, Int32Array.from(short), short.length, order);
      expect(written(reused)).toEqual(written(tablesOf(short, 20, order)));
    }
  });
});

describe('probabilities', () => {
  it('are those of the textbook and sum to 1, for every context of small texts and every order', () => {
    for (const words of smallTexts()) {
      const vocabulary = Math.max(...words) + 1;
      for (const discount of [0, 0.4, 0.75]) {
        for (const outcomes of discount === 0 ? [null] : [null, vocabulary + 1]) {
          checkAgainstTextbook(words, vocabulary, discount, outcomes);
        }
      }
    }
  });

  it('back off to the number of contexts of a word, not to its copies', () => {
    // `francisco` (1) stands ten times after `san` (0) alone; `sea` (2) stands four times, each after another word.
    const words = [...Array.from({ length: 10 }, () => [0, 1]).flat(), 3, 2, 4, 2, 5, 2, 6, 2];
    const tables = tablesOf(words, 7, 3);
    const smoothing = { discount: 0.75, outcomes: null };
    const unseen = (w: number) => probabilityOf(tables, smoothing, [-1, -1, w]);
    expect(copiesOf(tables, 1)).toBeGreaterThan(copiesOf(tables, 2));
    expect(unseen(1)).toBe(1 / tables.bigrams);
    expect(unseen(2)).toBe(4 / tables.bigrams);
  });

  it('keep the law of words of the text: sum over contexts of P(w | context) is the share of w', () => {
    const words = chainWords(400, 25, streamOf('marginal'));
    for (const [order, discount] of [
      [1, 0],
      [2, 0],
      [2, 0.75],
      [3, 0],
      [3, 0.75],
    ] as [Order, number][]) {
      const tables = tablesOf(words, 25, order);
      for (const w of codes(25)) {
        let sum = 0;
        words.forEach((u, i) => {
          const v = words[(i + 1) % words.length]!;
          sum += probabilityOf(tables, { discount, outcomes: null }, [u, v, w]);
        });
        expect(sum).toBeCloseTo(copiesOf(tables, w), 9);
      }
    }
  });
});

function checkAgainstTextbook(
  words: readonly number[],
  vocabulary: number,
  discount: number,
  outcomes: number | null,
): void {
  const book = new Textbook(words, discount);
  const smoothing = { discount, outcomes };
  const of: Record<Order, (u: number, v: number, w: number) => number> = {
    1: (_u, _v, w) => book.unigram(w, outcomes),
    2: (_u, v, w) => book.bigram(v, w, outcomes),
    3: (u, v, w) => book.trigram(u, v, w, outcomes),
  };
  for (const order of [1, 2, 3] as const) {
    const tables = tablesOf(words, vocabulary, order);
    for (const u of codes(vocabulary)) {
      for (const v of codes(vocabulary)) {
        let sum = outcomes === null ? 0 : probabilityOf(tables, smoothing, [u, v, vocabulary]);
        for (const w of codes(vocabulary)) {
          const p = probabilityOf(tables, smoothing, [u, v, w]);
          expect(p).toBeCloseTo(of[order](u, v, w), 12);
          sum += p;
        }
        expect(sum).toBeCloseTo(1, 12);
      }
    }
  }
}

describe('generate', () => {
  it('writes each word as often as the model says, in every context', () => {
    const words = chainWords(60, 6, streamOf('law'));
    for (const order of [1, 2, 3] as const) {
      for (const discount of [0, 0.75]) {
        const tables = tablesOf(words, 6, order);
        const text = new Int32Array(200_000);
        generate(tables, discount, streamOf(order, discount), { out: text, from: 0, to: 200_000 });
        const law = (u: number, v: number, w: number) =>
          probabilityOf(tables, { discount, outcomes: null }, [u, v, w]);
        expectLaw(text, 6, law);
      }
    }
  });

  it('writes no word, and at D = 0 no trigram, that its text does not hold', () => {
    const words = chainWords(300, 50, streamOf('dead'));
    const held = new Set(words);
    const tables = tablesOf(words, 60, 3);
    const text = new Int32Array(5_000);
    generate(tables, 0.75, streamOf('alive'), { out: text, from: 0, to: 5_000 });
    expect([...text].every((word) => held.has(word))).toBe(true);
    generate(tables, 0, streamOf('alive'), { out: text, from: 0, to: 5_000 });
    for (let i = 2; i < text.length; i++) {
      const context = findBigram(tables, text[i - 2]!, text[i - 1]!);
      const tail = findBigram(tables, text[i - 1]!, text[i]!);
      expect(findTrigram(tables, context, tail)).toBeGreaterThanOrEqual(0);
    }
  });
});

/** Chi-square of all contexts (u, v) that occur often, against P(w | u v). */
function expectLaw(
  text: Int32Array,
  vocabulary: number,
  law: (u: number, v: number, w: number) => number,
): void {
  const counts = new Float64Array(vocabulary ** 3);
  for (let i = 2; i < text.length; i++) {
    counts[(text[i - 2]! * vocabulary + text[i - 1]!) * vocabulary + text[i]!]!++;
  }
  let [chiSquare, degrees] = [0, 0];
  for (let context = 0; context < vocabulary ** 2; context++) {
    const row = counts.subarray(context * vocabulary, (context + 1) * vocabulary);
    const total = row.reduce((sum, count) => sum + count, 0);
    if (total < 500) continue;
    const [u, v] = [Math.floor(context / vocabulary), context % vocabulary];
    const expected = codes(vocabulary).map((w) => total * law(u, v, w));
    // Rare words of a context are one cell, so that every cell has a mean of 5 or more.
    let [rare, rareMean] = [0, 0];
    expected.forEach((mean, w) => {
      if (mean === 0) expect(row[w]).toBe(0);
      if (mean >= 5) {
        chiSquare += (row[w]! - mean) ** 2 / mean;
        degrees++;
      } else [rare, rareMean] = [rare + row[w]!, rareMean + mean];
    });
    if (rareMean >= 5) {
      chiSquare += (rare - rareMean) ** 2 / rareMean;
      degrees++;
    }
    degrees--;
  }
  expect(degrees).toBeGreaterThan(4);
  expect(chiSquare).toBeLessThan(degrees + 4.5 * Math.sqrt(2 * degrees));
}

/** P_tau(w | u v) out of the tempered tables, by going down the orders as the sampler does. */
function temperedLaw(tempered: Tempered, u: number, v: number): number[] {
  const { tables, lowest, middle, middleMass, highest, highestMass } = tempered;
  const part = (sums: Float64Array, at: number, start: number) =>
    sums[at]! - (at === start ? 0 : sums[at - 1]!);
  const lowestMass = lowest.at(-1)!;
  let law = codes(tables.vocabulary).map((w) => part(lowest, w, 0) / lowestMass);
  const mix = (
    sums: Float64Array,
    start: number,
    end: number,
    mass: number,
    bigram: (at: number) => number,
  ) => {
    const own = sums[end - 1]! / mass;
    law = law.map((p) => p * (1 - own));
    for (let at = start; at < end; at++) {
      law[tables.bigramWord[bigram(at)]!]! += part(sums, at, start) / mass;
    }
  };
  const { wordBigrams, bigramTrigrams, trigramTail } = tables;
  if (tables.order > 1) {
    mix(middle, wordBigrams[v]!, wordBigrams[v + 1]!, middleMass[v]!, (b) => b);
  }
  const context = findBigram(tables, u, v);
  if (tables.order > 2 && context >= 0) {
    const [start, end] = [bigramTrigrams[context]!, bigramTrigrams[context + 1]!];
    mix(highest, start, end, highestMass[context]!, (t) => trigramTail[t]!);
  }
  return law;
}

describe('temper', () => {
  it('gives P^(1/tau) over its sum, for every context, order and temperature', () => {
    const words = chainWords(80, 8, streamOf('temper'));
    const vocabulary = 8;
    const present = new Set(words);
    for (const order of [1, 2, 3] as const) {
      for (const discount of [0, 0.75]) {
        const tables = tablesOf(words, vocabulary, order);
        for (const temperature of [0.3, 0.8, 1, 1.5]) {
          const tempered = temper(tables, discount, temperature);
          for (const u of present) {
            for (const v of present) {
              const law = codes(vocabulary).map(
                (w) =>
                  probabilityOf(tables, { discount, outcomes: null }, [u, v, w]) **
                  (1 / temperature),
              );
              const sum = law.reduce((total, weight) => total + weight, 0);
              const found = temperedLaw(tempered, u, v);
              law.forEach((weight, w) => {
                expect(found[w]).toBeCloseTo(weight / sum, 12);
              });
            }
          }
        }
      }
    }
  });

  it('writes by that law', () => {
    const words = chainWords(60, 6, streamOf('tempered law'));
    for (const order of [1, 2, 3] as const) {
      const tables = tablesOf(words, 6, order);
      const tempered = temper(tables, 0.75, 0.7);
      const text = new Int32Array(200_000);
      generateTempered(tempered, streamOf('tempered', order), { out: text, from: 0, to: 200_000 });
      expectLaw(text, 6, (u, v, w) => temperedLaw(tempered, u, v)[w]!);
    }
  });
});

describe('perplexity', () => {
  const corpus = (words: number[], starts: number[]): Corpus => ({
    words: Int32Array.from(words),
    starts: Int32Array.from(starts),
  });

  it('is the geometric mean of 1 / P over the words of the documents, contexts inside a document', () => {
    const tables = tablesOf(chainWords(80, 6, streamOf('score')), 6, 3);
    const smoothing = { discount: SCORING_DISCOUNT, outcomes: 7 };
    const p = (u: number, v: number, w: number) => probabilityOf(tables, smoothing, [u, v, w]);
    // 6 is the unknown word: the uniform part alone, and no context of what follows.
    const chances = [p(-1, -1, 0), p(-1, 0, 1), p(0, 1, 6), p(1, 6, 2), p(-1, -1, 3), p(-1, 3, 4)];
    const mean = chances.reduce((sum, chance) => sum + Math.log(chance), 0) / chances.length;
    expect(p(1, 6, 2)).toBe(p(-1, -1, 2));
    const found = perplexity(tables, corpus([0, 1, 6, 2, 3, 4], [0, 4]));
    expect(found).toBeCloseTo(Math.exp(-mean), 9);
  });

  it('keeps the human vocabulary when the text of the model has lost words of it', () => {
    const vocabulary = 12;
    const tables = tablesOf([0, 1, 2, 0, 1, 3, 0, 1], vocabulary, 3);
    const smoothing = { discount: SCORING_DISCOUNT, outcomes: vocabulary + 1 };
    const all = codes(vocabulary + 1);
    const sum = all.reduce((total, w) => total + probabilityOf(tables, smoothing, [0, 1, w]), 0);
    expect(sum).toBeCloseTo(1, 12);
    const lost = probabilityOf(tables, smoothing, [-1, -1, 9]);
    expect(lost).toBeGreaterThan(0);
    expect(probabilityOf(tables, smoothing, [-1, -1, vocabulary])).toBe(lost);
    expect(perplexity(tables, corpus([9], [0]))).toBeCloseTo(1 / lost, 9);
  });
});
