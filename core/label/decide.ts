/**
 * From evidence to a label (policy labels-v1). A label needs a posterior of .95 and support of T1 or
 * T2 that nothing of the same or a higher tier opposes; strong both ways is a conflict, which stays
 * visible; weak evidence alone never decides.
 */
import type { Evidence, EvidenceTier } from '../schema/evidence.js';
import type { TruthLabel, UnknownReason } from '../schema/label.js';
import { TRUTH_LABELS } from '../schema/label.js';
import { POSTERIOR_MIN } from './policy.js';
import type { Posterior } from './posterior.js';

export type LabelDecision =
  | { readonly label: TruthLabel; readonly unknownReason: null }
  | { readonly label: 'unknown'; readonly unknownReason: UnknownReason };

/** The labels that evidence of a tier speaks for. */
function supported(evidence: readonly Evidence[], tier: EvidenceTier): Set<string> {
  const counts = evidence.filter(
    (item) => item.tier === tier && item.strength > 0 && item.supports !== 'unknown',
  );
  return new Set(counts.map((item) => item.supports));
}

export function decideLabel(evidence: readonly Evidence[], posterior: Posterior): LabelDecision {
  const decisive = supported(evidence, 'T1');
  const strong = decisive.size > 0 ? decisive : supported(evidence, 'T2');
  if (strong.size > 1) return { label: 'unknown', unknownReason: 'conflict' };
  if (strong.size === 0) {
    const weak = supported(evidence, 'T3').size > 0;
    return { label: 'unknown', unknownReason: weak ? 'weak' : 'no_evidence' };
  }
  const index = TRUTH_LABELS.findIndex((label) => strong.has(label));
  if (posterior[index]! < POSTERIOR_MIN) return { label: 'unknown', unknownReason: 'weak' };
  return { label: TRUTH_LABELS[index]!, unknownReason: null };
}
