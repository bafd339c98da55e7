/**
 * How many distinct words a text has, told by how many slots of a table their hashes mark: linear
 * counting (Whang, Vander-Zanden, Taylor, 1990, DOI 10.1145/78922.78925).
 *
 * Each of n distinct hashes marks one of m slots at random, so (1 - 1/m)^n of the slots stay empty, and
 * n = -m ln(1 - marked / m). Standard error sqrt(m (e^t - t - 1)) with t = n / m; the kernel takes one slot a
 * byte of text or more, so t is about 0.1, and the error 2 % for 100 words, 0.7 % for
 * 1,000. On five real sets: mean error 0.1 to 0.9 %, root mean square 0.7 to 2.9 %.
 */
import { assert } from '../core/schema/failure.js';

/** The count of a word table: slots, and those that some word marked. */
export interface WordMarks {
  readonly slots: number;
  readonly marked: number;
}

/** Distinct words, a whole number in [marked, words]. Exact for texts of a few words, but for luck. */
export function distinctWords({ slots, marked }: WordMarks, words: number): number {
  assert(marked < slots, 'a word takes two bytes, so half the slots stay empty');
  const estimate = Math.round(-slots * Math.log1p(-marked / slots));
  return Math.min(words, Math.max(marked, estimate));
}
