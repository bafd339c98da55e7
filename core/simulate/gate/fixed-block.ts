/**
 * What becomes of one copy where human text is one and the same set. Coverage is read against 1 - e^{-c}, so c is an
 * expected count of human text, and the set holds Poisson(alpha c) copies: drawn once where fresh text is drawn each
 * time, hence equal to it at g = 1. At w = 0 that is the provable floor, at alpha = 1 all human text. (b f_g)^c of B6 takes
 * c as the exact count of a text that the set is cut from; its coverage passes 1.
 *
 * `replace` holds the set in every generation. A pool holds it once, from the planned mix on: later generations add
 * their synthetic words, so that a pool of G blocks has alpha + b G times n words.
 */
import type { Scenario } from '../../schema/risk.js';
import { type Line, type Loss, lineAfter, offspring } from '../closed-forms/branching.js';
import { sampleMiss } from '../closed-forms/pool.js';

/**
 * By g >= 1. replace: log f_g, alpha. accumulate: -b w, alpha. accumulate-subsample: -b w (1 - F_1), alpha (1 - F_1), F of
 * `sampleMiss` with s_g = alpha + b g. Errors: `USAGE`.
 */
export function fixedBlockLoss(line: Line, policy: Scenario['policy'], generations: number): Loss {
  const m = offspring('S0', line);
  const { humanShare } = line;
  if (policy === 'accumulate') return { log: -m, newcomers: humanShare };
  if (policy === 'replace') {
    return { log: Math.log1p(-lineAfter(m, generations).alive), newcomers: humanShare };
  }
  const { first } = sampleMiss(m, generations, (g) => humanShare + (1 - humanShare) * g);
  return { log: -m * first, newcomers: humanShare * first };
}
