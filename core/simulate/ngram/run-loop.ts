/** A block of runs of the n-gram loop on one domain's sample: the simulator `loop` of a build. */
import type { Scenario, SimulationBlock, WordSample } from '../../schema/risk.js';
import { runGenerations } from './loop.js';
import { LOOP_METRICS, type LoopSettings } from './loop-settings.js';
import { SCORING_DISCOUNT } from './score.js';
import { LEAST_HOLDOUT, splitSample } from './split.js';

export interface SampleRun {
  readonly sample: WordSample;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly firstRun: number;
  readonly runs: number;
  /** Called after each generation; may throw to stop. */
  readonly tick: (done: number, total: number) => void;
}

/**
 * Values by metric, run and generation 0..G of Kneser-Ney trigram models, one for each family of the scenario.
 *
 * n = all words of the training documents. Every value is null where the sample has too little text for a
 * training and a held-out side. Deterministic by (seed, domain, scenario, run); blocks of runs are parts of one.
 */
export function runLoop(block: SampleRun): SimulationBlock['values'] {
  const { sample, scenario, seed, firstRun, runs, tick } = block;
  const values: SimulationBlock['values'] = Object.fromEntries(
    LOOP_METRICS.map((metric) => [metric, []]),
  );
  const total = runs * scenario.generations;
  for (let i = 0; i < runs; i++) {
    const run = firstRun + i;
    const text = splitSample(sample, { seed, run, holdout: LEAST_HOLDOUT });
    if (text === null) {
      const nothing = () => Array.from({ length: scenario.generations + 1 }, () => null);
      for (const metric of LOOP_METRICS) values[metric]!.push(nothing());
      continue;
    }
    const result = runGenerations({
      ...{ text, words: text.training.words.length, settings: settingsOf(scenario) },
      ...{ seed, run, domain: sample.domain },
      tick: (g) => tick(i * scenario.generations + g, total),
    });
    for (const metric of LOOP_METRICS) values[metric]!.push(result.values[metric]);
  }
  return values;
}

/** Settings of the loop in a build: Kneser-Ney trigrams, a model for each family with synthetic text. */
export function settingsOf(scenario: Scenario): LoopSettings {
  const shares = scenario.families.map(({ share }) => share).filter((share) => share > 0);
  const sum = shares.reduce((total, share) => total + share, 0);
  return {
    ...{ order: 3, discount: SCORING_DISCOUNT, policy: scenario.policy, human: scenario.human },
    generations: scenario.generations,
    humanShare: scenario.humanShare,
    families: sum > 0 ? shares.map((share) => share / sum) : [1],
    temperature: scenario.temperature,
  };
}
