/**
 * The keeper is a small detached process that restarts the embedded server or the worker when one
 * dies. Nothing depends on it: killed, it is started again by the next command. It stops by itself
 * when its record no longer names it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { builtFile, keeperVersion } from './install-folder.js';
import { LOCK_MS_MAX, withLock } from './lock.js';
import { findProcesses, isProcess, stopProcess } from './process-identity.js';
import { keeperMarkers } from './process-markers.js';
import { spawnDetached } from './spawn-detached.js';
import { readKeeperRecord, removeRecord, type StateFolder, writeRecord } from './state.js';

const STOP_GRACE_MS = 3_000;

export interface KeeperOptions {
  /** Keep only the worker, of the server at this address. */
  readonly address?: string | undefined;
  readonly workerEntry?: string | undefined;
}

export interface KeeperInfo {
  readonly pid: number;
  readonly reused: boolean;
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
  const args = ['--keeper-file', state.keeperFile];
  if (options.address !== undefined) args.push('--address', options.address);
  if (options.workerEntry !== undefined) args.push('--worker-entry', options.workerEntry);
  const program = builtFile('client', 'server', 'keeper-main.js');
  const env = { ...process.env, BALLAST_STATE_DIR: state.root };
  const detached = { state, logFile: state.keeperLog, env };
  const child = spawnDetached(process.execPath, [program, ...args], detached);
  const pid = child.pid ?? 0;
  if (pid > 0) writeRecord(state.keeperFile, { pid, codeVersion: keeperVersion() });
  // Between fork and exec the command line is still ours: wait until it is the keeper's.
  while (pid > 0 && child.exitCode === null && !isProcess(pid, keeperMarkers(state)))
    await sleep(5);
  return { pid, reused: false };
}

/** Ends every keeper of this state folder. Returns how many there were. */
export async function stopKeeper(state: StateFolder): Promise<number> {
  const running = findProcesses(keeperMarkers(state));
  await Promise.all(
    running.map(({ pid }) => stopProcess(pid, keeperMarkers(state), STOP_GRACE_MS)),
  );
  removeRecord(state.keeperFile);
  return running.length;
}
