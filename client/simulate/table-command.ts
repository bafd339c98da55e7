/**
 * `ballast simulate --table`: what 10, 30, 60 and 90 % synthetic text do over five generations, when
 * text is replaced or accumulated, by one model family or several; on text of people's own.
 */
import { extname } from 'node:path';
import { EXIT, Failure } from '../../core/schema/failure.js';
import type { TableRow, WordSample } from '../../core/schema/risk.js';
import { openWorkspace } from '../build/workspace-option.js';
import { usage } from '../terminal/arguments.js';
import { EXIT_INTERRUPTED } from '../terminal/interrupted.js';
import type { Output } from '../terminal/output.js';
import { parseSeed } from './model-command.js';
import { oneValue, parseParameter, refuseUnused } from './parse-parameters.js';
import { printTable, tableDocument } from './print-table.js';
import { parseMaxWords, samplesOfFile, samplesOfMix } from './read-inputs.js';
import { runInPool } from './run-in-pool.js';
import { REPLICATES, SEED, TEXT_FLAGS } from './run-options.js';
import type { TableTask } from './table-task.js';

const COMMAND = 'ballast simulate --table';

const ENDINGS = ['.svg', '.html'];

/** Runs of each cell; five give an interval, more narrow it. */
const RUNS = { ...REPLICATES, max: 1_000, fallback: 5 };

export async function runTableCommand(
  output: Output,
  rawArgs: readonly string[],
  workspace: string | undefined,
): Promise<number> {
  refuseUnused('table', rawArgs, [SEED.name, RUNS.name, ...TEXT_FLAGS, 'mix', 'out']);
  const out = parseOut(rawArgs);
  const seed = parseSeed(rawArgs);
  const runs = parseParameter(RUNS, rawArgs, `${COMMAND} --replicates`) as number;
  const samples = await samplesFor(rawArgs, seed, workspace);
  const input: TableTask = { samples, runs, seed };
  const label = 'synthetic shares';
  const rows = await runInPool<TableRow[]>({ task: 'table-task', input, label });
  if (rows === null) return EXIT_INTERRUPTED;
  if (rows.length === 0) throw tooLittle(samples);
  if (out !== null) {
    const { writeTable } = await import('./write-table.js');
    await writeTable(out, rows);
  }
  const made = { seed, runs, samples, rows };
  if (output.json) output.emit(tableDocument(made));
  else printTable(output, made);
  return EXIT.done;
}

/** Refuses a file whose name does not say what it is to be, before anything is computed. */
function parseOut(rawArgs: readonly string[]): string | null {
  const out = oneValue(rawArgs, 'out');
  if (out === null || ENDINGS.includes(extname(out).toLowerCase())) return out;
  const expected = `a file that ends in ${ENDINGS.join(' or ')}`;
  throw usage(`${COMMAND} --out`, expected, out, 'write for example: --out table.svg');
}

async function samplesFor(
  rawArgs: readonly string[],
  seed: number,
  workspace: string | undefined,
): Promise<WordSample[]> {
  const [file, mix] = [oneValue(rawArgs, 'file'), oneValue(rawArgs, 'mix')];
  const options = { seed, maxWords: parseMaxWords(rawArgs), byDomain: true };
  if (file !== null && mix === null) return samplesOfFile(rawArgs, options);
  if (mix !== null && file === null)
    return samplesOfMix(mix, await openWorkspace(workspace), options);
  throw usage(
    COMMAND,
    'text, by --file or by --mix',
    file === null ? 'neither' : 'both',
    'write for example: --table --file texts.jsonl --where truth=human',
  );
}

function tooLittle(samples: readonly WordSample[]): Failure {
  const documents = samples.reduce((sum, sample) => sum + sample.documents.length, 0);
  return new Failure('USAGE', {
    subject: 'the text of the table',
    expected: 'enough documents to hold one in ten out, and a hundred words beside them',
    found: `${documents} documents`,
    where: '--file, --mix',
    remedy: 'give more text, or a --where that more rows fulfil',
  });
}
