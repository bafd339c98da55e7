/**
 * The demo's three language models are real: each predicts unseen text better than the frequencies
 * of its units do, each writes the same text from the same seed, and no two are alike.
 */
import { describe, expect, it } from 'vitest';
import { buildHuffmanTree } from '../client/demo/huffman-tree.js';
import { readAddresses } from '../client/demo/human-text.js';
import { MODEL_FAMILIES, perplexity } from '../client/demo/language-model.js';
import { buildNgramTable, findContext, successorCount } from '../client/demo/ngram-table.js';
import { isHeldIn, trainingTexts, trainModel } from '../client/demo/synthetic-text.js';
import { uniformStream } from '../client/demo/uniform-stream.js';
import { buildVocabulary, encodeText, splitUnits } from '../client/demo/word-vocabulary.js';

const SEED = 7;
const addresses = readAddresses((year) => year % 8 === 2);
const texts = trainingTexts(addresses, 'government', SEED).slice(0, 140);
const unseen = addresses.filter(({ id }) => !isHeldIn(SEED, id)).slice(0, 30);
const models = MODEL_FAMILIES.map((family) => ({ family, model: trainModel(family, texts, SEED) }));

/** Perplexity of a unigram model of the same units, with one added to every count. */
function unigramPerplexity(train: string[][], test: string[][]): number {
  const counts = new Map<string, number>();
  for (const unit of train.flat()) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  const total = train.flat().length + counts.size + 1;
  const units = test.flat();
  const bits = units.reduce(
    (sum, unit) => sum - Math.log2(((counts.get(unit) ?? 0) + 1) / total),
    0,
  );
  return 2 ** (bits / units.length);
}

/** Units of a model with a vocabulary, unseen words as one unit: what its cost counts. */
function wordUnits(countMin: number): { train: string[][]; test: string[][] } {
  const vocabulary = buildVocabulary(texts, countMin);
  const split = (text: string) => Array.from(encodeText(vocabulary, text, 0), String);
  return { train: texts.map(split), test: unseen.map(({ text }) => split(text)) };
}

const BASELINES: Record<string, () => { train: string[][]; test: string[][] }> = {
  'word-trigram-kn': () => wordUnits(1),
  'neural-hlbl': () => wordUnits(2),
  'char-witten-bell': () => ({
    train: texts.map((text) => [...text]),
    test: unseen.map(({ text }) => [...text]),
  }),
};

describe('each language model of the demo', () => {
  it.each(models)(
    '$family predicts unseen text far better than a unigram model',
    ({ family, model }) => {
      const costs = unseen.map(({ text }) => model.cost(text));
      const bits = costs.reduce((sum, cost) => sum + cost.bits, 0);
      const units = costs.reduce((sum, cost) => sum + cost.units, 0);
      const { train, test } = BASELINES[family]!();
      const reached = perplexity({ bits, units });
      expect(units).toBe(test.flat().length);
      expect(reached).toBeGreaterThan(1);
      expect(reached).toBeLessThan(0.8 * unigramPerplexity(train, test));
    },
  );

  it.each(models)('$family needs more bits for shuffled words than for real text', ({ model }) => {
    const { text } = unseen[0]!;
    const uniform = uniformStream(SEED, 'test-shuffle', '');
    const words = text.split(' ').map((word) => ({ word, rank: uniform() }));
    const shuffled = words.sort((a, b) => a.rank - b.rank).map(({ word }) => word);
    expect(model.cost(shuffled.join(' ')).bits).toBeGreaterThan(1.1 * model.cost(text).bits);
  });

  it.each(models)('$family trained again writes the same text', ({ family, model }) => {
    const twin = trainModel(family, texts, SEED);
    const write = (m: typeof model, id: string) => m.write(uniformStream(SEED, 'test', id), 600);
    expect(write(twin, 'a')).toBe(write(model, 'a'));
    expect(write(model, 'b')).not.toBe(write(model, 'a'));
    expect(write(model, 'a').length).toBeGreaterThanOrEqual(600);
  });

  it('writes text that its own family finds likelier than the other families do', () => {
    const written = models.map(({ model }) =>
      model.write(uniformStream(SEED, 'test', 'own'), 4_000),
    );
    const bits = models.map(({ model }) =>
      written.map((text) => model.cost(text).bits / text.length),
    );
    for (const [reader] of models.entries()) {
      const best = bits
        .map((row) => row[reader]!)
        .indexOf(Math.min(...bits.map((row) => row[reader]!)));
      expect(best).toBe(reader);
    }
  });

  it('gives the 97 next characters chances that sum to 1', () => {
    const { model } = models.find(({ family }) => family === 'char-witten-bell')!;
    const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
    for (const start of ['', 'The people of the', 'Qzxj']) {
      const chances = ['\n', ...printable, 'é'].map((next) => {
        return 2 ** (model.cost(start).bits - model.cost(start + next).bits);
      });
      expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 9);
    }
  });
});

describe('the parts of the models', () => {
  it('split text into units that join to the text again', () => {
    const text = 'It cost $3,000 in 1790.\n\n"We don\'t know," he said -- naïve  spaces.';
    expect(splitUnits(text).join('')).toBe(text);
  });

  it('count pairs as a plain map does', () => {
    const uniform = uniformStream(SEED, 'test-pairs', '');
    const pairs = Float64Array.from({ length: 5_000 }, () => {
      return Math.floor(uniform() * 40) * 16 + Math.floor(uniform() * 16);
    });
    const plain = new Map<number, number>();
    for (const pair of pairs) plain.set(pair, (plain.get(pair) ?? 0) + 1);
    const table = buildNgramTable(pairs, 16);
    for (let pair = 0; pair < 41 * 16; pair++) {
      const position = findContext(table, Math.floor(pair / 16));
      const count = position < 0 ? 0 : successorCount(table, position, pair % 16);
      expect(count).toBe(plain.get(pair) ?? 0);
    }
  });

  it('build a Huffman tree whose mean depth lies within one bit of the entropy', () => {
    const counts = Float64Array.from({ length: 300 }, (_, i) => Math.ceil(10_000 / (i + 1)));
    const tree = buildHuffmanTree(counts);
    const total = counts.reduce((sum, count) => sum + count, 0);
    let entropy = 0;
    let depth = 0;
    for (const [word, count] of counts.entries()) {
      entropy -= (count / total) * Math.log2(count / total);
      depth += (count / total) * (tree.starts[word + 1]! - tree.starts[word]!);
      let node = tree.innerCount - 1;
      for (let p = tree.starts[word]!; p < tree.starts[word + 1]!; p++) {
        expect(tree.nodes[p]).toBe(node);
        node = tree.children[2 * node + tree.turns[p]!]!;
      }
      expect(-1 - node).toBe(word);
    }
    expect(depth).toBeGreaterThanOrEqual(entropy);
    expect(depth).toBeLessThan(entropy + 1);
  });

  it('draw uniform numbers: 100 equal cells, chi-square below its 99.99 % point', () => {
    // 99 degrees of freedom; false alarms at a fresh seed: 1 in 10,000 (critical value 161.3).
    const uniform = uniformStream(SEED, 'test-uniform', 'chi');
    const cells = new Float64Array(100);
    for (let i = 0; i < 100_000; i++) cells[Math.floor(uniform() * 100)]!++;
    const chi = cells.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
    expect(chi).toBeLessThan(161.3);
  });
});
