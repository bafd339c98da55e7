/**
 * Starts a process that outlives its starter: a process group of its own (Ctrl-C in the starter's
 * terminal does not reach it), no pipe to the starter (a broken one would end it), output to a log.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import type { StateFolder } from './state.js';

const LOG_BYTES_MAX = 16 * 1024 * 1024;

export interface DetachedOptions {
  readonly state: StateFolder;
  readonly logFile: string;
  readonly env: NodeJS.ProcessEnv;
}

export function spawnDetached(
  program: string,
  args: readonly string[],
  { state, logFile, env }: DetachedOptions,
): ChildProcess {
  mkdirSync(state.root, { recursive: true });
  // A full log moves aside at a start; the one before it goes.
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, 'a');
  const stdio = ['ignore', log, log] as const;
  const child = spawn(program, args, { detached: true, stdio: [...stdio], cwd: state.root, env });
  closeSync(log);
  // A program that cannot start has no pid; the caller sees that.
  child.on('error', () => undefined);
  child.unref();
  return child;
}

/** The last lines of a log, for the error that a failed start becomes. */
export function logTail(file: string, lineCount = 3): string {
  try {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines.slice(-lineCount).join(' | ').slice(-600) || 'an empty log';
  } catch {
    return 'no log';
  }
}
