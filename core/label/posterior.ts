/**
 * Posterior over the three truth classes from families of evidence.
 *
 * log p(c) = prior(c) + sum over families f of clamp_T(sum over i in f of strength_i [supports_i = c])
 *
 * Each family is one witness however many signals it has: its sum is scaled down to the clamp of its
 * tier; T3 families share one clamp. Result: sums to 1 within rounding. Cost: linear in evidence.
 */
import type { Evidence, EvidenceTier } from '../schema/evidence.js';
import { TRUTH_LABELS } from '../schema/label.js';
import { CLAMP, EVEN_PRIOR } from './policy.js';

export type Posterior = [humanAuthored: number, humanEdited: number, synthetic: number];

/** Position of the class that an item speaks for; -1 for `unknown`. */
function classOf(item: Evidence): number {
  return (TRUTH_LABELS as readonly string[]).indexOf(item.supports);
}

export function posteriorOf(
  evidence: readonly Evidence[],
  prior: readonly [number, number, number] = EVEN_PRIOR,
): Posterior {
  const witnesses = new Map<string, { tier: EvidenceTier; sums: Posterior }>();
  for (const item of evidence) {
    const truthClass = classOf(item);
    if (truthClass < 0 || item.strength === 0) continue;
    const name = item.tier === 'T3' ? 'T3' : `${item.tier} ${item.family}`;
    const witness = witnesses.get(name) ?? { tier: item.tier, sums: [0, 0, 0] };
    witness.sums[truthClass]! += item.strength;
    witnesses.set(name, witness);
  }
  const logs: Posterior = [prior[0], prior[1], prior[2]];
  for (const { tier, sums } of witnesses.values()) {
    const scale = Math.min(1, CLAMP[tier] / Math.max(...sums));
    for (let c = 0; c < 3; c++) logs[c]! += sums[c]! * scale;
  }
  return softmax(logs);
}

function softmax(logs: Posterior): Posterior {
  const top = Math.max(...logs);
  const weights = logs.map((value) => Math.exp(value - top));
  const total = weights[0]! + weights[1]! + weights[2]!;
  return [weights[0]! / total, weights[1]! / total, weights[2]! / total];
}
