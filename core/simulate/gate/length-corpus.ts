/** Documents as numbers: their count, sum and sum of squares, and the numbers themselves where they are needed. */
import { chiSquare, normal } from '../../random/samplers.js';
import type { RandomStream } from '../../random/stream.js';

export interface Corpus {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  /** Empty where sums are enough. */
  readonly kept: Float64Array;
}

export interface Law {
  readonly mean: number;
  readonly variance: number;
}

const NONE = new Float64Array(0);

/**
 * `count` documents of N(mean, variance). Without keeping them: the mean is N(mean, variance / count), the sum of
 * squares about it variance chi-square(count - 1), independent. Exact.
 */
export function drawDocuments(
  { count, law, keep }: { count: number; law: Law; keep: boolean },
  stream: RandomStream,
): Corpus {
  if (count === 0) return { count: 0, sum: 0, squares: 0, kept: NONE };
  const sd = Math.sqrt(law.variance);
  if (keep)
    return corpusOf(Float64Array.from({ length: count }, () => law.mean + sd * normal(stream)));
  const mean = law.mean + (sd / Math.sqrt(count)) * normal(stream);
  const about = count > 1 ? law.variance * chiSquare(stream, count - 1) : 0;
  return { count, sum: count * mean, squares: about + count * mean * mean, kept: NONE };
}

function corpusOf(kept: Float64Array): Corpus {
  let [sum, squares] = [0, 0];
  for (const value of kept) {
    sum += value;
    squares += value * value;
  }
  return { count: kept.length, sum, squares, kept };
}

export function addDocuments(a: Corpus, b: Corpus): Corpus {
  const kept = new Float64Array(a.kept.length + b.kept.length);
  kept.set(a.kept);
  kept.set(b.kept, a.kept.length);
  return { count: a.count + b.count, sum: a.sum + b.sum, squares: a.squares + b.squares, kept };
}

/** Mean and unbiased variance (n - 1) of at least two documents. */
export function momentsOfCorpus({ count, sum, squares }: Corpus): Law {
  const mean = sum / count;
  return { mean, variance: Math.max(0, squares - count * mean * mean) / (count - 1) };
}
