/**
 * How many models stand behind a token at the horizon (F2). `replace`: a token is synthetic with chance s, and then
 * its model was trained on the corpus before: mean s + s^2 + .. + s^G -> s / (1 - s), P(depth >= 2) = s^2. In a pool
 * the model of block g was trained on blocks 1 .. g - 1 alike: a_g = s (1 + mean of a_i, i < g).
 */
import type { DomainRisk } from '../../schema/risk.js';
import type { Loop } from './critical-estimate.js';

/** `syntheticShare` s in [0, 1], constant; mean and share of the corpus that generation G trains on. */
export function chainDepth(
  syntheticShare: number,
  { policy, horizonGenerations }: Loop,
): DomainRisk['chainDepth'] {
  const s = syntheticShare;
  let [mean, deep] = [s, 0];
  let [meanSum, deepSum, syntheticSum] = [s, 0, s];
  for (let g = 2; g <= horizonGenerations; g++) {
    const before = g - 1;
    const isPool = policy !== 'replace';
    const parentMean = isPool ? meanSum / before : mean;
    mean = s * (1 + parentMean);
    deep = s * (isPool ? syntheticSum / before : s);
    meanSum += mean;
    deepSum += deep;
    syntheticSum += s;
  }
  if (policy === 'replace') return { mean, shareOfTwoAndMore: deep };
  return { mean: meanSum / horizonGenerations, shareOfTwoAndMore: deepSum / horizonGenerations };
}
