/**
 * The worker of this state folder: one detached process that polls the server. It writes its record
 * itself once it polls; until then it counts as starting. A worker of other code, or of another
 * server, is ended gracefully and replaced, so that no build runs on two versions of the code.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../core/schema/failure.js';
import { builtFile, codeVersion } from './install-folder.js';
import { LOCK_MS_MAX, withLock } from './lock.js';
import { findProcesses, isProcess, stopProcess } from './process-identity.js';
import { workerMarkers } from './process-markers.js';
import type { ServerInfo } from './server-info.js';
import { logTail, spawnDetached } from './spawn-detached.js';
import { readWorkerRecord, removeRecord, type StateFolder, stateFolder } from './state.js';

export interface WorkerInfo {
  readonly pid: number;
  readonly codeVersion: string;
  readonly reused: boolean;
}

export interface WorkerOptions {
  readonly state?: StateFolder | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
  /** The program to run; `dist/worker/main.js` unless a test says otherwise. */
  readonly workerEntry?: string | undefined;
}

const READY_MS_MAX = 30_000;
/** A worker finishes what it can and hands the rest back; a second one may wait for it. */
const STOP_GRACE_MS = 20_000;

/** Finds or starts the worker of this code for this server. */
export async function ensureWorker(
  server: ServerInfo,
  options: WorkerOptions = {},
): Promise<WorkerInfo> {
  const state = options.state ?? stateFolder();
  const running = liveWorker(state, server);
  if (running !== null) return running;
  return await withLock(state.lockFile, LOCK_MS_MAX, async () => {
    return liveWorker(state, server) ?? (await replaceWorker(state, server, options));
  });
}

/** The recorded worker, if it lives, polls this server and runs this code. */
export function liveWorker(state: StateFolder, server: ServerInfo): WorkerInfo | null {
  const record = readWorkerRecord(state);
  if (record === null || record.codeVersion !== codeVersion()) return null;
  if (record.address !== server.address || record.namespace !== server.namespace) return null;
  if (!isProcess(record.pid, workerMarkers(state))) return null;
  return { pid: record.pid, codeVersion: record.codeVersion, reused: true };
}

async function replaceWorker(
  state: StateFolder,
  server: ServerInfo,
  options: WorkerOptions,
): Promise<WorkerInfo> {
  const progress = options.onProgress ?? (() => undefined);
  const entry = options.workerEntry ?? builtFile('worker', 'main.js');
  if ((await stopWorker(state)) > 0) progress('stopped a worker of other code or another server');
  progress('starting the worker');
  const child = spawnWorker(state, server, entry);
  const until = Date.now() + READY_MS_MAX;
  while (child.exitCode === null && child.signalCode === null && Date.now() < until) {
    const worker = liveWorker(state, server);
    if (worker !== null) return { ...worker, reused: false };
    await sleep(25);
  }
  await stopWorker(state);
  throw workerFailed(state);
}

function spawnWorker(state: StateFolder, server: ServerInfo, entry: string) {
  const { address, namespace } = server;
  const named = server.embedded ? [] : ['--named'];
  const where = ['--address', address, '--namespace', namespace, ...named];
  const args = [...where, '--ready-file', state.workerFile];
  const env = { ...process.env, BALLAST_CODE_VERSION: codeVersion() };
  return spawnDetached(process.execPath, [entry, ...args], {
    state,
    logFile: state.workerLog,
    env,
  });
}

function workerFailed(state: StateFolder): Failure {
  return new Failure('SERVER_UNREACHABLE', {
    subject: 'the ballast worker',
    expected: `polling within ${READY_MS_MAX / 1000} s of its start`,
    found: logTail(state.workerLog),
    where: state.workerLog,
    remedy: 'read that log, then run: ballast doctor',
  });
}

/** Ends every worker of this state folder. Returns how many there were. */
export async function stopWorker(state: StateFolder): Promise<number> {
  const running = findProcesses(workerMarkers(state));
  await Promise.all(
    running.map(({ pid }) => stopProcess(pid, workerMarkers(state), STOP_GRACE_MS)),
  );
  removeRecord(state.workerFile);
  return running.length;
}
