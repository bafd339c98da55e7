/**
 * Random groups of documents, by keyed draws on their ids. The even groups are half A, which bins types
 * by their copies; the odd ones half B, which tells their rates, so that no count judges itself. Leaving out one group
 * at a time gives the standard errors of what is measured (delete-a-group jackknife).
 */
import { derive, draw, type Key } from '../../random/draw.js';

export const GROUPS = 20;

export function groupKey(seed: number, source: string): Key {
  return derive(seed, 'risk-group', source);
}

/** Group of a document, 0..19. */
export function groupOf(key: Key, documentId: string): number {
  return Math.floor(draw(key, documentId) * GROUPS);
}

export function isHalfA(group: number): boolean {
  return group % 2 === 0;
}

/** Key of the draws that choose documents for the n-gram loop; independent of the groups. */
export function sampleKey(seed: number, source: string): Key {
  return derive(seed, 'risk-sample', source);
}

/** Words of a domain that the loop gets at least, where there are so many. */
const SAMPLE_WORDS_LEAST = 20_000;
/** Rates step by this factor, so that a little more text elsewhere leaves a domain's sample as it is. */
const RATE_STEPS_PER_OCTAVE = 8;

/**
 * Share of the human documents of a domain that the loop gets: its part of the wanted words in proportion
 * to human words, at least 20,000, rounded up to the next 2^(k/8).
 */
export function sampleRate(wanted: number, wordsOfDomain: number, wordsOfAll: number): number {
  if (wordsOfDomain === 0) return 0;
  const words = Math.max(SAMPLE_WORDS_LEAST, (wanted * wordsOfDomain) / wordsOfAll);
  const steps = Math.ceil(Math.log2(words / wordsOfDomain) * RATE_STEPS_PER_OCTAVE);
  return Math.min(1, 2 ** (steps / RATE_STEPS_PER_OCTAVE));
}
