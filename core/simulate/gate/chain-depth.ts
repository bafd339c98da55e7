/**
 * How many models stand behind a token of the corpus that generation G trains on (F2). `replace`: s + .. + s^G. In
 * a pool that starts at the planned mix the synthetic tokens of block g are one deeper than the pool of g - 1, and two
 * or more deep where they come of its synthetic tokens; those of g = 1 are 1 deep. Fresh human text comes with each
 * block, a fixed set once. A subsample of the pool is taken to be as deep as the pool.
 */
import type { DomainRisk } from '../../schema/risk.js';
import { depthTail, meanDepth } from '../closed-forms/depth.js';
import type { Loop } from './critical-estimate.js';

/** `syntheticShare` s in [0, 1], the same in each generation. */
export function chainDepth(
  syntheticShare: number,
  { policy, human, horizonGenerations }: Loop,
): DomainRisk['chainDepth'] {
  const [s, generations] = [syntheticShare, horizonGenerations];
  if (policy === 'replace') {
    return { mean: meanDepth(s, generations), shareOfTwoAndMore: depthTail(s, 2, generations) };
  }
  // Tokens in units of a block: all, the sum of depths, those of depth two and more.
  let [size, depth, deep] = [1, s, 0];
  for (let g = 2; g <= generations; g++) {
    const synthetic = s * (g - 1);
    const [mean, share] = [depth / size, synthetic / size];
    depth += s * (1 + mean);
    deep += s * share;
    size += human === 'fixed' ? s : 1;
  }
  return { mean: depth / size, shareOfTwoAndMore: deep / size };
}
