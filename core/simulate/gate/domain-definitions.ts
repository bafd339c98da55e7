/** The definitions of collapse on one domain: those that its text allows, judged on its runs, and those of the closed forms. */
import type {
  DefinitionOutcome,
  DomainMeasure,
  DomainMix,
  DomainRisk,
  SIMULATORS,
} from '../../schema/risk.js';
import { uniqueEquivalentOutcome } from './benefit.js';
import { type CriticalInputs, hasTail } from './critical-estimate.js';
import type { JoinedRuns } from './curves.js';
import { judgeDefinition, outcomeOf } from './definitions.js';
import { favourableRuns } from './favourable-runs.js';
import { expectedTypes, type PlannedSpectra } from './planned-spectrum.js';
import {
  COLLAPSE_V1,
  SUBGROUP_SURVIVAL,
  SUBGROUP_TYPES_MIN,
  TAIL_COVERAGE,
  tailThreshold,
} from './policy.js';
import type { Suppression } from './suppression.js';
import { twoPointOutcome } from './two-point.js';

export type Simulator = (typeof SIMULATORS)[number];

export interface DefinitionEvidence {
  readonly measure: DomainMeasure;
  readonly mix: DomainMix;
  /** Of the domain's simulations: the outer draws are made from it again. */
  readonly seed: number;
  /** Of this attempt. */
  readonly riskBudget: number;
}

/** No text but what is labelled as written by people alone: nothing synthetic, of unknown origin, or edited. */
export function isAllHuman({ labels }: Pick<DomainMix, 'labels'>): boolean {
  return (labels.synthetic ?? 0) + (labels.unknown ?? 0) + (labels.human_edited ?? 0) === 0;
}

export interface Found {
  readonly runs: Readonly<Record<Simulator, JoinedRuns>>;
  readonly inputs: CriticalInputs;
  readonly known: Suppression;
  readonly critical: DomainRisk['critical'];
  readonly planned: PlannedSpectra;
}

/** Every definition of the policy that applies to the domain, in order; none where all its text is human. */
export function domainDefinitions(
  evidence: DefinitionEvidence,
  { runs, inputs, known, critical, planned }: Found,
): DefinitionOutcome[] {
  const { measure, mix, seed, riskBudget } = evidence;
  if (isAllHuman(mix)) return [];
  const leftOut = smallSubgroups(planned);
  const isUnknown = known.basis === 'unknown';
  const kindest = favourableRuns({ mix, known, inputs, seed, runs: runs.drift.runs });
  const { confidence, definitions } = COLLAPSE_V1;
  const simulated = definitions
    .filter(({ simulator }) => simulator !== 'forms')
    .filter(
      ({ definition }) =>
        definition !== SUBGROUP_SURVIVAL || planned.subgroups.length > leftOut.size,
    )
    .filter(({ definition }) => definition !== TAIL_COVERAGE || hasTail(inputs.spectrum))
    .map((definition): DefinitionOutcome => {
      const { simulator } = definition;
      const values = simulator === 'forms' ? {} : runs[simulator].values;
      const favourable = simulator === 'drift' ? kindest : null;
      const outcome = judgeDefinition(definition, {
        ...{ values, confidence, riskBudget, leftOut, favourable },
      });
      return simulator === 'drift' && isUnknown ? withoutLowerBound(outcome, riskBudget) : outcome;
    });
  return [
    ...simulated,
    ...twoPointOutcome(inputs, mix.humanShare.point, tailThreshold()),
    uniqueEquivalentOutcome(measure, mix, critical.estimate),
  ];
}

/**
 * Where w is unknown its draws are uniform on [0, 1] for want of better. That is no law of w, so such runs may
 * leave a verdict open but never fail a domain.
 */
function withoutLowerBound(outcome: DefinitionOutcome, riskBudget: number): DefinitionOutcome {
  const { probability } = outcome;
  if (probability === null) return outcome;
  const bounds = { ...probability, low: 0 };
  const why = `${outcome.why}; suppression w is unknown, so there is no lower bound`;
  return { ...outcome, probability: bounds, outcome: outcomeOf(bounds, riskBudget), why };
}

/** Metrics of subgroups with too few types for their ratio to tell anything. */
export function smallSubgroups({ subgroups }: PlannedSpectra): Set<string> {
  const small = subgroups.filter(({ spectrum }) => expectedTypes(spectrum) < SUBGROUP_TYPES_MIN);
  return new Set(small.map(({ name }) => `subgroup:${name}`));
}
