/**
 * Live progress on stderr: a bar per phase on a terminal; elsewhere one line per finished phase, so
 * that a log stays short.
 */
import cliProgress, { type Options, type SingleBar } from 'cli-progress';
import { colorsFor } from './output.js';

const { Format, MultiBar } = cliProgress;

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

function barProgress(phases: readonly Phase[], stream: NodeJS.WriteStream): Progress {
  const colors = colorsFor(stream);
  const width = Math.max(...phases.map((phase) => labelOf(phase).length), 0);
  const formatLine = (
    options: Options,
    params: { progress: number; value: number; total: number },
    payload: { label: string; note: string },
  ): string => {
    const isDone = params.value >= params.total && params.total > 0;
    const bar = Format.BarFormat(params.progress, options);
    const counts = params.total > 0 ? `${params.value}/${params.total}` : '';
    const mark = isDone ? colors.green('✓') : ' ';
    const label = payload.label.padEnd(width);
    return `${mark} ${label} ${colors.cyan(bar)} ${counts.padStart(11)}  ${colors.dim(payload.note)}`;
  };
  const multi = new MultiBar({
    stream,
    format: formatLine as Options['format'] & object,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 28,
    hideCursor: true,
    linewrap: false,
    fps: 10,
    clearOnComplete: false,
    stopOnComplete: false,
    gracefulExit: true,
  });
  const rows = new Map<string, SingleBar>();
  for (const phase of phases) {
    rows.set(phase.name, multi.create(0, 0, { label: labelOf(phase), note: '' }));
  }
  return {
    update: (name, done, total, note = '') => {
      const row = rows.get(name);
      row?.setTotal(total);
      row?.update(done, { note });
    },
    stop: () => multi.stop(),
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
