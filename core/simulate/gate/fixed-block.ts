/**
 * What becomes of one copy where the human text of every generation is one and the same set. Coverage is read
 * against 1 - e^{-c}, so c is an expected count of human text, and the set holds Poisson(alpha c) copies: drawn once
 * where fresh text is drawn each time, hence equal to it at g = 1. At w = 0 that is the provable floor, at alpha = 1 all
 * human text. (b f_g)^c of B6 takes c as the exact count of a text that the set is cut from; its coverage passes 1.
 */
import type { Scenario } from '../../schema/risk.js';
import { absentOutsideBlock } from '../closed-forms/branching.js';
import { absentSubsampled } from '../closed-forms/pool.js';

interface BlockLine {
  /** alpha in [0, 1]. */
  readonly humanShare: number;
  /** w in [0, 1]. */
  readonly suppression: number;
}

/** `log`: of the chance that the synthetic line of a copy is lost; `newcomers`: copies expected of the set. A type is absent with exp(c (log - newcomers)). */
export interface BlockLoss {
  readonly log: number;
  readonly newcomers: number;
}

/**
 * By g >= 1. replace: log f_g, alpha. accumulate: -b w, alpha. accumulate-subsample: -b w (1 - F_1), alpha (1 - F_1 .. F_G):
 * the set is in the sample unless every one of its G copies of a word misses it. Errors: `USAGE`.
 */
export function fixedBlockLoss(
  line: BlockLine,
  policy: Scenario['policy'],
  generations: number,
): BlockLoss {
  const { humanShare, suppression } = line;
  const m = (1 - humanShare) * suppression;
  if (policy === 'accumulate') return { log: -m, newcomers: humanShare };
  if (policy === 'replace') {
    const lost = absentOutsideBlock({ ...line, copies: 1 }, generations);
    return { log: Math.log(lost), newcomers: humanShare };
  }
  const alone = { copies: 1, humanShare: 0, suppression: m, human: 'fixed' as const };
  const line1 = absentSubsampled(alone, generations);
  const both = absentSubsampled({ ...line, copies: 1, human: 'fixed' }, generations);
  return { log: Math.log(line1), newcomers: 1 - both / line1 };
}
