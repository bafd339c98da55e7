/**
 * Types in a pool that only grows (B7): their rate, and whether they are there. Lines as in `branching.ts`.
 */
import { COPIES, type Line, lostAll, offspring, type TypeLine } from './branching.js';
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

/**
 * Chance that a type is absent from an accumulated pool that starts at the planned mix (g = 1).
 *
 * fresh: exp(-c (alpha + b w)) exp(-alpha c (g - 1)); fixed: (b exp(-b w))^c; 0 at g = 0 for c > 0. A type that is
 * absent comes back by fresh human text only, and one that is present never leaves. Parameters as B1. A. Errors: `USAGE`.
 */
export function absentAccumulated(
  line: TypeLine & { readonly human: 'fresh' | 'fixed' },
  generations: number,
): number {
  const m = offspring('B7', line);
  assertInRange('B7', 'c', line.copies, COPIES);
  assertInRange('B7', 'g', generations, TIME);
  const { copies, humanShare, human } = line;
  if (generations === 0) return copies === 0 ? 1 : 0;
  if (human === 'fixed') return lostAll(copies, Math.log1p(-humanShare) - m, 0);
  return Math.exp(-copies * (m + humanShare * generations));
}
