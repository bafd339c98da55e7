/** Tests the simulators against their closed forms, and the loop on the largest sample of the mix's own words. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../core/schema/canonical.js';
import { LEAST_HOLDOUT, splitSample } from '../../core/simulate/ngram/split.js';
import { selfTest } from '../../core/simulate/self-test.js';
import { type ArtifactRecord, makeArtifact } from '../../storage/artifact.js';
import { openPlan, type PlannedInput, SIMULATION_KIND } from '../simulation.js';
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
  const { workspace, buildId } = input.context;
  const opened = await openPlan(input);
  const madeOf = await selfTestMadeOf(opened);
  return makeArtifact({ workspace, buildId, kind: SIMULATION_KIND, madeOf }, async (folder) => {
    const largest = await openLargestSample(opened);
    const isEnough = largest !== null && splitSample(largest, SPLIT) !== null;
    const sample = isEnough ? largest : null;
    const tick = (done: number, total: number) => {
      progress[0] = done;
      progress[1] = total;
    };
    const { seed } = opened.build.recipe;
    const rows = selfTest({ seed, ...(sample === null ? {} : { sample }), tick });
    const red = rows.filter(({ pass }) => !pass).length;
    await writeFile(join(folder, SELF_TEST_FILE), canonicalJson(rows));
    const summary: SelfTestSummary = { tests: rows.length, red };
    return { rows: { [SELF_TEST_FILE]: rows.length }, summary };
  });
}
