/** `ballast simulate --model M`: from the words to a table or document, and to the exit code. */
import { EXIT } from '../../core/schema/failure.js';
import type { SimulatedRow } from '../../core/simulate/model.js';
import { scoreRows } from '../../core/simulate/score-rows.js';
import { EXIT_INTERRUPTED } from '../terminal/interrupted.js';
import type { Output } from '../terminal/output.js';
import { reportFailure } from '../terminal/report-failure.js';
import type { ModelTask } from './model-task.js';
import { parseModel, parseParameter, parseParameters, parseTimes } from './parse-parameters.js';
import { checkFailure, printRun } from './print-run.js';
import { readInputs } from './read-inputs.js';
import { runInPool } from './run-in-pool.js';
import { CHECK, REPLICATES, SEED } from './run-options.js';

const COMMAND = 'ballast simulate';

/** The seed of a run, as given or by default. */
export function parseSeed(rawArgs: readonly string[]): number {
  return parseParameter(SEED, rawArgs, `${COMMAND} --seed`) as number;
}

async function taskOf(rawArgs: readonly string[]): Promise<ModelTask> {
  const model = parseModel(rawArgs);
  const values = parseParameters(model, rawArgs);
  const ts = parseTimes(model, rawArgs);
  const usual = model.usual?.replicates ?? REPLICATES.fallback;
  const option = { ...REPLICATES, fallback: usual };
  const replicates = parseParameter(option, rawArgs, `${COMMAND} --replicates`) as number;
  const seed = parseSeed(rawArgs);
  const inputs = await readInputs(model, values, rawArgs, seed);
  return { ...{ model: model.name, values, ts, replicates, seed }, ...inputs };
}

export async function runModel(output: Output, rawArgs: readonly string[]): Promise<number> {
  const limit = parseParameter(CHECK, rawArgs, `${COMMAND} --check`) as number | null;
  const task = await taskOf(rawArgs);
  const label = `simulate ${task.model}`;
  const simulated = await runInPool<SimulatedRow[]>({ task: 'model-task', input: task, label });
  if (simulated === null) return EXIT_INTERRUPTED;
  const { model, values, seed, replicates } = task;
  const outcome = { model, values, seed, replicates, rows: scoreRows(simulated) };
  printRun(output, outcome);
  const failure = limit === null ? null : checkFailure(outcome, limit);
  // The rows are the document on stdout; what is wrong with them goes to stderr in both modes.
  return failure === null ? EXIT.done : reportFailure(failure, { json: false });
}
