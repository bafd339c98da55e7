/** `ballast simulate --self-test`: the twelve acceptance tests, as a risk report shows them. */
import { EXIT, Failure } from '../../core/schema/failure.js';
import type { SelfTestRow } from '../../core/schema/risk.js';
import { EXIT_INTERRUPTED } from '../terminal/interrupted.js';
import type { Cell, Colors, Output } from '../terminal/output.js';
import { reportFailure } from '../terminal/report-failure.js';
import { parseSeed } from './model-command.js';
import { formatValue, formatZ, jsonNumber } from './number-text.js';
import { oneValue, refuseUnused } from './parse-parameters.js';
import { parseMaxWords, samplesOfFile } from './read-inputs.js';
import { runInPool } from './run-in-pool.js';
import { SEED, TEXT_FLAGS } from './run-options.js';
import type { SelfTestTask } from './self-test-task.js';
import { simulatorVersion } from './version.js';

export async function runSelfTest(output: Output, rawArgs: readonly string[]): Promise<number> {
  refuseUnused('self-test', rawArgs, [SEED.name, ...TEXT_FLAGS]);
  const seed = parseSeed(rawArgs);
  const options = { seed, maxWords: parseMaxWords(rawArgs), byDomain: false };
  const isText = oneValue(rawArgs, 'file') !== null;
  const sample = isText ? (await samplesOfFile(rawArgs, options))[0] : undefined;
  const input: SelfTestTask = sample === undefined ? { seed } : { seed, sample };
  const label = 'self-test';
  const rows = await runInPool<SelfTestRow[]>({ task: 'self-test-task', input, label });
  if (rows === null) return EXIT_INTERRUPTED;
  printSelfTest(output, seed, rows);
  const failure = failureOf(rows);
  return failure === null ? EXIT.done : reportFailure(failure, { json: false });
}

function printSelfTest(output: Output, seed: number, rows: readonly SelfTestRow[]): void {
  const passed = rows.every(({ pass }) => pass);
  output.emit({
    ...{ seed, version: simulatorVersion(), passed },
    rows: rows.map((row) => ({ ...row, z: row.z === null ? null : jsonNumber(row.z) })),
  });
  const right = (label: string) => ({ label, align: 'right' as const });
  output.table(
    `self-test, seed ${seed}`,
    [right('test'), 'what', right('theory'), right('simulated'), right('SE'), right('z'), ''],
    rows.map((row) => cellsOf(output.colors, row)),
  );
  output.line();
  output.line(
    output.colors.dim(
      'A row passes within 4 SE of its closed form; a row without SE by the tolerance that it names.',
    ),
  );
}

function cellsOf(colors: Colors, row: SelfTestRow): Cell[] {
  const { test, what, theory, simulated, se, z, pass } = row;
  return [
    ...[test, what, formatValue(theory), formatValue(simulated)],
    ...[se === 0 ? '-' : se.toPrecision(2), z === null ? '-' : formatZ(z)],
    pass ? { text: 'pass', paint: colors.green } : { text: 'FAIL', paint: colors.red },
  ];
}

function failureOf(rows: readonly SelfTestRow[]): Failure | null {
  const failing = rows.filter(({ pass }) => !pass);
  if (failing.length === 0) return null;
  return new Failure('SIMULATION_CHECK_FAILED', {
    subject: 'the self-test of the simulators',
    expected: 'every row to pass',
    found: failing.map(({ test, what }) => `test ${test}, ${what}`).join('; '),
    where: '--self-test',
    remedy: 'run it with another --seed; if it stays, this build of Ballast simulates wrongly here',
  });
}
