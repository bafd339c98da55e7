/**
 * The human share at which a definition would hold. By the chord: a metric is 1 at
 * human share 1 (it is a ratio to all-human text), so with value v at share a the threshold h is met at most at
 * a + (1 - a) (h - v) / (1 - v) where the metric is concave in the share, as heterozygosity (W5) and coverage (B1)
 * are. By simulation (S1): the grid of .01 is bisected with shared random numbers.
 */
import type { DefinitionOutcome, DomainMeasure, DomainMix, DomainRisk } from '../../schema/risk.js';
import type { RiskSettings } from '../../schema/risk-settings.js';
import { momentsOf } from '../../stats/moments.js';
import { normalQuantile } from '../../stats/normal.js';
import { runExcess } from './definitions.js';
import { smallSubgroups } from './domain-definitions.js';
import { plannedSpectra } from './planned-spectrum.js';
import { COLLAPSE_V1, JOINT_LOOP, TAIL_COVERAGE } from './policy.js';
import { runDrift } from './run-drift.js';

export interface NeededShare {
  readonly definition: string;
  readonly share: number;
}

/** Of the deciding definitions that collapse; `found` overrides the chord. */
export function neededByDefinitions(
  risk: DomainRisk,
  found?: (domain: string, definition: string) => number | null,
): NeededShare[] {
  return risk.definitions
    .filter(
      ({ gates, outcome, definition }) =>
        gates && outcome === 'collapses' && definition !== TAIL_COVERAGE,
    )
    .map((row) => ({
      definition: row.definition,
      share: found?.(risk.domain, row.definition) ?? chordShare(risk, row),
    }));
}

/** Human share at which a definition would hold, by the chord from the planned one to all human text. */
export function chordShare({ mix, definitions }: DomainRisk, row: DefinitionOutcome): number {
  const now = mix.humanShare.point;
  // Either of the two metrics back within its threshold is enough; by the nearer one.
  const sides =
    row.definition === JOINT_LOOP
      ? definitions.filter(({ definition }) => PARTS.includes(definition))
      : [row];
  const shares = sides
    .filter(({ value }) => value !== null)
    .map(({ value, threshold }) => {
      const away = 1 - value!.point;
      return away === 0 ? now : now + ((1 - now) * (threshold - value!.point)) / away;
    });
  return shares.length === 0 ? 1 : Math.min(1, Math.max(now, Math.min(...shares)));
}

const PARTS = COLLAPSE_V1.definitions
  .find(({ definition }) => definition === JOINT_LOOP)!
  .metrics.map(({ metric }) => metric);

/** Runs per point of the search. */
const SEARCH_RUNS = 20;

export interface SearchOptions {
  readonly measure: DomainMeasure;
  readonly mix: DomainMix;
  readonly settings: RiskSettings;
  readonly seed: number;
  readonly definition: string;
  /** P(collapse) that the next attempt may have. */
  readonly riskBudget: number;
  readonly tick: () => void;
}

/**
 * Least human share on the grid of .01 at which S1 stays within the risk budget: mean excess + z sd sqrt(1 + 1/R) <= 0 over R = 20
 * runs at the point alpha and w, z the normal quantile at 1 - budget. 1 where
 * even all human text does not; null for a definition that S1 does not simulate.
 * Cost: 7 times 20 runs of drift.
 */
export function searchNeededShare(options: SearchOptions): number | null {
  const { measure, mix, settings, seed, tick } = options;
  const definition = COLLAPSE_V1.definitions.find((row) => row.definition === options.definition);
  if (definition === undefined || definition.simulator !== 'drift') return null;
  const { policy, human, horizonGenerations: generations, temperature } = settings;
  const z = normalQuantile(1 - options.riskBudget);
  const leftOut = smallSubgroups(plannedSpectra(measure, mix.words));
  const holds = (hundredth: number) => {
    const humanShare = hundredth / 100;
    const scenario = {
      ...{ simulator: 'drift' as const, domain: mix.domain, policy, human, generations },
      ...{ humanShare, families: mix.families, temperature: temperature ?? 1 },
    };
    const point = { ...mix, draws: [] };
    const own = {
      ...{ measure, mix: point, scenario, seed },
      firstRun: 0,
      runs: SEARCH_RUNS,
      tick,
    };
    const excess = runExcess(definition, { values: runDrift(own), leftOut });
    const { mean, sd, runs } = momentsOf(excess);
    return runs > 0 && mean + z * sd * Math.sqrt(1 + 1 / runs) <= 0;
  };
  if (!holds(100)) return 1;
  let [below, above] = [-1, 100];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above / 100;
}
