/**
 * Documents as words for the n-gram loop: types are lower-cased runs of letters and digits, numbered
 * in the order of their code units, so that the numbering does not depend on the order of documents.
 */
import { derive, draw } from '../random/draw.js';
import type { WordSample } from '../schema/risk.js';
import { wordsOf } from './measure/words.js';

export interface SampledText {
  readonly id: string;
  readonly language: string;
  readonly text: string;
}

export interface SampleOptions {
  readonly domain: string;
  readonly seed: number;
  /** Whole documents are taken in an order drawn by the seed until this many words are reached. */
  readonly maxWords: number;
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sample of whole documents of at most about `maxWords` words; documents without a word are left out. */
export function wordSampleOf(
  texts: readonly SampledText[],
  { domain, seed, maxWords }: SampleOptions,
): WordSample {
  const key = derive(seed, 'word-sample', domain);
  const ordered = texts
    .map((text) => ({ text, rank: draw(key, text.id) }))
    .sort((a, b) => a.rank - b.rank || byCodeUnit(a.text.id, b.text.id));
  const chosen: { id: string; language: string; words: string[] }[] = [];
  let total = 0;
  for (const { text } of ordered) {
    if (total >= maxWords) break;
    const words = wordsOf(text.text);
    if (words.length === 0) continue;
    chosen.push({ id: text.id, language: text.language, words });
    total += words.length;
  }
  const vocabulary = [...new Set(chosen.flatMap(({ words }) => words))].sort(byCodeUnit);
  const codes = new Map(vocabulary.map((word, code) => [word, code]));
  const documents = chosen.map(({ id, language, words }) => ({
    ...{ id, language },
    words: words.map((word) => codes.get(word)!),
  }));
  return { domain, vocabulary, documents };
}
