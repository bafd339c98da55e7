/**
 * Live progress on stderr: a bar per phase on a terminal; elsewhere one line per finished phase, so
 * that a log stays short.
 */
import cliProgress, { type GenericFormatter } from 'cli-progress';
import { colorsFor } from './output.js';

// A CommonJS package: its named exports are not seen by an ES import.
const { MultiBar } = cliProgress;

export interface Phase {
  readonly name: string;
  /** What people read; the name where there is none. */
  readonly label?: string;
}

export interface Progress {
  /** `done` of `total` pieces; a total of 0 is one that is not known yet. */
  update(phase: string, done: number, total: number, note?: string): void;
  /** Leaves the bars as they are and gives the terminal back. */
  stop(): void;
}

export interface ProgressOptions {
  readonly stream?: NodeJS.WriteStream;
  /** Bars or lines; by default bars on a terminal. */
  readonly bars?: boolean;
}

export function createProgress(
  phases: readonly (string | Phase)[],
  options: ProgressOptions = {},
): Progress {
  const stream = options.stream ?? process.stderr;
  const named = phases.map((phase) => (typeof phase === 'string' ? { name: phase } : phase));
  const bars = options.bars ?? stream.isTTY === true;
  return bars ? barProgress(named, stream) : lineProgress(named, stream);
}

function labelOf(phase: Phase): string {
  return phase.label ?? phase.name;
}

interface Row {
  readonly label: string;
  done: number;
  total: number;
  note: string;
}

/** While it runs the bars are redrawn in place; `stop` replaces them by their last state. */
function barProgress(phases: readonly Phase[], stream: NodeJS.WriteStream): Progress {
  const multi = new MultiBar({
    stream,
    format: ((_options, _params, payload: { text: () => string }) =>
      payload.text()) as GenericFormatter,
    hideCursor: true,
    linewrap: false,
    fps: 10,
    clearOnComplete: true,
    gracefulExit: false,
  });
  const lineOf = lineFormat(phases, stream);
  const rows = new Map<string, Row>();
  for (const phase of phases) {
    const row: Row = { label: labelOf(phase), done: 0, total: 0, note: '' };
    rows.set(phase.name, row);
    multi.create(1, 0, { text: () => lineOf(row) });
  }
  let isRunning = true;
  const stop = (): void => {
    if (!isRunning) return;
    isRunning = false;
    process.removeListener('SIGINT', onInterrupt);
    multi.stop();
    stream.write([...rows.values()].map((row) => `${lineOf(row)}\n`).join(''));
  };
  // The terminal gets its cursor back; then Ctrl-C means what the command, or Node, makes of it.
  const onInterrupt = (): void => {
    stop();
    if (process.listenerCount('SIGINT') === 0) process.kill(process.pid, 'SIGINT');
  };
  process.on('SIGINT', onInterrupt);
  const update: Progress['update'] = (name, done, total, note = '') => {
    const row = rows.get(name);
    if (row !== undefined) Object.assign(row, { done, total, note });
  };
  return { update, stop };
}

const BAR_WIDTH = 28;

/** `✓ Profile shards ████████░░░░ 5/8  note` */
function lineFormat(phases: readonly Phase[], stream: NodeJS.WriteStream): (row: Row) => string {
  const colors = colorsFor(stream);
  const width = Math.max(0, ...phases.map((phase) => labelOf(phase).length));
  return ({ label, done, total, note }) => {
    const filled = total > 0 ? Math.floor((BAR_WIDTH * Math.min(done, total)) / total) : 0;
    const bar = colors.cyan('█'.repeat(filled)) + colors.dim('░'.repeat(BAR_WIDTH - filled));
    const mark = total > 0 && done >= total ? colors.green('✓') : ' ';
    const counts = total > 0 ? `${done}/${total}` : '';
    return `${mark} ${label.padEnd(width)} ${bar} ${counts.padStart(11)}  ${colors.dim(note)}`;
  };
}

function lineProgress(phases: readonly Phase[], stream: NodeJS.WriteStream): Progress {
  const labels = new Map(phases.map((phase) => [phase.name, labelOf(phase)]));
  const finished = new Set<string>();
  return {
    update: (name, done, total, note = '') => {
      const label = labels.get(name);
      if (label === undefined || finished.has(name) || total === 0 || done < total) return;
      finished.add(name);
      stream.write(`${label}: ${done} of ${total}${note === '' ? '' : `, ${note}`}\n`);
    },
    stop: () => undefined,
  };
}
