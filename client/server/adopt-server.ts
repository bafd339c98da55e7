/**
 * Servers of our state folder that run without a record (their starter died, the record was lost) or
 * do not answer yet. One is adopted; one that stays silent, and any second one, is ended: two
 * servers on one database file would both accept work.
 */
import { askCli } from './cli-version.js';
import { findProcesses, isProcess, type RunningProcess, stopProcess } from './process-identity.js';
import { serverMarkers } from './process-markers.js';
import { type ServerInfo, serverInfo, untilReady } from './server-info.js';
import { readServerRecord, type ServerRecord, type StateFolder, writeRecord } from './state.js';

const ADOPT_MS_MAX = 15_000;
export const STOP_GRACE_MS = 10_000;

export async function adoptServer(state: StateFolder): Promise<ServerInfo | null> {
  let adopted: ServerInfo | null = null;
  for (const running of findProcesses(serverMarkers(state))) {
    const record = adopted === null ? await recordOf(running, state) : null;
    const isAlive = (): boolean => isProcess(running.pid, serverMarkers(state));
    const reached = record === null ? null : await untilReady(record, isAlive, ADOPT_MS_MAX);
    if (record === null || reached === null) {
      await stopProcess(running.pid, serverMarkers(state), STOP_GRACE_MS);
      continue;
    }
    writeRecord(state.serverFile, record);
    adopted = serverInfo(record, reached, true);
  }
  return adopted;
}

/** The record that a running server's command line gives. */
async function recordOf(
  { pid, commandLine }: RunningProcess,
  state: StateFolder,
): Promise<ServerRecord | null> {
  const known = readServerRecord(state);
  if (known?.pid === pid) return known;
  const option = (name: string): string =>
    new RegExp(` --${name} (.+?)(?= --|$)`).exec(commandLine)?.[1] ?? '';
  const cli = await askCli(commandLine.slice(0, commandLine.indexOf(' server start-dev')));
  const [port, uiPort] = [Number(option('port')), Number(option('ui-port'))];
  if (cli === null || !(port > 0) || !(uiPort > 0)) return null;
  const { path: cliPath, cliVersion, serverVersion } = cli;
  const startedAt = new Date().toISOString();
  const dbFile = option('db-filename');
  return { pid, port, uiPort, cliPath, cliVersion, serverVersion, dbFile, startedAt };
}
