/**
 * The server of this machine. An explicit address is only connected to. Otherwise the recorded
 * server is reused if it answers; else, under the lock: adopt a server of our state folder that is
 * running without a record, or start one. Two processes never share one database file.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../core/schema/failure.js';
import { namedServerOf } from '../../engines/server-settings.js';
import { adoptServer, STOP_GRACE_MS } from './adopt-server.js';
import { LOCK_MS_MAX, withLock } from './lock.js';
import { DEFAULT_NAMESPACE } from './namespace.js';
import { DEFAULT_PORTS, freePorts } from './ports.js';
import { findProcesses, isProcess, stopProcess } from './process-identity.js';
import { serverMarkers } from './process-markers.js';
import { reachEmbedded, reachExplicit } from './reach.js';
import { addressOf, type ServerInfo, serverInfo, untilReady } from './server-info.js';
import { logTail } from './spawn-detached.js';
import { spawnServer } from './spawn-server.js';
import { readServerRecord, removeRecord, type StateFolder, stateFolder } from './state.js';

export interface ServerOptions {
  /** `--address`; before BALLAST_TEMPORAL_ADDRESS and TEMPORAL_ADDRESS. */
  readonly address?: string | undefined;
  readonly state?: StateFolder | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

const READY_MS_MAX = 30_000;
const STARTS_MAX = 3;

/** The address that the user named, if any. */
export function explicitAddress(
  flag: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): string | null {
  const address = namedServerOf({ address: flag }, env)?.address;
  if (address === undefined) return null;
  const port = /^[^\s/]+?(?::(\d+))?$/.exec(address);
  if (port !== null && Number(port[1] ?? 1) <= 65_535) return address;
  throw new Failure('USAGE', {
    subject: 'the address of the Temporal server',
    expected: 'host:port',
    found: address,
    where: '--address, BALLAST_TEMPORAL_ADDRESS, TEMPORAL_ADDRESS or the profile',
    remedy: 'write it like 127.0.0.1:7233, without a scheme',
  });
}

/** `BALLAST_TEMPORAL_NAMESPACE`, `TEMPORAL_NAMESPACE`, the profile's, else `ballast`; for a server that the user named. */
export function explicitNamespace(env: NodeJS.ProcessEnv = process.env): string {
  const named = env.BALLAST_TEMPORAL_NAMESPACE || env.TEMPORAL_NAMESPACE;
  return named || namedServerOf({}, env)?.namespace || DEFAULT_NAMESPACE;
}

/** Finds or starts the server. Quick when it is there: one connection, three calls. */
export async function ensureServer(options: ServerOptions = {}): Promise<ServerInfo> {
  const address = explicitAddress(options.address);
  if (address !== null) return await namedServer(address, options);
  const state = options.state ?? stateFolder();
  const running = await recordedServer(state);
  if (running !== null) return running;
  return await withLock(state.lockFile, LOCK_MS_MAX, async () => {
    return (
      (await recordedServer(state)) ?? (await adoptServer(state)) ?? startServer(state, options)
    );
  });
}

async function namedServer(address: string, options: ServerOptions): Promise<ServerInfo> {
  const namespace = explicitNamespace();
  const { serverVersion, attributesAdded } = await reachExplicit(address, namespace);
  if (attributesAdded.length > 0) {
    options.onProgress?.(`added search attributes at ${address}: ${attributesAdded.join(', ')}`);
  }
  const info = { address, namespace, serverVersion };
  return { ...info, uiUrl: null, embedded: false, cliVersion: null, reused: true };
}

/** The server of the record, if it answers. */
export async function recordedServer(state: StateFolder): Promise<ServerInfo | null> {
  const record = readServerRecord(state);
  if (record === null || !isProcess(record.pid, serverMarkers(state))) return null;
  const reached = await reachEmbedded(addressOf(record), DEFAULT_NAMESPACE, 2_000);
  return reached === null ? null : serverInfo(record, reached, true);
}

/** Starts a server; a port that somebody else took in between costs another try. */
async function startServer(state: StateFolder, options: ServerOptions): Promise<ServerInfo> {
  const progress = options.onProgress ?? (() => undefined);
  // Loaded only here: most commands find a server running.
  const { haveCli } = await import('./install-cli.js');
  const cli = await haveCli(state, progress);
  progress(`starting Temporal server ${cli.serverVersion}`);
  // One start at a time per user: between a look at a port and its use lies a moment.
  const startLock = join(tmpdir(), `ballast-start-${process.getuid?.() ?? 0}.lock`);
  return await withLock(startLock, LOCK_MS_MAX, async () => {
    for (let attempt = 1; attempt <= STARTS_MAX; attempt++) {
      const ports = await freePorts(readServerRecord(state) ?? DEFAULT_PORTS);
      const { record, child } = spawnServer(state, cli, ports);
      const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
      const reached = await untilReady(record, isAlive, READY_MS_MAX).catch(async (error) => {
        await stopProcess(record.pid, serverMarkers(state), STOP_GRACE_MS);
        throw error;
      });
      if (reached !== null && isAlive()) return serverInfo(record, reached, false);
      await stopProcess(record.pid, serverMarkers(state), STOP_GRACE_MS);
    }
    removeRecord(state.serverFile);
    throw startFailed(state);
  });
}

function startFailed(state: StateFolder): Failure {
  return new Failure('SERVER_UNREACHABLE', {
    subject: 'the embedded Temporal server',
    expected: `an answer within ${READY_MS_MAX / 1000} s of its start`,
    found: logTail(state.serverLog),
    where: state.serverLog,
    remedy: 'read that log; free disk space or ports if it says so, then run: ballast up',
  });
}

/** Ends every server of this state folder. Returns how many there were. */
export async function stopServer(state: StateFolder): Promise<number> {
  const running = findProcesses(serverMarkers(state));
  await Promise.all(
    running.map(({ pid }) => stopProcess(pid, serverMarkers(state), STOP_GRACE_MS)),
  );
  removeRecord(state.serverFile);
  return running.length;
}
