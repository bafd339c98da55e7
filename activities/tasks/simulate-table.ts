/** Computes the table of synthetic shares by generations on the words of all planned domains. */
import { runTable } from '../../core/simulate/ngram/run-table.js';
import type { ArtifactRecord } from '../../storage/artifact.js';
import { makeSimulation, openPlan, type PlannedInput } from '../simulation.js';
import { openSamples, TABLE_FILE, TABLE_RUNS, tableMadeOf } from '../simulation-of-mix.js';

export async function run(
  input: PlannedInput,
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const opened = await openPlan(input);
  const at = { madeOf: await tableMadeOf(opened), file: TABLE_FILE, progress };
  return makeSimulation(input.context, at, async (tick) => {
    const { seed } = opened.build.recipe;
    const value = runTable({ samples: await openSamples(opened), runs: TABLE_RUNS, seed, tick });
    return { value, rows: value.length, summary: { runs: TABLE_RUNS } };
  });
}
