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
 * K = 1 - sum over non-empty sets A of classes of (-1)^(|A|+1) prod_f q_f(A), where
 * q_f(A) = min over c in A of p_f(c) and p_f(c) = e^(s_f(c) - max s_f), the plausibility of a class.
 * Result in [0, 1]; 0: nobody contradicts; (1 - e^-s)(1 - e^-t) for two opposed witnesses. A score
 * for routing to people; it never labels (Zadeh's paradox). Source: Shafer, A Mathematical Theory of
 * Evidence, 1976, ch. 3 (the rule), 11 (consonant belief from likelihoods).
 */
export function conflictOf(evidence: readonly Evidence[]): number {
  const common = CLASS_SETS.map(() => 1);
  for (const sums of witnessesOf(evidence)) {
    const top = Math.max(...sums);
    CLASS_SETS.forEach((set, i) => {
      common[i]! *= Math.exp(Math.min(...set.map((c) => sums[c]!)) - top);
    });
  }
  const possible = common.reduce(
    (sum, mass, i) => sum + (CLASS_SETS[i]!.length === 2 ? -mass : mass),
    0,
  );
  return possible > 1 - CONFLICT_ROUNDING ? 0 : Math.min(1, 1 - possible);
}

/** Below this a conflict is the rounding of the sum: seven terms of at most 1. */
const CONFLICT_ROUNDING = 1e-14;

/** The non-empty sets of classes, by their positions. */
const CLASS_SETS: readonly (readonly number[])[] = [
  [0],
  [1],
  [2],
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 1, 2],
];

function softmax(logs: Posterior): Posterior {
  const top = Math.max(...logs);
  const weights = logs.map((value) => Math.exp(value - top));
  const total = weights[0]! + weights[1]! + weights[2]!;
  return [weights[0]! / total, weights[1]! / total, weights[2]! / total];
}
