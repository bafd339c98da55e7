/**
 * The texts of one run of the loop: documents in an order drawn by the seed, some held out, the rest as training
 * text, coded by the frozen human vocabulary, the types of the training text; every other word of the held-out
 * documents is the one unknown word, whose code is the size of the vocabulary.
 */
import { derive } from '../../random/draw.js';
import { RandomStream } from '../../random/stream.js';
import type { WordSample } from '../../schema/risk.js';
import { type Corpus, shuffled } from './corpus.js';

export interface SplitText {
  /** Types of the training text. */
  readonly vocabulary: number;
  readonly training: Corpus;
  readonly heldOut: Corpus;
}

/** Least share of documents that is held out. */
export const LEAST_HOLDOUT = 0.1;
/** Training text of fewer words says nothing about a loop. */
export const LEAST_WORDS = 100;

/** Splits a sample for one run; null where there are no held-out documents or
 * fewer than LEAST_WORDS training words. `holdout`: share of documents. */
export function splitSample(
  sample: WordSample,
  { seed, run, holdout }: { readonly seed: number; readonly run: number; readonly holdout: number },
): SplitText | null {
  const documents = sample.documents.map(({ words }) => words).filter(({ length }) => length > 0);
  const stream = new RandomStream(derive(seed, 'loop-documents', sample.domain, run));
  const order = shuffled(documents.length, stream);
  const heldOutCount = Math.ceil(holdout * documents.length);
  const held = [...order.subarray(0, heldOutCount)].map((i) => documents[i]!);
  const trained = [...order.subarray(heldOutCount)].map((i) => documents[i]!);
  const trainedWords = trained.reduce((sum, { length }) => sum + length, 0);
  if (held.length === 0 || trainedWords < LEAST_WORDS) return null;
  const codes = new Int32Array(sample.vocabulary.length).fill(-1);
  let vocabulary = 0;
  for (const words of trained) for (const word of words) codes[word] = 0;
  for (let word = 0; word < codes.length; word++) if (codes[word] === 0) codes[word] = vocabulary++;
  for (let word = 0; word < codes.length; word++) if (codes[word] === -1) codes[word] = vocabulary;
  return { vocabulary, training: coded(trained, codes), heldOut: coded(held, codes) };
}

function coded(documents: readonly (readonly number[])[], codes: Int32Array): Corpus {
  const words = new Int32Array(documents.reduce((sum, { length }) => sum + length, 0));
  const starts = new Int32Array(documents.length);
  let length = 0;
  documents.forEach((document, d) => {
    starts[d] = length;
    for (const word of document) words[length++] = codes[word]!;
  });
  return { words, starts };
}
