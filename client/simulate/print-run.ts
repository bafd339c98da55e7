/** Rows of a simulation as JSON or as a table with a footer that says what E, A and B mean. */
import { Failure } from '../../core/schema/failure.js';
import type { ParameterValues } from '../../core/simulate/model.js';
import { failingRows, type ScoredRow } from '../../core/simulate/score-rows.js';
import type { Cell, Colors, Output } from '../terminal/output.js';
import { formatValue, formatZ, jsonNumber } from './number-text.js';
import { simulatorVersion } from './version.js';

/** |z| above this stands out in the table: one row of 370 by chance. */
const LOUD_Z = 3;

export interface SimulationOutcome {
  readonly model: string;
  readonly values: ParameterValues;
  readonly seed: number;
  readonly replicates: number;
  readonly rows: readonly ScoredRow[];
}

/** The document of `--json`. */
export function runDocument(outcome: SimulationOutcome): object {
  const { model, values, seed, replicates, rows } = outcome;
  const results = rows.map((row) => ({
    quantity: row.quantity,
    t: row.t,
    mean: jsonNumber(row.mean),
    se: jsonNumber(row.se),
    theory: theoryJson(row.theory),
    kind: row.kind,
    z: row.z === null ? null : jsonNumber(row.z),
    difference: row.difference === null ? null : jsonNumber(row.difference),
    within: row.within,
  }));
  return { model, params: values, seed, replicates, version: simulatorVersion(), results };
}

function theoryJson(theory: ScoredRow['theory']): unknown {
  if (theory === null) return null;
  return typeof theory === 'number' ? jsonNumber(theory) : theory.map(jsonNumber);
}

export function printRun(output: Output, outcome: SimulationOutcome): void {
  if (output.json) {
    output.emit(runDocument(outcome));
    return;
  }
  const { model, values, seed, replicates, rows } = outcome;
  const given = Object.entries(values).filter(([, value]) => value !== null);
  output.line(given.map(([name, value]) => `${name} ${value}`).join(' · '));
  output.line(`${replicates} replicates · seed ${seed} · ${simulatorVersion()}`);
  output.line();
  const right = (label: string) => ({ label, align: 'right' as const });
  output.table(
    model,
    ['quantity', right('t'), right('simulated'), right('SE'), right('theory'), 'kind', right('z')],
    rows.map((row) => cellsOf(output.colors, row)),
  );
  output.line();
  for (const line of footerOf(rows)) output.line(output.colors.dim(line));
}

function cellsOf(colors: Colors, row: ScoredRow): Cell[] {
  const { quantity, t, mean, se, theory, kind } = row;
  const theoryText =
    theory === null
      ? '-'
      : typeof theory === 'number'
        ? formatValue(theory)
        : `[${theory.map(formatValue).join(', ')}]`;
  const shownKind = theory === null ? '-' : kind;
  const shownSe = se === 0 ? '0' : se.toPrecision(2);
  return [quantity, t, formatValue(mean), shownSe, theoryText, shownKind, verdict(colors, row)];
}

/** z of an exact row, difference of an approximate one, inside or outside of a bound. */
function verdict(colors: Colors, { z, difference, within }: ScoredRow): Cell {
  if (z !== null) {
    const isLoud = !(Math.abs(z) <= LOUD_Z);
    return isLoud ? { text: formatZ(z), paint: colors.red } : formatZ(z);
  }
  if (difference !== null) return `${difference >= 0 ? '+' : ''}${formatValue(difference)}`;
  if (within === null) return '-';
  return within ? 'within' : { text: 'outside', paint: colors.red };
}

const FOOTERS = {
  E: 'E: exact; z = (simulated - theory)/SE, red above 3; an SE of 0 is a deterministic map, whose z is 0 or infinite.',
  A: 'A: approximation; the last column is simulated - theory, not a test.',
  B: 'B: bound; within says whether the simulated value lies inside it, 4 SE allowed.',
} as const;

function footerOf(rows: readonly ScoredRow[]): string[] {
  const shown = new Set(rows.filter(({ theory }) => theory !== null).map(({ kind }) => kind));
  const lines: string[] = (['E', 'A', 'B'] as const)
    .filter((k) => shown.has(k))
    .map((k) => FOOTERS[k]);
  if (rows.some(({ theory }) => theory === null)) lines.push('-: no closed form is known.');
  return lines;
}

/** What `--check` says where it does not hold; null where it does. */
export function checkFailure(outcome: SimulationOutcome, limit: number): Failure | null {
  const failing = failingRows(outcome.rows, limit);
  if (failing.length === 0) return null;
  const found = failing.map(({ quantity, t, z }) => `${quantity} at t ${t}: z ${formatZ(z!)}`);
  return new Failure('SIMULATION_CHECK_FAILED', {
    subject: `model ${outcome.model}`,
    expected: `|z| of at most ${limit} in every exact row`,
    found: found.join('; '),
    where: `--check ${limit}`,
    remedy:
      'try another --seed: chance alone gives |z| above 4 once in 16,000 rows; if it stays, the simulator or the formula is wrong',
  });
}
