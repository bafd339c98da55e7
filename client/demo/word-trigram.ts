/**
 * Family `word-trigram-kn`: trigrams of words with interpolated Kneser-Ney smoothing.
 *
 *   P(w | u v) = max(c(uvw) - D3, 0) / c(uv.) + D3 N(uv.) / c(uv.) * P(w | v)
 *
 * N(uv.) counts distinct successors. The lower orders count distinct left neighbours in place of
 * occurrences (how many contexts a word ends, not how often it stands there); the last step is
 * uniform over the vocabulary. D = n1 / (n1 + 2 n2) per order, n1 and n2 being the pairs seen once
 * and twice. Kneser and Ney 1995 (10.1109/ICASSP.1995.479394); interpolated form: Chen and Goodman
 * 1999 (10.1006/csla.1999.0128).
 */
import type { LanguageModel, TextCost } from './language-model.js';
import type { NgramTable } from './ngram-table.js';
import { buildNgramTable, findContext, successorCount, successorTypes } from './ngram-table.js';
import type { UniformStream } from './uniform-stream.js';
import type { WordVocabulary } from './word-vocabulary.js';
import { BOUNDARY, buildVocabulary, encodeText, UNSEEN } from './word-vocabulary.js';

interface Order {
  readonly table: NgramTable;
  readonly discount: number;
}

interface TrigramCounts {
  readonly vocabulary: WordVocabulary;
  /** Trigrams, bigrams, unigrams. */
  readonly orders: readonly [Order, Order, Order];
}

export function trainWordTrigram(texts: readonly string[]): LanguageModel {
  const counts = countTrigrams(texts);
  return {
    write: (uniform, characters) => writeText(counts, uniform, characters),
    cost: (text) => costOf(counts, text),
  };
}

function countTrigrams(texts: readonly string[]): TrigramCounts {
  const vocabulary = buildVocabulary(texts, 1);
  const size = vocabulary.units.length;
  const codes = texts.map((text) => encodeText(vocabulary, text, 2));
  const pairs = new Float64Array(codes.reduce((sum, list) => sum + list.length - 2, 0));
  let at = 0;
  for (const list of codes) {
    for (let i = 2; i < list.length; i++) {
      pairs[at++] = (list[i - 2]! * size + list[i - 1]!) * size + list[i]!;
    }
  }
  const trigrams = buildNgramTable(pairs, size);
  const bigrams = buildNgramTable(shorten(trigrams, size), size);
  const unigrams = buildNgramTable(shorten(bigrams, 1), size);
  return {
    vocabulary,
    orders: [withDiscount(trigrams), withDiscount(bigrams), withDiscount(unigrams)],
  };
}

/** One pair for each distinct n-gram, without its first word: counting them counts left neighbours. */
function shorten(table: NgramTable, contextBase: number): Float64Array {
  const pairs = new Float64Array(table.successors.length);
  for (let i = 0; i < table.contexts.length; i++) {
    const context = table.contexts[i]! % contextBase;
    for (let j = table.starts[i]!; j < table.starts[i + 1]!; j++) {
      pairs[j] = context * table.base + table.successors[j]!;
    }
  }
  return pairs;
}

function withDiscount(table: NgramTable): Order {
  let once = 0;
  let twice = 0;
  for (const count of table.counts) {
    if (count === 1) once++;
    else if (count === 2) twice++;
  }
  return { table, discount: once === 0 ? 0.5 : once / (once + 2 * twice) };
}

function contextOf(order: number, u: number, v: number, size: number): number {
  return order === 0 ? u * size + v : order === 1 ? v : 0;
}

/** Draws the next word by walking down the interpolation: successor, or one order lower. */
function drawWord(counts: TrigramCounts, u: number, v: number, uniform: UniformStream): number {
  const size = counts.vocabulary.units.length;
  for (const [index, { table, discount }] of counts.orders.entries()) {
    const position = findContext(table, contextOf(index, u, v, size));
    if (position < 0) continue;
    let rest = uniform() * table.totals[position]!;
    for (let j = table.starts[position]!; j < table.starts[position + 1]!; j++) {
      rest -= table.counts[j]! - discount;
      if (rest < 0) return table.successors[j]!;
    }
  }
  return Math.floor(uniform() * size);
}

function writeText(counts: TrigramCounts, uniform: UniformStream, characters: number): string {
  let [u, v] = [BOUNDARY, BOUNDARY];
  let text = '';
  while (text.length < characters) {
    const word = drawWord(counts, u, v, uniform);
    if (word === UNSEEN) continue;
    text += word === BOUNDARY ? '\n\n' : counts.vocabulary.units[word]!;
    [u, v] = word === BOUNDARY ? [BOUNDARY, BOUNDARY] : [v, word];
  }
  return text;
}

function costOf(counts: TrigramCounts, text: string): TextCost {
  const size = counts.vocabulary.units.length;
  const codes = encodeText(counts.vocabulary, text, 2);
  let bits = 0;
  for (let i = 2; i < codes.length; i++) {
    let chance = 1 / size;
    for (const index of [2, 1, 0] as const) {
      const { table, discount } = counts.orders[index];
      const position = findContext(table, contextOf(index, codes[i - 2]!, codes[i - 1]!, size));
      if (position < 0) continue;
      const count = successorCount(table, position, codes[i]!);
      const lower = discount * successorTypes(table, position) * chance;
      chance = (Math.max(count - discount, 0) + lower) / table.totals[position]!;
    }
    bits -= Math.log2(chance);
  }
  return { bits, units: codes.length - 2 };
}
