/**
 * Everything a build needs to be under way: server, worker, keeper. `ensureRuntime` starts what is
 * missing and returns quickly when all is there; `stopRuntime` ends it all, the keeper first, so
 * that nobody restarts what is being stopped.
 */
import {
  ensureServer,
  explicitAddress,
  LOCK_MS_MAX,
  type ServerInfo,
  type ServerOptions,
  stopServer,
} from './dev-server.js';
import { ensureKeeper, type KeeperInfo, stopKeeper } from './keeper.js';
import { withLock } from './lock.js';
import { stateFolder } from './state.js';
import { ensureWorker, stopWorker, type WorkerInfo, type WorkerOptions } from './worker-process.js';

export type RuntimeOptions = ServerOptions & WorkerOptions;

export interface Runtime {
  readonly server: ServerInfo;
  readonly worker: WorkerInfo;
  /** Null beside a server that the user named: that one is not ours to keep. */
  readonly keeper: KeeperInfo | null;
}

/** Finds or starts server, worker and keeper. */
export async function ensureRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const state = options.state ?? stateFolder();
  if (explicitAddress(options.address) !== null) {
    // A keeper would bring the embedded server back and take the worker away from this one.
    await stopKeeper(state);
    const server = await ensureServer({ ...options, state });
    return { server, worker: await ensureWorker(server, { ...options, state }), keeper: null };
  }
  const embedded = await startEmbedded({ ...options, state });
  const keeper = await ensureKeeper(state, { workerEntry: options.workerEntry });
  return { ...embedded, keeper };
}

/** The embedded server and its worker, whatever address the environment names. */
export async function startEmbedded(
  options: RuntimeOptions,
): Promise<{ server: ServerInfo; worker: WorkerInfo }> {
  const server = await ensureServer(options);
  return { server, worker: await ensureWorker(server, options) };
}

export interface Stopped {
  readonly keepers: number;
  readonly workers: number;
  readonly servers: number;
}

/** Ends keeper, worker and embedded server; leaves no process and no record. */
export async function stopRuntime(options: RuntimeOptions = {}): Promise<Stopped> {
  const state = options.state ?? stateFolder();
  const before = await stopKeeper(state);
  return await withLock(state.lockFile, LOCK_MS_MAX, async () => {
    const keepers = before + (await stopKeeper(state));
    return { keepers, workers: await stopWorker(state), servers: await stopServer(state) };
  });
}
