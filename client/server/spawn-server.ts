/**
 * Starts the embedded dev server: detached, so that it outlives the command; on the loopback
 * interface only, for it has no authentication; one database file per server version, for it never
 * migrates one. The record is written right after the start, so that a starter that dies leaves a
 * server that the next one finds.
 */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { TemporalCli } from './cli-version.js';
import { DEFAULT_NAMESPACE } from './namespace.js';
import type { PortPair } from './ports.js';
import { SEARCH_ATTRIBUTES } from './search-attributes.js';
import { spawnDetached } from './spawn-detached.js';
import { type ServerRecord, type StateFolder, writeRecord } from './state.js';

export interface SpawnedServer {
  readonly record: ServerRecord;
  readonly child: ChildProcess;
}

export function spawnServer(state: StateFolder, cli: TemporalCli, ports: PortPair): SpawnedServer {
  const dbFile = join(state.root, `temporal-${cli.serverVersion}.db`);
  const env = withoutTemporalSettings(process.env);
  const logFile = state.serverLog;
  const child = spawnDetached(cli.path, serverArguments(dbFile, ports), { state, logFile, env });
  const record: ServerRecord = {
    pid: child.pid ?? 0,
    ...ports,
    cliPath: cli.path,
    cliVersion: cli.cliVersion,
    serverVersion: cli.serverVersion,
    dbFile,
    startedAt: new Date().toISOString(),
  };
  if (record.pid > 0) writeRecord(state.serverFile, record);
  return { record, child };
}

function serverArguments(dbFile: string, ports: PortPair): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1'],
    ...['--port', String(ports.port), '--ui-port', String(ports.uiPort)],
    ...['--namespace', DEFAULT_NAMESPACE, '--db-filename', dbFile],
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ...['--ui-disable-news-fetch', '--log-level', 'warn'],
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
      '--search-attribute',
      `${name}=${type}`,
    ]),
  ];
}

/** The user's own Temporal settings (another address, TLS) are no business of the embedded server. */
function withoutTemporalSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
