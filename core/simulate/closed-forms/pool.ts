/**
 * Types in a pool that only grows (B7): their rate, and whether they are there or in a sample of it. Lines as in `branching.ts`.
 */
import { absentBy, COPIES, type Line, type Loss, offspring, type TypeLine } from './branching.js';
import { assertInRange, TIME } from './formula.js';

/**
 * B7: mean frequency of a type in an accumulated pool of t equal blocks over its human frequency.
 *
 * r_1 = 1 (the first block is human), r_(t+1) = (r_t (t + b w) + alpha) / (t + 1); at alpha = 0 that is
 * Gamma(t + w) / (Gamma(1 + w) Gamma(t + 1)) ~ t^-(1 - w) / Gamma(1 + w). `blocks` t >= 1; alpha, w as B1. E.
 * A type never leaves the pool. Errors: `USAGE`.
 */
export function poolRatio(line: Line, blocks: number): number {
  const m = offspring('B7', line);
  assertInRange('B7', 't', blocks, { ...TIME, min: 1 });
  let ratio = 1;
  for (let t = 1; t < blocks; t++) ratio += ((m - 1) * ratio + line.humanShare) / (t + 1);
  return ratio;
}

/** A line in a pool, and how the human text of its generations comes about. */
export interface PoolLine extends Line {
  readonly human: 'fresh' | 'fixed';
}

/** Nothing is lost at g = 0. */
const KEPT: Loss = { log: Number.NEGATIVE_INFINITY, newcomers: 0 };

/** Loss by g in the pool itself: fresh -b w and alpha g newcomers; fixed log b - b w. */
export function lossAccumulated(line: PoolLine, generations: number): Loss {
  const m = offspring('B7', line);
  assertInRange('B7', 'g', generations, TIME);
  if (generations === 0) return KEPT;
  if (line.human === 'fixed') return { log: Math.log1p(-line.humanShare) - m, newcomers: 0 };
  return { log: -m, newcomers: line.humanShare * generations };
}

/**
 * Chance that a type is absent from an accumulated pool that starts at the planned mix (g = 1).
 *
 * fresh: exp(-c (alpha + b w)) exp(-alpha c (g - 1)); fixed: (b exp(-b w))^c; 0 at g = 0 for c > 0. A type that is
 * absent comes back by fresh human text only, and one that is present never leaves. Parameters as B1. A. Errors: `USAGE`.
 */
export function absentAccumulated(line: TypeLine & PoolLine, generations: number): number {
  assertInRange('B7', 'c', line.copies, COPIES);
  return absentBy(line.copies, lossAccumulated(line, generations));
}

/**
 * Chance that one copy, in the pool from g on, has no copy and no descendant in the sample of G, g = 1 .. G.
 *
 * F_G = 1 - 1/s_G, F_g = F_{g+1} (1 - 1/s_g + exp(m (F_{g+1} - 1)) / s_g): a copy is in the sample of g with chance 1/s_g and
 * has there a Poisson number of copies, mean m, in the next block; it stays in the pool. `size` s_g: the pool in units
 * of n, g where each generation adds n words. Result: 1 - F_1, the sum of 1 - F_g, and the sum of ln F_g.
 */
export function sampleMiss(
  m: number,
  last: number,
  size: (g: number) => number = (g) => g,
): { first: number; sum: number; log: number } {
  let missed = 1 - 1 / size(last);
  let [sum, log] = [1 - missed, Math.log(missed)];
  for (let g = last - 1; g >= 1; g--) {
    missed *= 1 + Math.expm1(m * (missed - 1)) / size(g);
    sum += 1 - missed;
    log += Math.log(missed);
  }
  return { first: 1 - missed, sum, log };
}

/** Loss by g in the samples of a pool: fresh -b w (1 - F_1) and alpha sum (1 - F_g); fixed log (b + alpha F_1 .. F_G) - b w (1 - F_1). */
export function lossSubsampled(line: PoolLine, generations: number): Loss {
  const m = offspring('B7', line);
  assertInRange('B7', 'g', generations, TIME);
  if (generations === 0) return KEPT;
  const { first, sum, log } = sampleMiss(m, generations);
  if (line.human === 'fresh') return { log: -m * first, newcomers: line.humanShare * sum };
  return { log: Math.log1p(line.humanShare * Math.expm1(log)) - m * first, newcomers: 0 };
}

/**
 * Chance that a type is absent from a sample of n words, without replacement, of a pool that starts at the planned
 * mix (g = 1) and grows by n words in each generation; each model trains on its sample.
 *
 * fresh: exp(-b w c (1 - F_1) - alpha c sum_{g<=G} (1 - F_g)); fixed: (b + alpha F_1 .. F_G)^c exp(-b w c (1 - F_1)), F_g as
 * above. At alpha = 1, fresh: e^{-c}. 0 at g = 0 for c > 0. Parameters as B1; exact for Poisson copies that are sampled
 * independently. A. Errors: `USAGE`. Source: derived.
 */
export function absentSubsampled(line: TypeLine & PoolLine, generations: number): number {
  assertInRange('B7', 'c', line.copies, COPIES);
  return absentBy(line.copies, lossSubsampled(line, generations));
}
