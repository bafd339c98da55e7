/** Tests the simulators against their closed forms, and the loop on the largest sample of the mix's own words. */
import { LEAST_HOLDOUT, splitSample } from '../../core/simulate/ngram/split.js';
import { selfTest } from '../../core/simulate/self-test.js';
import type { ArtifactRecord } from '../../storage/artifact.js';
import { makeSimulation, openPlan, type PlannedInput } from '../simulation.js';
import { openLargestSample, SELF_TEST_FILE, selfTestMadeOf } from '../simulation-of-mix.js';

/** Any split tells whether there is text enough for a training and a held-out side. */
const SPLIT = { seed: 0, run: 0, holdout: LEAST_HOLDOUT };

/** What the history shows. */
export interface SelfTestSummary {
  readonly tests: number;
  readonly red: number;
}

export async function run(
  input: PlannedInput,
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const opened = await openPlan(input);
  const at = { madeOf: await selfTestMadeOf(opened), file: SELF_TEST_FILE, progress };
  return makeSimulation(input.context, at, async (tick) => {
    const largest = await openLargestSample(opened);
    const isEnough = largest !== null && splitSample(largest, SPLIT) !== null;
    const { seed } = opened.build.recipe;
    const value = selfTest({ seed, ...(isEnough ? { sample: largest } : {}), tick });
    const red = value.filter(({ pass }) => !pass).length;
    const summary: SelfTestSummary = { tests: value.length, red };
    return { value, rows: value.length, summary };
  });
}
