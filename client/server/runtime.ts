/**
 * Everything a build needs to be under way: server, worker, keeper. `ensureRuntime` starts what is
 * missing and returns quickly when all is there; `stopRuntime` ends it all, keepers first, so that
 * nobody restarts what is being stopped. A server that the user named gets a worker and a keeper of
 * its own, beside the embedded ones.
 */
import {
  ensureServer,
  explicitAddress,
  explicitNamespace,
  type ServerOptions,
  stopServer,
} from './dev-server.js';
import { ensureKeeper, type KeeperInfo, stopKeeper } from './keeper.js';
import { LOCK_MS_MAX, withLock } from './lock.js';
import type { ServerInfo } from './server-info.js';
import { namedServerFolder, namedServerFolders, type StateFolder, stateFolder } from './state.js';
import { ensureWorker, stopWorker, type WorkerInfo, type WorkerOptions } from './worker-process.js';

export type RuntimeOptions = ServerOptions & WorkerOptions;

export interface Runtime {
  readonly server: ServerInfo;
  readonly worker: WorkerInfo;
  readonly keeper: KeeperInfo;
}

/** Finds or starts server, worker and keeper. */
export async function ensureRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const address = explicitAddress(options.address) ?? undefined;
  const state = runtimeFolder(options.state ?? stateFolder(), address);
  const started = await startServerAndWorker({ ...options, address, state });
  const keeper = await ensureKeeper(state, { address, workerEntry: options.workerEntry });
  return { ...started, keeper };
}

/** The folder with the records of the worker and keeper of the embedded or the named server. */
export function runtimeFolder(state: StateFolder, address: string | undefined): StateFolder {
  return address === undefined ? state : namedServerFolder(state, address, explicitNamespace());
}

/** As `ensureRuntime` without the keeper, which calls this. */
export async function startServerAndWorker(
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

/** Ends every keeper, worker and server of ours; leaves no process and no record. */
export async function stopRuntime(state: StateFolder = stateFolder()): Promise<Stopped> {
  let total: Stopped = { keepers: 0, workers: 0, servers: 0 };
  for (const folder of [...namedServerFolders(state), state]) {
    const keepers = await stopKeeper(folder);
    const stopped = await withLock(folder.lockFile, LOCK_MS_MAX, async () => ({
      keepers: keepers + (await stopKeeper(folder)),
      workers: await stopWorker(folder),
      servers: await stopServer(folder),
    }));
    total = add(total, stopped);
  }
  return total;
}

function add(a: Stopped, b: Stopped): Stopped {
  return {
    keepers: a.keepers + b.keepers,
    workers: a.workers + b.workers,
    servers: a.servers + b.servers,
  };
}
