/**
 * What a build simulates of a domain, and in which blocks of runs. A block is the unit of work and of reuse:
 * its place is fixed by scenario and first run, so twice the runs are the same blocks and as many more.
 */
import { derive } from '../random/draw.js';
import { LIMITS } from '../schema/limits.js';
import type { DomainMix, Scenario } from '../schema/risk.js';
import type { RiskSettings } from '../schema/risk-settings.js';
import { isAllHuman } from './gate/domain-definitions.js';
import { COLLAPSE_V1 } from './gate/policy.js';
import { runsForBudget } from './gate/probability.js';
import { SIMULATOR_VERSION } from './model.js';

export type Simulator = Scenario['simulator'];

/** Runs of one block: about as long to wait for as a heartbeat is patient. */
const BLOCK_RUNS: Readonly<Record<Simulator, number>> = { drift: 25, lengths: 100, loop: 5 };

export interface RunsAsked {
  readonly settings: RiskSettings;
  readonly riskBudget: number;
  /** Twice the runs: chance alone was in the way of a verdict. */
  readonly doubled: boolean;
}

/**
 * Risk budget of an attempt, budget / 2^attempt, so that all attempts together stay within it; the whole
 * budget where no plan may follow a FAIL.
 */
export function riskBudgetOf({ onFail, maxReplans }: RiskSettings, attempt: number): number {
  const { riskBudget } = COLLAPSE_V1;
  return onFail === 'replan' && maxReplans > 0 ? riskBudget / 2 ** attempt : riskBudget;
}

/**
 * Runs of one simulator. Drift and lengths: as many as asked for, or as zero events need to bound
 * P(collapse) by the budget.
 */
export function runsOf(simulator: Simulator, { settings, riskBudget, doubled }: RunsAsked): number {
  const needed = runsForBudget(riskBudget, COLLAPSE_V1.confidence);
  const asked = simulator === 'loop' ? settings.loopRuns : Math.max(settings.driftRuns, needed);
  return doubled ? 2 * asked : asked;
}

/** One scenario per simulator, at the planned mix; none where no text can be synthetic. */
export function scenariosOf(mix: DomainMix, settings: RiskSettings): Scenario[] {
  if (isAllHuman(mix)) return [];
  const { policy, human, horizonGenerations: generations, temperature } = settings;
  const { domain, families, humanShare } = mix;
  return (['drift', 'lengths', 'loop'] as const).map((simulator) => ({
    ...{ simulator, domain, policy, human, generations },
    ...{ humanShare: humanShare.point, families, temperature: temperature ?? 1 },
  }));
}

export interface RunBlock {
  readonly scenario: Scenario;
  readonly firstRun: number;
  readonly runs: number;
}

/** Runs of a block: fixed by the settings, whatever the attempt. */
function blockSize(simulator: Simulator, settings: RiskSettings): number {
  const riskBudget = riskBudgetOf(settings, settings.maxReplans + 1);
  const most = runsOf(simulator, { settings, riskBudget, doubled: true });
  return Math.max(BLOCK_RUNS[simulator], Math.ceil(most / LIMITS.riskBlocks));
}

/** Runs for which a mix draws its human share: no run of any attempt lies beyond. */
export function drawsOf(settings: RiskSettings): number {
  const riskBudget = riskBudgetOf(settings, settings.maxReplans + 1);
  const most = (['drift', 'lengths'] as const).map((simulator) => {
    const size = blockSize(simulator, settings);
    return size * Math.ceil(runsOf(simulator, { settings, riskBudget, doubled: true }) / size);
  });
  return Math.max(...most);
}

/** All blocks of a domain in one attempt; those of drift and lengths are whole. */
export function domainBlocks(mix: DomainMix, asked: RunsAsked): RunBlock[] {
  const { settings } = asked;
  return scenariosOf(mix, settings).flatMap((scenario) => {
    const size = blockSize(scenario.simulator, settings);
    const runs = runsOf(scenario.simulator, asked);
    return Array.from({ length: Math.ceil(runs / size) }, (_, i) => {
      const firstRun = i * size;
      const left = scenario.simulator === 'loop' ? runs - firstRun : size;
      return { scenario, firstRun, runs: Math.min(size, left) };
    });
  });
}

/** `drift, runs 1 to 25: accumulate, fixed human text, 62.3 % human`. */
export function blockTitle({ scenario, firstRun, runs }: RunBlock): string {
  const { simulator, policy, human, humanShare, generations } = scenario;
  const share = (100 * humanShare).toFixed(1);
  return `${simulator}, runs ${firstRun + 1} to ${firstRun + runs}: ${generations} generations, ${policy}, ${human} human text, ${share} % human`;
}

/**
 * Seed of a domain's simulations: from the recipe's seed, the digest of what was measured, and the version of the
 * simulators; shares, policies and runs are no part of it, so that their points share random numbers.
 */
export function simulationSeed(seed: number, measureSha256: string): number {
  const { hi, lo } = derive(seed, 'simulate', measureSha256, SIMULATOR_VERSION);
  return hi * 2 ** 21 + (lo >>> 11);
}
