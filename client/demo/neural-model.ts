/**
 * Family `neural-hlbl`: a hierarchical log-bilinear model, trained by stochastic gradient descent.
 *
 *   q = sum_k c_k * r(w_-k)          predicted feature vector; c_k weighs each coordinate (diagonal)
 *   P(w | context) = product over the path of w of sigmoid(+-(q . n_i + b_i))
 *
 * r are word vectors, n_i and b_i the vector and bias of node i of a Huffman tree, k = 1..CONTEXT.
 * Mnih and Hinton 2008, "A scalable hierarchical distributed language model" (NIPS 21), with the
 * diagonal context matrices of Mnih and Teh 2012. One step costs about 9 nodes x 3 passes of
 * WIDTH multiplications. `Math.exp` is V8's own, so that every machine gets the same numbers.
 */
import { buildHuffmanTree, type HuffmanTree } from './huffman-tree.js';
import type { LanguageModel, TextCost } from './language-model.js';
import { type UniformStream, uniformStream } from './uniform-stream.js';
import type { WordVocabulary } from './word-vocabulary.js';
import { BOUNDARY, buildVocabulary, encodeText, UNSEEN } from './word-vocabulary.js';

const WIDTH = 32;
const CONTEXT = 4;
const EPOCHS = 3;
/** Step size at the start; it falls linearly to a twentieth of this. */
const STEP = 0.12;

interface NeuralModel {
  readonly vocabulary: WordVocabulary;
  readonly tree: HuffmanTree;
  readonly wordVectors: Float32Array;
  readonly nodeVectors: Float32Array;
  readonly nodeBiases: Float32Array;
  readonly contextWeights: Float32Array;
}

export function trainNeuralModel(texts: readonly string[], seed: number): LanguageModel {
  const model = initialise(buildVocabulary(texts, 2), uniformStream(seed, 'demo-neural-start', ''));
  const codes = texts.map((text) => encodeText(model.vocabulary, text, CONTEXT));
  const stepsTotal = EPOCHS * codes.reduce((sum, list) => sum + list.length - CONTEXT, 0);
  const predicted = new Float32Array(WIDTH);
  const gradient = new Float32Array(WIDTH);
  let step = 0;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (const index of shuffled(
      codes.length,
      uniformStream(seed, 'demo-neural-order', `${epoch}`),
    )) {
      const list = codes[index]!;
      for (let i = CONTEXT; i < list.length; i++) {
        learn(model, list, i, STEP * Math.max(1 - step++ / stepsTotal, 0.05), predicted, gradient);
      }
    }
  }
  return {
    write: (uniform, characters) => writeText(model, uniform, characters),
    cost: (text) => costOf(model, text),
  };
}

function initialise(vocabulary: WordVocabulary, uniform: UniformStream): NeuralModel {
  const tree = buildHuffmanTree(vocabulary.counts);
  const wordVectors = new Float32Array(vocabulary.units.length * WIDTH);
  for (let i = 0; i < wordVectors.length; i++) wordVectors[i] = uniform() - 0.5;
  return {
    vocabulary,
    tree,
    wordVectors,
    nodeVectors: new Float32Array(tree.innerCount * WIDTH),
    nodeBiases: new Float32Array(tree.innerCount),
    contextWeights: new Float32Array(CONTEXT * WIDTH).fill(1 / CONTEXT),
  };
}

/** Fisher-Yates; order in which one epoch sees the texts. */
function shuffled(length: number, uniform: UniformStream): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** predicted (WIDTH) <- q for position i of a list of codes. */
function predict(model: NeuralModel, codes: ArrayLike<number>, i: number, predicted: Float32Array) {
  predicted.fill(0);
  for (let k = 0; k < CONTEXT; k++) {
    const word = codes[i - 1 - k]! * WIDTH;
    for (let d = 0; d < WIDTH; d++) {
      predicted[d]! += model.contextWeights[k * WIDTH + d]! * model.wordVectors[word + d]!;
    }
  }
}

/** Chance of turning right at a node. */
function rightChance(model: NeuralModel, node: number, predicted: Float32Array): number {
  let score = model.nodeBiases[node]!;
  for (let d = 0; d < WIDTH; d++) score += predicted[d]! * model.nodeVectors[node * WIDTH + d]!;
  return 1 / (1 + Math.exp(-score));
}

/** One step of gradient ascent on log P(codes[i] | context). */
function learn(
  model: NeuralModel,
  codes: Int32Array,
  i: number,
  rate: number,
  predicted: Float32Array,
  gradient: Float32Array,
): void {
  const { tree, wordVectors, nodeVectors, nodeBiases, contextWeights } = model;
  predict(model, codes, i, predicted);
  gradient.fill(0);
  for (let p = tree.starts[codes[i]!]!; p < tree.starts[codes[i]! + 1]!; p++) {
    const node = tree.nodes[p]!;
    const push = rate * (tree.turns[p]! - rightChance(model, node, predicted));
    for (let d = 0; d < WIDTH; d++) {
      gradient[d]! += push * nodeVectors[node * WIDTH + d]!;
      nodeVectors[node * WIDTH + d]! += push * predicted[d]!;
    }
    nodeBiases[node]! += push;
  }
  for (let k = 0; k < CONTEXT; k++) {
    const word = codes[i - 1 - k]! * WIDTH;
    for (let d = 0; d < WIDTH; d++) {
      const vector = wordVectors[word + d]!;
      wordVectors[word + d]! += gradient[d]! * contextWeights[k * WIDTH + d]!;
      contextWeights[k * WIDTH + d]! += gradient[d]! * vector * 0.1;
    }
  }
}

function drawWord(model: NeuralModel, predicted: Float32Array, uniform: UniformStream): number {
  let node = model.tree.innerCount - 1;
  while (node >= 0) {
    const turn = uniform() < rightChance(model, node, predicted) ? 1 : 0;
    node = model.tree.children[2 * node + turn]!;
  }
  return -1 - node;
}

function writeText(model: NeuralModel, uniform: UniformStream, characters: number): string {
  const predicted = new Float32Array(WIDTH);
  const start: number[] = new Array(CONTEXT).fill(BOUNDARY);
  let written = [...start];
  let text = '';
  while (text.length < characters) {
    predict(model, written, written.length, predicted);
    const word = drawWord(model, predicted, uniform);
    if (word === UNSEEN) continue;
    text += word === BOUNDARY ? '\n\n' : model.vocabulary.units[word]!;
    if (word === BOUNDARY) written = [...start];
    else written.push(word);
  }
  return text;
}

function costOf(model: NeuralModel, text: string): TextCost {
  const { tree } = model;
  const codes = encodeText(model.vocabulary, text, CONTEXT);
  const predicted = new Float32Array(WIDTH);
  let bits = 0;
  for (let i = CONTEXT; i < codes.length; i++) {
    predict(model, codes, i, predicted);
    for (let p = tree.starts[codes[i]!]!; p < tree.starts[codes[i]! + 1]!; p++) {
      const right = rightChance(model, tree.nodes[p]!, predicted);
      bits -= Math.log2(tree.turns[p]! === 1 ? right : 1 - right);
    }
  }
  return { bits, units: codes.length - CONTEXT };
}
