/**
 * Which process is this? A pid alone proves nothing: it is reused, and a killed child may stay as a
 * zombie. So a process is known by its command line, which names our entry file and state folder,
 * and where it matters by its start time. Linux answers from /proc, other systems through `ps`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningProcess {
  readonly pid: number;
  /** Arguments joined by one space. */
  readonly commandLine: string;
}

const hasProc = existsSync('/proc/self/cmdline');

/** The command line of a live process; null when there is none, or only a zombie. */
export function commandLineOf(pid: number): string | null {
  if (hasProc) return fromProc(pid);
  const line = ps(['-o', 'state=,command=', '-p', String(pid)])[0];
  if (line === undefined || line.startsWith('Z')) return null;
  return line.replace(/^\S+\s+/, '');
}

function fromProc(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return text === '' ? null : text.replace(/\0$/, '').replaceAll('\0', ' ');
  } catch {
    return null;
  }
}

/** Start time in the system's own words, equal only for the same process; null when it is gone. */
export function startTimeOf(pid: number): string | null {
  if (!hasProc) return ps(['-o', 'lstart=', '-p', String(pid)])[0]?.trim() ?? null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; state is field 3, the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** Whether the process lives and its command line holds every marker. */
export function isProcess(pid: number, markers: readonly string[]): boolean {
  const commandLine = commandLineOf(pid);
  return commandLine !== null && markers.every((marker) => commandLine.includes(marker));
}

/** All processes whose command line holds every marker, this one excepted. */
export function findProcesses(markers: readonly string[]): RunningProcess[] {
  return listProcesses().filter(
    ({ pid, commandLine }) =>
      pid !== process.pid && markers.every((marker) => commandLine.includes(marker)),
  );
}

function listProcesses(): RunningProcess[] {
  if (hasProc) {
    return readdirSync('/proc').flatMap((name) => {
      const commandLine = /^\d+$/.test(name) ? fromProc(Number(name)) : null;
      return commandLine === null ? [] : [{ pid: Number(name), commandLine }];
    });
  }
  return ps(['-axo', 'pid=,command=']).map((line) => {
    const [, pid, commandLine] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), commandLine: commandLine ?? '' };
  });
}

function ps(args: string[]): string[] {
  try {
    const text = execFileSync('ps', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.split('\n').filter((line) => line.trim() !== '');
  } catch {
    return [];
  }
}

/** SIGTERM, then SIGKILL after the grace; returns when the process is gone. */
export async function stopProcess(
  pid: number,
  markers: readonly string[],
  graceMs: number,
): Promise<void> {
  const signalled = (signal: NodeJS.Signals): boolean => {
    if (!isProcess(pid, markers)) return false;
    try {
      process.kill(pid, signal);
    } catch {
      // Gone between the look and the signal.
    }
    return true;
  };
  if (!signalled('SIGTERM')) return;
  if (await isGone(pid, markers, graceMs)) return;
  signalled('SIGKILL');
  await isGone(pid, markers, 10_000);
}

async function isGone(
  pid: number,
  markers: readonly string[],
  timeoutMs: number,
): Promise<boolean> {
  const until = Date.now() + timeoutMs;
  while (isProcess(pid, markers)) {
    if (Date.now() >= until) return false;
    await sleep(25);
  }
  return true;
}
