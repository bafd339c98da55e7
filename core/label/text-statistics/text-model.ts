/**
 * A small model of style: logistic regression on character n-grams, trained on what local reviewers
 * said of local text.
 *
 * score(x) = bias + sum over buckets of weight * value, natural log odds of synthetic against
 * human-authored text at even odds: both classes weigh the same in training however many texts they
 * have. Trained by averaged stochastic gradient descent on
 * sum_i c_i log(1 + exp(-y_i score(x_i))) / n + lambda/2 |w|^2, in an order drawn by key, so the same reviews
 * give the same weights. Sources: Bottou, COMPSTAT 2010; Xu, arXiv:1107.2490 (averaging).
 */
import { derive, draw } from '../../random/draw.js';
import { TextGrams } from './text-grams.js';

export interface TextExample {
  /** Stable, so that the order of training does not depend on the order of the list. */
  readonly id: string;
  readonly text: string;
  readonly isSynthetic: boolean;
}

export interface TextModel {
  readonly bits: number;
  readonly bias: number;
  readonly weights: Float32Array;
  /** Texts that it was trained on. */
  readonly examples: number;
}

/** Settings of training: a change of any is another model. */
export const TEXT_TRAINING = {
  bits: 16,
  epochs: 8,
  /** L2 penalty lambda. */
  penalty: 1e-4,
  /** First step length; step t is rate / (1 + rate penalty t). */
  rate: 4,
} as const;

/** Examples as sparse vectors, end to end. */
interface Vectors {
  readonly starts: Uint32Array;
  readonly buckets: Uint32Array;
  readonly values: Float32Array;
  readonly signs: Int8Array;
}

/** Trains a model; null where one of the two classes has no example. */
export function trainTextModel(examples: readonly TextExample[]): TextModel | null {
  const key = derive(0, 'text-model');
  const ranked = examples.map((example) => ({ example, rank: draw(key, example.id) }));
  ranked.sort((a, b) => a.rank - b.rank || (a.example.id < b.example.id ? -1 : 1));
  const ordered = ranked.map(({ example }) => example);
  const synthetic = ordered.filter(({ isSynthetic }) => isSynthetic).length;
  if (synthetic === 0 || synthetic === ordered.length) return null;
  const { bits } = TEXT_TRAINING;
  const vectors = vectorsOf(ordered, bits);
  return { bits, examples: ordered.length, ...descend(vectors, synthetic) };
}

function vectorsOf(examples: readonly TextExample[], bits: number): Vectors {
  const grams = new TextGrams(bits);
  const starts = new Uint32Array(examples.length + 1);
  let buckets = new Uint32Array(1 << 20);
  let values = new Float32Array(1 << 20);
  let used = 0;
  examples.forEach(({ text }, i) => {
    grams.read(text);
    if (used + grams.length > buckets.length) {
      const size = 2 * buckets.length;
      const [moreBuckets, moreValues] = [new Uint32Array(size), new Float32Array(size)];
      moreBuckets.set(buckets);
      moreValues.set(values);
      [buckets, values] = [moreBuckets, moreValues];
    }
    buckets.set(grams.buckets.subarray(0, grams.length), used);
    values.set(grams.values.subarray(0, grams.length), used);
    used += grams.length;
    starts[i + 1] = used;
  });
  const signs = Int8Array.from(examples, ({ isSynthetic }) => (isSynthetic ? 1 : -1));
  return { starts, buckets, values, signs };
}

/**
 * Averaged descent. The weights are `scale * weights`, so that the penalty costs one product a step;
 * their sum over the second half of the steps is kept as `total * weights - lag` in the same lazy way.
 */
function descend(
  { starts, buckets, values, signs }: Vectors,
  synthetic: number,
): { bias: number; weights: Float32Array } {
  const { bits, epochs, penalty, rate } = TEXT_TRAINING;
  const examples = signs.length;
  const costs = [0, examples / (2 * synthetic), examples / (2 * (examples - synthetic))];
  const weights = new Float64Array(2 ** bits);
  const lag = new Float64Array(2 ** bits);
  const steps = epochs * examples;
  const first = steps >> 1;
  let [scale, bias, total, biasTotal] = [1, 0, 0, 0];
  for (let step = 0; step < steps; step++) {
    const i = step % examples;
    const sign = signs[i]!;
    const [start, end] = [starts[i]!, starts[i + 1]!];
    let score = 0;
    for (let at = start; at < end; at++) score += weights[buckets[at]!]! * values[at]!;
    score = score * scale + bias;
    const length = rate / (1 + rate * penalty * step);
    const slope = (sign * costs[sign > 0 ? 1 : 2]!) / (1 + Math.exp(sign * score));
    scale *= 1 - length * penalty;
    const change = (length * slope) / scale;
    for (let at = start; at < end; at++) {
      const bucket = buckets[at]!;
      weights[bucket]! += change * values[at]!;
      lag[bucket]! += total * change * values[at]!;
    }
    bias += 0.01 * length * slope;
    if (step < first) continue;
    total += scale;
    biasTotal += bias;
  }
  const averaged = steps - first;
  const mean = Float32Array.from(weights, (weight, b) => (total * weight - lag[b]!) / averaged);
  return { weights: mean, bias: Math.fround(biasTotal / averaged) };
}

const tables = new Map<number, TextGrams>();

/** One table of n-grams per size serves all texts. */
function gramsOf(bits: number): TextGrams {
  const known = tables.get(bits) ?? new TextGrams(bits);
  tables.set(bits, known);
  return known;
}

/**
 * Natural log odds that a text is synthetic rather than human-authored, at even odds, as the model
 * sees it: uncalibrated. Cost: linear in the characters read, at most `TEXT_CHARACTERS`.
 */
export function textScore({ bits, bias, weights }: TextModel, text: string): number {
  const grams = gramsOf(bits);
  grams.read(text);
  let score = bias;
  for (let i = 0; i < grams.length; i++) score += weights[grams.buckets[i]!]! * grams.values[i]!;
  return score;
}
