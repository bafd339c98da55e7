/**
 * From evidence to a label (policy labels-v2). A label needs the posterior that the recipe asks for
 * and support of T1 or T2 that nothing of the same or a higher tier opposes; strong both ways is a
 * conflict, which stays visible; weak evidence alone never decides. Dates that contradict each other are
 * a conflict by themselves, whatever else is missing.
 */
import type { Evidence, EvidenceTier } from '../schema/evidence.js';
import type { TruthLabel, UnknownReason } from '../schema/label.js';
import { TRUTH_LABELS } from '../schema/label.js';
import type { LabelPolicy } from '../schema/recipe.js';
import type { Posterior } from './posterior.js';

export type LabelDecision =
  | { readonly label: TruthLabel; readonly unknownReason: null }
  | { readonly label: 'unknown'; readonly unknownReason: UnknownReason };

/** The labels that evidence of a tier speaks for, or against. */
function named(
  evidence: readonly Evidence[],
  tier: EvidenceTier,
  direction: Evidence['direction'],
): Set<string> {
  const counts = evidence.filter(
    (item) =>
      item.tier === tier &&
      item.direction === direction &&
      item.strength > 0 &&
      item.supports !== 'unknown',
  );
  return new Set(counts.map((item) => item.supports));
}

/** True if a claimed date is contradicted by another that nobody can argue away. */
function hasDateConflict(evidence: readonly Evidence[]): boolean {
  return evidence.some(
    ({ family, direction, strength }) =>
      family === 'date' && direction === 'against' && strength > 0,
  );
}

export function decideLabel(
  evidence: readonly Evidence[],
  posterior: Posterior,
  { thresholds }: Pick<LabelPolicy, 'thresholds'>,
): LabelDecision {
  const decisive = named(evidence, 'T1', 'for');
  const tier = decisive.size > 0 ? 'T1' : 'T2';
  const strong = decisive.size > 0 ? decisive : named(evidence, 'T2', 'for');
  if (strong.size > 1) return { label: 'unknown', unknownReason: 'conflict' };
  if (strong.size === 0) {
    if (hasDateConflict(evidence)) return { label: 'unknown', unknownReason: 'conflict' };
    const weak = named(evidence, 'T3', 'for').size > 0;
    return { label: 'unknown', unknownReason: weak ? 'weak' : 'no_evidence' };
  }
  const label = TRUTH_LABELS.find((known) => strong.has(known))!;
  const against = [...named(evidence, 'T1', 'against')];
  if (tier === 'T2') against.push(...named(evidence, 'T2', 'against'));
  if (against.includes(label)) return { label: 'unknown', unknownReason: 'conflict' };
  if (posterior[TRUTH_LABELS.indexOf(label)]! < thresholds[label])
    return { label: 'unknown', unknownReason: 'weak' };
  return { label, unknownReason: null };
}
