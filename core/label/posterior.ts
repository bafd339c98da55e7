/**
 * Posterior over the three truth classes from families of evidence.
 *
 * log p(c) = prior(c) + sum over families f of clamp_T(sum over i in f of s_i [about_i = c])
 *
 * where s_i is the item's strength, negative where it speaks against the class. Each family is one
 * witness however many signals it has: its sums are scaled down to the clamp of its tier; T3
 * families share one clamp. Result: sums to 1 within rounding. Cost: linear in evidence.
 */
import type { Evidence, EvidenceTier } from '../schema/evidence.js';
import { TRUTH_LABELS } from '../schema/label.js';
import { CLAMP, EVEN_PRIOR } from './policy.js';

export type Posterior = [humanAuthored: number, humanEdited: number, synthetic: number];

interface Witness {
  readonly tier: EvidenceTier;
  readonly sums: Posterior;
}

/** Position of the class that an item is about; -1 for `unknown`. */
function classOf(item: Evidence): number {
  return (TRUTH_LABELS as readonly string[]).indexOf(item.supports);
}

/** What each witness says about each class, within its clamp. */
function witnessesOf(evidence: readonly Evidence[]): Posterior[] {
  const witnesses = new Map<string, Witness>();
  for (const item of evidence) {
    const truthClass = classOf(item);
    if (truthClass < 0 || item.strength === 0) continue;
    const name = item.tier === 'T3' ? 'T3' : `${item.tier} ${item.family}`;
    const witness = witnesses.get(name) ?? { tier: item.tier, sums: [0, 0, 0] };
    witness.sums[truthClass]! += item.direction === 'for' ? item.strength : -item.strength;
    witnesses.set(name, witness);
  }
  return [...witnesses.values()].map(({ tier, sums }) => {
    const largest = Math.max(...sums.map(Math.abs));
    const scale = largest === 0 ? 1 : Math.min(1, CLAMP[tier] / largest);
    return sums.map((sum) => sum * scale) as Posterior;
  });
}

export function posteriorOf(
  evidence: readonly Evidence[],
  prior: readonly [number, number, number] = EVEN_PRIOR,
): Posterior {
  const logs: Posterior = [prior[0], prior[1], prior[2]];
  for (const sums of witnessesOf(evidence)) {
    for (let c = 0; c < 3; c++) logs[c]! += sums[c]!;
  }
  return softmax(logs);
}

/**
 * Conflict K of the witnesses: the mass that Dempster's rule gives to the empty set,
 * K = 1 - (sum over c of prod_f (m_f(c) + m_f(any)) - 2 prod_f m_f(any)), where a witness commits
 * m_f(c) = (1 - e^-|s|) of its belief. 0: nobody contradicts. A score for routing to people; it never
 * labels (Zadeh's paradox). Source: Shafer, A Mathematical Theory of Evidence, 1976, ch. 3.
 */
export function conflictOf(evidence: readonly Evidence[]): number {
  const together: Posterior = [1, 1, 1];
  let undecided = 1;
  for (const sums of witnessesOf(evidence)) {
    const low = Math.min(...sums);
    const raised = sums.map((sum) => sum - low);
    const best = raised.indexOf(Math.max(...raised));
    const [second, first] = [...raised].sort((a, b) => a - b).slice(1);
    const mass = 1 - Math.exp(-(first! - second!));
    for (let c = 0; c < 3; c++) together[c]! *= c === best ? 1 : 1 - mass;
    undecided *= 1 - mass;
  }
  const consistent = together[0] + together[1] + together[2] - 2 * undecided;
  return Math.min(1, Math.max(0, 1 - consistent));
}

function softmax(logs: Posterior): Posterior {
  const top = Math.max(...logs);
  const weights = logs.map((value) => Math.exp(value - top));
  const total = weights[0]! + weights[1]! + weights[2]!;
  return [weights[0]! / total, weights[1]! / total, weights[2]! / total];
}
