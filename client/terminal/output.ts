/**
 * What a command says. For people: tables and lines on stdout. With --json: exactly one document on
 * stdout and nothing else there. Warnings and progress go to stderr either way. Colours only on a
 * terminal, and not where NO_COLOR is set.
 */
import Table from 'cli-table3';
import picocolors from 'picocolors';
import { visible } from './visible.js';

export type Colors = ReturnType<typeof picocolors.createColors>;
/** Text of ours in a colour of ours; `paint` gets it as it is shown. */
export interface Painted {
  readonly text: string;
  readonly paint: (text: string) => string;
}
/** Text may be of anybody's data: what would act on the terminal is written out. */
export type Cell = string | number | Painted;

export interface Column {
  readonly label: string;
  readonly align?: 'left' | 'right';
}

export interface Output {
  readonly json: boolean;
  /** Colours of stdout; each is the identity where colours are off. */
  readonly colors: Colors;
  line(text?: string): void;
  table(title: string, columns: readonly (string | Column)[], rows: readonly Cell[][]): void;
  /** On stderr, in both modes. */
  warn(text: string): void;
  /** What is being done, on stderr, in both modes. */
  progress(text: string): void;
  /** The JSON document of the command; nothing for people. */
  emit(document: unknown): void;
}

/** Colours for a stream: on a terminal only; FORCE_COLOR and NO_COLOR decide first. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return picocolors.createColors(false);
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  return picocolors.createColors(forced || (stream.isTTY === true && TERM !== 'dumb'));
}

export function createOutput({ json }: { json: boolean }): Output {
  const colors = colorsFor(process.stdout);
  const errorColors = colorsFor(process.stderr);
  const say = (text: string): void => {
    if (!json) process.stdout.write(`${text}\n`);
  };
  let emitted = false;
  return {
    json,
    colors,
    line: (text = '') => say(text),
    table: (title, columns, rows) => say(renderTable(colors, title, columns, rows)),
    warn: (text) => process.stderr.write(`${errorColors.yellow('warning:')} ${text}\n`),
    progress: (text) => process.stderr.write(`${errorColors.dim(text)}\n`),
    emit: (document) => {
      if (!json) return;
      if (emitted) throw new Error('assertion failed: a command emits one JSON document');
      emitted = true;
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    },
  };
}

const CHARACTERS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' },
  middle: '  ',
};

/** A title, a dim head, and rows; a column of numbers stands right unless told otherwise. */
function renderTable(
  colors: Colors,
  title: string,
  columns: readonly (string | Column)[],
  rows: readonly Cell[][],
): string {
  const defined = columns.map((column) =>
    typeof column === 'string' ? { label: column } : column,
  ) as Column[];
  const aligns = defined.map(
    ({ align }, i) => align ?? (rows.length > 0 && rows.every(isNumberAt(i)) ? 'right' : 'left'),
  );
  const table = new Table({
    chars: CHARACTERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    head: defined.map(({ label }) => colors.dim(label)),
    colAligns: aligns,
  });
  for (const row of rows) table.push(row.map(cellText));
  const body = table.toString().replaceAll(/[ \t]+$/gm, '');
  return title === '' ? body : `${colors.bold(title)}\n${body}`;
}

function isNumberAt(index: number): (row: readonly Cell[]) => boolean {
  return (row) => typeof row[index] === 'number';
}

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return cell.toLocaleString('en-US');
  return typeof cell === 'string' ? visible(cell) : cell.paint(visible(cell.text));
}
