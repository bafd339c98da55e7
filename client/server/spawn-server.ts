/**
 * Starts the embedded dev server: its own process group, so that it outlives the command that
 * started it; the loopback interface only, for it has no authentication; one database file per
 * server version, for it never migrates one. The record is written right after the start, so that
 * a starter that dies leaves a server that the next one finds.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TemporalCli } from './cli-version.js';
import { DEFAULT_NAMESPACE } from './namespace.js';
import type { PortPair } from './ports.js';
import { SEARCH_ATTRIBUTES } from './search-attributes.js';
import { type ServerRecord, type StateFolder, writeRecord } from './state.js';

export interface SpawnedServer {
  readonly record: ServerRecord;
  readonly child: ChildProcess;
}

/** What the command line of a server of this state folder holds. */
export function serverMarkers(state: StateFolder): readonly string[] {
  return ['server start-dev', `--db-filename ${join(state.root, 'temporal-')}`];
}

export function spawnServer(state: StateFolder, cli: TemporalCli, ports: PortPair): SpawnedServer {
  mkdirSync(state.root, { recursive: true });
  const dbFile = join(state.root, `temporal-${cli.serverVersion}.db`);
  const log = openSync(state.serverLog, 'a');
  const child = spawn(cli.path, serverArguments(dbFile, ports), {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: state.root,
    env: withoutTemporalSettings(process.env),
  });
  closeSync(log);
  child.on('error', () => undefined);
  child.unref();
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

/** The last lines of a log, for the error that a failed start becomes. */
export function logTail(file: string, lineCount = 3): string {
  try {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines.slice(-lineCount).join(' | ').slice(-600) || 'an empty log';
  } catch {
    return 'no log';
  }
}
