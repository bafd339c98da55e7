/**
 * How many models stand behind a token of the corpus that generation G trains on (F2). `replace`: s + .. + s^G. In
 * a pool that starts at the planned mix the model of block g was trained on blocks 1 .. g - 1 alike, so with mean
 * depth a_g of a block a_1 = s, a_g = s (1 + mean of a_i, i < g), and the pool has the mean of them; depth two and
 * more has share s^2 in each block but the first. A subsample of the pool is taken to be as deep as the pool.
 */
import type { DomainRisk } from '../../schema/risk.js';
import { depthTail, meanDepth } from '../closed-forms/depth.js';
import type { Loop } from './critical-estimate.js';

/** `syntheticShare` s in [0, 1], the same in each generation. */
export function chainDepth(
  syntheticShare: number,
  { policy, horizonGenerations }: Loop,
): DomainRisk['chainDepth'] {
  const [s, generations] = [syntheticShare, horizonGenerations];
  if (policy === 'replace') {
    return { mean: meanDepth(s, generations), shareOfTwoAndMore: depthTail(s, 2, generations) };
  }
  let sum = s;
  for (let g = 2; g <= generations; g++) sum += s * (1 + sum / (g - 1));
  return { mean: sum / generations, shareOfTwoAndMore: (s * s * (generations - 1)) / generations };
}
