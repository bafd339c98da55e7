/**
 * A lock file that survives crashes. The lock is a hard link to a file that already holds its owner
 * (pid and start time), so it appears complete or not at all. A lock whose owner is gone is stale;
 * removing it happens under a guard file held for a few system calls, because two waiters that both
 * saw the stale owner could otherwise remove each other's fresh lock.
 */
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../core/schema/failure.js';
import { startTimeOf } from './process-identity.js';
import { writeRecord } from './state.js';

interface Owner {
  readonly pid: number;
  readonly startTime: string | null;
  readonly nonce: string;
}

/** Longest wait for another command: it may be fetching the CLI. */
export const LOCK_MS_MAX = 180_000;
const POLL_MS = 50;
/** A guard older than this belongs to a process that died between two system calls. */
const GUARD_MS_MAX = 10_000;

/** Runs `work` while holding the lock; waits at most `timeoutMs` for another holder. */
export async function withLock<T>(
  file: string,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const owner = newOwner();
  await acquire(file, owner, timeoutMs);
  try {
    return await work();
  } finally {
    if (readOwner(file)?.nonce === owner.nonce) rmSync(file, { force: true });
  }
}

function newOwner(): Owner {
  const nonce = `${process.pid}-${process.hrtime.bigint()}-${Math.random().toString(36).slice(2)}`;
  return { pid: process.pid, startTime: startTimeOf(process.pid), nonce };
}

async function acquire(file: string, owner: Owner, timeoutMs: number): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const until = Date.now() + timeoutMs;
  while (!tryLink(file, owner)) {
    const holder = readOwner(file);
    if (holder !== null && isStale(holder) && removeStale(file, holder)) continue;
    if (Date.now() >= until) throw lockTimeout(file, holder, timeoutMs);
    await sleep(POLL_MS);
  }
}

function tryLink(file: string, owner: Owner): boolean {
  const complete = `${file}.${owner.nonce}`;
  writeRecord(complete, owner);
  try {
    linkSync(complete, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(complete, { force: true });
  }
}

function readOwner(file: string): Owner | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

function isStale(holder: Owner): boolean {
  const startTime = startTimeOf(holder.pid);
  return startTime === null || (holder.startTime !== null && startTime !== holder.startTime);
}

/** Removes the lock only if it is still the one that was judged stale; false: somebody else is at it. */
function removeStale(file: string, judged: Owner): boolean {
  const guard = `${file}.guard`;
  if (!takeGuard(guard)) return false;
  try {
    if (readOwner(file)?.nonce === judged.nonce) rmSync(file, { force: true });
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

function takeGuard(guard: string): boolean {
  try {
    closeSync(openSync(guard, 'wx'));
    return true;
  } catch {
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > GUARD_MS_MAX) rmSync(guard, { force: true });
    return false;
  }
}

function lockTimeout(file: string, holder: Owner | null, timeoutMs: number): Failure {
  return new Failure('SERVER_UNREACHABLE', {
    subject: 'the lock of the state folder',
    expected: `free within ${timeoutMs / 1000} s`,
    found: holder === null ? 'an unreadable lock file' : `held by process ${holder.pid}`,
    where: file,
    remedy: 'wait for the other ballast command to end, or stop that process',
  });
}
