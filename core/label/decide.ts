/**
 * From evidence to a label (policy labels-v2). One decisive label (T1) that no decisive evidence opposes
 * is the label, whatever weaker evidence and the rate of the source say. Else a label needs the posterior
 * that the recipe asks for and support of T2 that nothing of T2 opposes; strong both ways is a
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
  if (decisive.size > 0) return decided(decisive, named(evidence, 'T1', 'against'));
  const strong = named(evidence, 'T2', 'for');
  if (strong.size === 0) {
    if (hasDateConflict(evidence)) return { label: 'unknown', unknownReason: 'conflict' };
    const weak = named(evidence, 'T3', 'for').size > 0;
    return { label: 'unknown', unknownReason: weak ? 'weak' : 'no_evidence' };
  }
  const opposed = [...named(evidence, 'T1', 'against'), ...named(evidence, 'T2', 'against')];
  const decision = decided(strong, new Set(opposed));
  if (decision.unknownReason !== null) return decision;
  if (posterior[TRUTH_LABELS.indexOf(decision.label)]! < thresholds[decision.label])
    return { label: 'unknown', unknownReason: 'weak' };
  return decision;
}

/** The one label that is spoken for and that nothing speaks against, or a conflict. */
function decided(spokenFor: ReadonlySet<string>, against: ReadonlySet<string>): LabelDecision {
  const label = TRUTH_LABELS.find((known) => spokenFor.has(known))!;
  const isClear = spokenFor.size === 1 && !against.has(label);
  return isClear ? { label, unknownReason: null } : { label: 'unknown', unknownReason: 'conflict' };
}
