/**
 * Copies of one type from corpus to corpus: each has a Poisson number of offspring, mean m = b w. Fresh human text adds
 * Poisson(alpha c) copies in each generation; a fixed block holds each of the c copies with chance alpha, and is in every
 * corpus. g = 0 has c copies.
 */
import { binomial, poisson } from '../../random/samplers.js';
import type { RandomStream } from '../../random/stream.js';
import type { Spread } from './trust.js';

export interface CopiesLoop {
  readonly copies: number;
  readonly humanShare: number;
  readonly suppression: number;
  readonly human: 'fresh' | 'fixed';
}

/** Counts at g = 1 .. last. */
export function copiesChain(
  stream: RandomStream,
  loop: CopiesLoop,
  last: number,
  read: (g: number, count: number) => void,
): void {
  const { copies, humanShare, suppression, human } = loop;
  const m = (1 - humanShare) * suppression;
  const block = human === 'fixed' ? binomial(stream, copies, humanShare) : 0;
  const fresh = human === 'fresh' ? humanShare * copies : 0;
  let count = copies;
  for (let g = 1; g <= last; g++) {
    count = poisson(stream, m * count + fresh) + block;
    read(g, count);
  }
}

/** First three cumulants at g given the block: those of block + Poisson(m N + fresh). */
function cumulantsGiven(
  { copies, m, fresh, block }: { copies: number; m: number; fresh: number; block: number },
  g: number,
): [first: number, second: number, third: number] {
  let [first, second, third] = [copies, 0, 0];
  for (let i = 0; i < g; i++) {
    const drawn = m * first + fresh;
    third = m ** 3 * third + 3 * m * m * second + drawn;
    second = m * m * second + drawn;
    first = drawn + block;
  }
  return [first, second, third];
}

/**
 * Variance and skewness of the count at g. Given the block B its cumulants k1, k2, k3 are linear in B, so over blocks
 * variance = E k2 + k1'^2 Var B and third = E k3 + 3 k1' k2' Var B + k1'^3 E(B - EB)^3, with slopes k1', k2'. Exact.
 */
export function copiesCumulants(loop: CopiesLoop, g: number): Spread {
  const { copies, humanShare, suppression, human } = loop;
  const isFixed = human === 'fixed';
  const line = {
    copies,
    m: (1 - humanShare) * suppression,
    fresh: isFixed ? 0 : humanShare * copies,
  };
  const none = cumulantsGiven({ ...line, block: 0 }, g);
  const one = cumulantsGiven({ ...line, block: 1 }, g);
  const slopes = one.map((k, i) => k - none[i]!) as [number, number, number];
  const mean = isFixed ? copies * humanShare : 0;
  const spread = mean * (1 - humanShare);
  const variance = none[1] + slopes[1] * mean + slopes[0] ** 2 * spread;
  const third =
    none[2] +
    slopes[2] * mean +
    3 * slopes[0] * slopes[1] * spread +
    slopes[0] ** 3 * spread * (1 - 2 * humanShare);
  return { variance, skewness: variance > 0 ? third / variance ** 1.5 : 0 };
}
