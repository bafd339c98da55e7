/** Computes the table of synthetic shares by generations on the words of all planned domains. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../core/schema/canonical.js';
import { runTable } from '../../core/simulate/ngram/run-table.js';
import { type ArtifactRecord, makeArtifact } from '../../storage/artifact.js';
import { openPlan, type PlannedInput, SIMULATION_KIND } from '../simulation.js';
import { openSamples, TABLE_FILE, TABLE_RUNS, tableMadeOf } from '../simulation-of-mix.js';

export async function run(
  input: PlannedInput,
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const { workspace, buildId } = input.context;
  const opened = await openPlan(input);
  const madeOf = await tableMadeOf(opened);
  return makeArtifact({ workspace, buildId, kind: SIMULATION_KIND, madeOf }, async (folder) => {
    const samples = await openSamples(opened);
    const { seed } = opened.build.recipe;
    const tick = (done: number, total: number) => {
      progress[0] = done;
      progress[1] = total;
    };
    const rows = runTable({ samples, runs: TABLE_RUNS, seed, tick });
    await writeFile(join(folder, TABLE_FILE), canonicalJson(rows));
    return { rows: { [TABLE_FILE]: rows.length }, summary: { runs: TABLE_RUNS } };
  });
}
