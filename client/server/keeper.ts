/**
 * The keeper is a small detached process that restarts the embedded server or the worker when one
 * dies. Nothing depends on it: killed, it is started again by the next command. It stops by itself
 * when its record no longer names it.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOCK_MS_MAX } from './dev-server.js';
import { builtFile, keeperVersion } from './install-folder.js';
import { withLock } from './lock.js';
import { findProcesses, isProcess, stopProcess } from './process-identity.js';
import { readKeeperRecord, removeRecord, type StateFolder, writeRecord } from './state.js';

const STOP_GRACE_MS = 3_000;

export interface KeeperOptions {
  readonly workerEntry?: string | undefined;
}

export interface KeeperInfo {
  readonly pid: number;
  readonly reused: boolean;
}

export function keeperMarkers(state: StateFolder): readonly string[] {
  return [`--keeper-file ${state.keeperFile}`];
}

/** The recorded keeper, if it lives and runs this code. */
export function liveKeeper(state: StateFolder): KeeperInfo | null {
  const record = readKeeperRecord(state);
  if (record === null || record.codeVersion !== keeperVersion()) return null;
  return isProcess(record.pid, keeperMarkers(state)) ? { pid: record.pid, reused: true } : null;
}

/** Finds or starts the keeper. */
export async function ensureKeeper(
  state: StateFolder,
  options: KeeperOptions = {},
): Promise<KeeperInfo> {
  const running = liveKeeper(state);
  if (running !== null) return running;
  return await withLock(state.lockFile, LOCK_MS_MAX, async () => {
    const appeared = liveKeeper(state);
    if (appeared !== null) return appeared;
    await stopKeeper(state);
    return await startKeeper(state, options);
  });
}

async function startKeeper(state: StateFolder, options: KeeperOptions): Promise<KeeperInfo> {
  mkdirSync(state.root, { recursive: true });
  const log = openSync(state.keeperLog, 'a');
  const args = ['--keeper-file', state.keeperFile];
  if (options.workerEntry !== undefined) args.push('--worker-entry', options.workerEntry);
  const child = spawn(process.execPath, [builtFile('client', 'server', 'keeper-main.js'), ...args], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: state.root,
    env: { ...process.env, BALLAST_STATE_DIR: state.root },
  });
  closeSync(log);
  child.on('error', () => undefined);
  child.unref();
  const pid = child.pid ?? 0;
  if (pid > 0) writeRecord(state.keeperFile, { pid, codeVersion: keeperVersion() });
  // Between fork and exec the command line is still ours: wait until it is the keeper's.
  while (pid > 0 && child.exitCode === null && !isProcess(pid, keeperMarkers(state))) await sleep(5);
  return { pid, reused: false };
}

/** Ends every keeper of this state folder. Returns how many there were. */
export async function stopKeeper(state: StateFolder): Promise<number> {
  const running = findProcesses(keeperMarkers(state));
  await Promise.all(running.map(({ pid }) => stopProcess(pid, keeperMarkers(state), STOP_GRACE_MS)));
  removeRecord(state.keeperFile);
  return running.length;
}

/** Deaths that fall out of this window no longer slow a restart. */
const WINDOW_MS = 60_000;
const DELAY_MS_MIN = 500;
const DELAY_MS_MAX = 30_000;

/** Wait before the next restart: none after one death, then doubling with each more in a minute. */
export function restartDelayMs(deathTimesMs: readonly number[], nowMs: number): number {
  const recent = deathTimesMs.filter((time) => nowMs - time < WINDOW_MS).length;
  if (recent <= 1) return 0;
  return Math.min(DELAY_MS_MAX, DELAY_MS_MIN * 2 ** (recent - 2));
}
