/**
 * What the demo's three language models have in common. Each is trained on a list of texts, can
 * write a new text, and can say how many bits it needs for a text that it has not seen; that last
 * figure is what the tests compare with a unigram baseline of the same units.
 */
import type { UniformStream } from './uniform-stream.js';

/** Cost of a held-out text in a model's own units (words with their white space, or characters). */
export interface TextCost {
  readonly bits: number;
  readonly units: number;
}

export interface LanguageModel {
  /** Writes about `characters` characters; the same stream gives the same text. */
  write(uniform: UniformStream, characters: number): string;
  cost(text: string): TextCost;
}

export const MODEL_FAMILIES = ['word-trigram-kn', 'char-witten-bell', 'neural-hlbl'] as const;
export type DemoFamily = (typeof MODEL_FAMILIES)[number];

/** Perplexity per unit: 2^(bits / unit). */
export function perplexity(cost: TextCost): number {
  return 2 ** (cost.bits / cost.units);
}
