/**
 * The risk of one domain: critical human share and bounds from the closed forms (S0), definitions and curves
 * from the runs of the simulators, and the verdict from intervals on both sides.
 */
import type { DomainMeasure, DomainMix, DomainRisk, SimulationBlock } from '../../schema/risk.js';
import type { RiskSettings } from '../../schema/risk-settings.js';
import { effectiveFamilies } from '../closed-forms/families.js';
import { chainDepth } from './chain-depth.js';
import {
  type CriticalInputs,
  coverageUntil,
  estimateCritical,
  NO_SUPPRESSION,
  NO_TAIL,
} from './critical-estimate.js';
import { effectiveCorpus, halfLife } from './critical-share.js';
import { curvesOf, type JoinedRuns, joinedRuns } from './curves.js';
import { decideDomain } from './decide.js';
import {
  type DefinitionEvidence,
  domainDefinitions,
  isAllHuman,
  type Simulator,
} from './domain-definitions.js';
import { plannedSpectra } from './planned-spectrum.js';
import { tailThreshold } from './policy.js';
import { curveAt, pointCurve, type Suppression, suppressionOf } from './suppression.js';

export interface DomainEvidence extends DefinitionEvidence {
  readonly settings: RiskSettings;
  /** Of any scenario and simulator; those of the planned mix count. */
  readonly blocks: readonly SimulationBlock[];
}

/** Copies whose half-life is told. */
const HALF_LIFE_COPIES = [1, 5, 20] as const;

/** Pure: the same evidence gives the same risk. Cost: some thousand tail coverages. */
export function judgeDomain(evidence: DomainEvidence): DomainRisk {
  const { measure, mix, settings, seed, riskBudget } = evidence;
  const { draws: _, ...shown } = mix;
  const known = suppressionOf(measure, mix);
  const planned = plannedSpectra(measure, mix.words);
  const spectrum = planned.domain;
  const inputs = { spectrum, suppression: curveAt(pointCurve(known), known), loop: settings };
  const critical = estimateCritical({
    ...{ measure, planned, mix, seed },
    loop: settings,
    threshold: tailThreshold(),
  });
  const runs = runsOf(evidence);
  const definitions = domainDefinitions(evidence, { runs, inputs, known, critical, planned });
  const verdict = decideDomain({
    ...{ humanShare: mix.humanShare, critical: critical.estimate, definitions, riskBudget },
    isAllHuman: isAllHuman(mix),
  });
  return {
    ...{ domain: mix.domain, mix: shown, critical, coverage: coverageOf(inputs, mix, critical) },
    suppression: measure.suppression,
    families: familiesOf(measure, mix),
    chainDepth: chainDepth(1 - mix.humanShare.point, settings),
    ...lifeOf(inputs, mix),
    definitions,
    curves: curvesOf({
      drift: runs.drift.values,
      lengths: runs.lengths.values,
      loop: runs.loop.values,
    }),
    extrapolation: planned.extrapolation,
    decision: verdict.decision,
    why: [verdict.why, ...remarks(mix, critical, known)].join('; '),
  };
}

function runsOf({ blocks, mix, settings }: DomainEvidence): Record<Simulator, JoinedRuns> {
  const of = (simulator: Simulator) => joinedRuns(blocks, simulator, { mix, loop: settings });
  return { drift: of('drift'), lengths: of('lengths'), loop: of('loop') };
}

function coverageOf(
  inputs: CriticalInputs,
  { humanShare, humanShareUnknownSynthetic: strict }: DomainMix,
  critical: DomainRisk['critical'],
): DomainRisk['coverage'] {
  const at = (suppression: (copies: number) => number, share = humanShare.point) =>
    coverageUntil({ ...inputs, suppression }, share);
  return {
    ...{ estimate: at(inputs.suppression), floor: at(NO_TAIL), optimistic: at(NO_SUPPRESSION) },
    unknownSynthetic: at(inputs.suppression, strict.point),
    holdsUnknownSynthetic: strict.low >= critical.estimate.high,
  };
}

/** Effective human corpus at the horizon, for the rarest types, and half-lives. */
function lifeOf({ suppression, loop }: CriticalInputs, mix: DomainMix) {
  const { policy, human, horizonGenerations } = loop;
  const humanShare = mix.humanShare.point;
  const line = (copies: number) => ({
    humanShare,
    suppression: suppression(copies),
    policy,
    human,
  });
  return {
    effectiveCorpus: effectiveCorpus(line(1), horizonGenerations),
    halfLife: HALF_LIFE_COPIES.map((copies) => ({
      copies,
      generations: halfLife({ ...line(copies), copies }),
    })),
  };
}

/** K_eff = F / (1 + (F - 1) rho) (F1); families whose overlap nobody measured count as one. */
function familiesOf({ overlap }: DomainMeasure, { families }: DomainMix): DomainRisk['families'] {
  const count = families.filter(({ share }) => share > 0).length;
  const rho = overlap.rho;
  const correlation = rho === null ? 1 : Math.min(1, Math.max(0, rho));
  const effective = count === 0 ? 0 : effectiveFamilies(count, correlation);
  return { count, effective, rho, basis: rho === null ? 'assumed' : overlap.basis };
}

const share = (value: number) => `${(100 * value).toFixed(1)} %`;

/** What a reader must know beside the verdict: unknown text taken as synthetic, w that nobody measured. */
function remarks(
  mix: DomainMix,
  critical: DomainRisk['critical'],
  { basis }: Suppression,
): string[] {
  if (isAllHuman(mix)) return [];
  const strict = mix.humanShareUnknownSynthetic;
  const turns =
    mix.humanShare.low >= critical.estimate.high && strict.low < critical.estimate.high
      ? [
          `with all text of unknown origin taken as synthetic the human share is ${share(strict.low)} at least, which is not enough`,
        ]
      : [];
  return basis === 'measured' ? turns : [...turns, `suppression w is ${basis}`];
}
