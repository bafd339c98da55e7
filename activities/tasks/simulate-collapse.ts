/** Runs one block of one scenario of a domain, and keeps what every run came to in every generation. */
import { type Scenario, type SimulationBlock, wordSample } from '../../core/schema/risk.js';
import { runDrift } from '../../core/simulate/gate/run-drift.js';
import { runLengths } from '../../core/simulate/gate/run-lengths.js';
import { runLoop } from '../../core/simulate/ngram/run-loop.js';
import { type ArtifactRecord, readJsonArtifact } from '../../storage/artifact.js';
import {
  BLOCK_FILE,
  blockMadeOf,
  makeSimulation,
  type OpenedDomain,
  openDomain,
  openPlan,
  type PlannedInput,
} from '../simulation.js';

export interface SimulateInput extends PlannedInput {
  readonly domain: string;
  readonly scenario: Scenario;
  /** Runs [firstRun, firstRun + runs) of the scenario. */
  readonly firstRun: number;
  readonly runs: number;
}

type Tick = (done: number, total: number) => void;

async function valuesOf(
  workspace: string,
  { measure, sampleRef, mix, seed }: OpenedDomain,
  { scenario, firstRun, runs }: SimulateInput,
  tick: Tick,
): Promise<SimulationBlock['values']> {
  const run = { scenario, seed, firstRun, runs, tick };
  if (scenario.simulator === 'drift') return runDrift({ measure, mix, ...run });
  if (scenario.simulator === 'lengths') return runLengths({ measure, mix, ...run });
  return runLoop({ sample: await readJsonArtifact(workspace, sampleRef, wordSample), ...run });
}

export async function run(
  input: SimulateInput,
  progress: Float64Array,
): Promise<{ record: ArtifactRecord; reused: boolean }> {
  const { context, scenario, firstRun, runs } = input;
  const domain = await openDomain(await openPlan(input), input.domain);
  const at = { madeOf: blockMadeOf(domain, input), file: BLOCK_FILE, progress };
  return makeSimulation(context, at, async (tick) => {
    const values = await valuesOf(context.workspace, domain, input, tick);
    const value: SimulationBlock = { schemaVersion: 1, scenario, firstRun, runs, values };
    return { value, rows: runs, summary: { metrics: Object.keys(values).sort() } };
  });
}
