/**
 * The embedded default, run as users run it: the built `ballast` command, real servers in state
 * folders of their own. The Temporal CLI is found or installed once, beside the installed packages.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { haveCli } from '../client/server/install-cli.js';
import { builtFile, packageRoot } from '../client/server/install-folder.js';
import { freePorts } from '../client/server/ports.js';
import { commandLineOf, findProcesses, stopProcess } from '../client/server/process-identity.js';
import { serverMarkers } from '../client/server/process-markers.js';
import { spawnDetached } from '../client/server/spawn-detached.js';
import { readServerRecord, type StateFolder, stateFolder } from '../client/server/state.js';

const tools = stateFolder(join(packageRoot(), 'node_modules', '.cache', 'ballast-tools'));
let cli = '';
let install = '';
const states: StateFolder[] = [];

/** A copy of the built programs: a rebuild while the tests run is not another version of the code. */
beforeAll(async () => {
  cli = (await haveCli(tools, () => undefined)).path;
  builtFile('worker', 'main.js');
  install = mkdtempSync(join(tmpdir(), 'ballast-install-'));
  for (const name of ['dist', 'package.json']) {
    cpSync(join(packageRoot(), name), join(install, name), { recursive: true });
  }
  symlinkSync(join(packageRoot(), 'node_modules'), join(install, 'node_modules'));
});

afterAll(() => rmSync(install, { recursive: true, force: true }));

afterEach(async () => {
  for (const state of states.splice(0)) {
    await ballast(state, ['down']);
    rmSync(state.root, { recursive: true, force: true });
  }
});

function newState(): StateFolder {
  const state = stateFolder(mkdtempSync(join(tmpdir(), 'ballast-state-')));
  states.push(state);
  return state;
}

interface Run {
  readonly exitCode: number;
  // biome-ignore lint/suspicious/noExplicitAny: the document of whichever command was run
  readonly document: any;
}

function ballast(state: StateFolder, args: string[]): Promise<Run> {
  const { TEMPORAL_ADDRESS: _, BALLAST_TEMPORAL_ADDRESS: __, ...rest } = process.env;
  const env = { ...rest, BALLAST_STATE_DIR: state.root, BALLAST_TEMPORAL_CLI: cli };
  const main = join(install, 'dist', 'client', 'main.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args, '--json'], { env }, (error, stdout) =>
      resolve({
        exitCode: error === null ? 0 : Number(error.code),
        document: stdout === '' ? null : JSON.parse(stdout),
      }),
    );
  });
}

async function until<T>(look: () => Promise<T | null> | T | null): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await sleep(100);
  }
}

async function connect(address: string): Promise<Connection | null> {
  return await Connection.connect({ address, connectTimeout: 1_000 }).catch(() => null);
}

/** A run that nobody works on: it stays in the database until somebody looks for it. */
async function startRun(address: string, workflowId: string): Promise<void> {
  const connection = await until(() => connect(address));
  await connection.workflowService.startWorkflowExecution({
    namespace: 'ballast',
    workflowId,
    requestId: workflowId,
    workflowType: { name: 'nobody-works-on-this' },
    taskQueue: { name: 'nobody-polls-this' },
  });
  await connection.close();
}

async function findRun(address: string, workflowId: string): Promise<string | null> {
  const connection = await connect(address);
  if (connection === null) return null;
  try {
    const execution = { workflowId };
    const answer = await connection.workflowService.describeWorkflowExecution({
      namespace: 'ballast',
      execution,
    });
    return answer.workflowExecutionInfo?.execution?.workflowId ?? null;
  } catch {
    return null;
  } finally {
    await connection.close();
  }
}

function ours(state: StateFolder): number {
  return findProcesses([`${state.root}/`]).length;
}

describe('ballast up', { timeout: 120_000 }, () => {
  test('a second up finds the server, the worker and the keeper of the first', async () => {
    const state = newState();
    const first = await ballast(state, ['up']);
    expect(first.exitCode).toBe(0);
    expect(first.document.server).toMatchObject({ embedded: true, reused: false });
    expect(first.document.server.address).toMatch(/^127\.0\.0\.1:\d+$/);
    const record = readServerRecord(state);
    const second = await ballast(state, ['up']);
    expect(readServerRecord(state)).toEqual(record);
    expect(second.document.server).toEqual({ ...first.document.server, reused: true });
    expect(second.document.worker).toEqual({ ...first.document.worker, reused: true });
    expect(second.document.keeper).toEqual({ ...first.document.keeper, reused: true });
    const doctor = await ballast(state, ['doctor']);
    expect(doctor.exitCode).toBe(0);
    expect(doctor.document.ok).toBe(true);
    const named = (name: string) =>
      doctor.document.checks.find((check: { name: string }) => check.name === name);
    expect(named('retention of histories').found).toBe('90 days');
    expect(named('search attributes').state).toBe('ok');
    for (const queue of ['ballast, workflows', 'ballast, activities', 'ballast-cpu, activities']) {
      expect(named(`pollers of ${queue}`).found).not.toBe('none');
    }
  });

  test('two at once start one server, one worker and one keeper', async () => {
    const state = newState();
    const runs = await Promise.all([ballast(state, ['up']), ballast(state, ['up'])]);
    expect(runs.map((run) => run.exitCode)).toEqual([0, 0]);
    expect(runs[0]?.document.server.address).toBe(runs[1]?.document.server.address);
    expect(runs[0]?.document.worker.pid).toBe(runs[1]?.document.worker.pid);
    expect(runs[0]?.document.keeper.pid).toBe(runs[1]?.document.keeper.pid);
    expect(findProcesses(serverMarkers(state))).toHaveLength(1);
    expect(ours(state)).toBe(3);
  });

  test('a server whose record was lost is adopted, not started twice on one database', async () => {
    const state = newState();
    const first = await ballast(state, ['up']);
    const record = readServerRecord(state);
    process.kill(first.document.keeper.pid, 'SIGKILL');
    rmSync(state.serverFile);
    const second = await ballast(state, ['up']);
    expect(second.document.server).toEqual({ ...first.document.server, reused: true });
    expect(readServerRecord(state)?.pid).toBe(record?.pid);
    expect(findProcesses(serverMarkers(state))).toHaveLength(1);
  });

  test('a search attribute with another type is refused and leaves no server', async () => {
    const state = newState();
    const [, version = ''] = /Server ([^,)]+)/.exec(await versionOf(cli)) ?? [];
    const dbFile = join(state.root, `temporal-${version}.db`);
    const { port, uiPort } = await freePorts();
    const flags = ['--ip', '127.0.0.1', '--port', `${port}`, '--ui-port', `${uiPort}`];
    const names = ['--namespace', 'ballast', '--search-attribute', 'MixTokens=Keyword'];
    const args = ['server', 'start-dev', ...flags, ...names, '--db-filename', dbFile];
    const child = spawnDetached(cli, args, { state, logFile: state.serverLog, env: process.env });
    const connection = await until(() => connect(`127.0.0.1:${port}`));
    await connection.close();
    const named = await ballast(state, ['up', '--address', `127.0.0.1:${port}`]);
    expect(named.exitCode).toBe(6);
    expect(named.document.error).toMatchObject({
      code: 'SERVER_UNREACHABLE',
      expected: 'MixTokens Int',
      found: 'MixTokens Keyword',
    });
    await stopProcess(child.pid ?? 0, ['server start-dev'], 10_000);
    const embedded = await ballast(state, ['up']);
    expect(embedded.exitCode).toBe(6);
    expect(embedded.document.error.found).toBe('MixTokens Keyword');
    expect(ours(state)).toBe(0);
  });

  test('an explicit address that does not answer is exit 6, and nothing is started', async () => {
    const state = newState();
    const run = await ballast(state, ['up', '--address', '127.0.0.1:1']);
    expect(run.exitCode).toBe(6);
    expect(run.document.error).toMatchObject({ code: 'SERVER_UNREACHABLE', where: '127.0.0.1:1' });
    expect(ours(state)).toBe(0);
  });

  test('an explicit address gets a worker of its own beside the embedded one', async () => {
    const host = newState();
    const guest = newState();
    const { document } = await ballast(host, ['up']);
    const named = await ballast(guest, ['up', '--address', document.server.address]);
    expect(named.document.server).toMatchObject({ embedded: false, uiUrl: null, reused: true });
    expect(named.document.worker.pid).not.toBe(document.worker.pid);
    expect(findProcesses(serverMarkers(guest))).toHaveLength(0);
    const down = await ballast(guest, ['down']);
    expect(down.document.stopped).toEqual({ keepers: 1, workers: 1, servers: 0 });
    expect(ours(host)).toBe(3);
  });
});

describe('the keeper', { timeout: 120_000 }, () => {
  test('a killed server comes back at its address with its runs', async () => {
    const state = newState();
    const { address } = (await ballast(state, ['up'])).document.server;
    await startRun(address, 'kept');
    const killed = readServerRecord(state)?.pid ?? 0;
    process.kill(killed, 'SIGKILL');
    expect(await until(() => findRun(address, 'kept'))).toBe('kept');
    expect(readServerRecord(state)?.pid).not.toBe(killed);
    expect(readFileSync(state.keeperLog, 'utf8')).toContain('the server is not running');
  });

  test('a killed worker comes back, and a killed keeper with the next up', async () => {
    const state = newState();
    const first = (await ballast(state, ['up'])).document;
    process.kill(first.worker.pid, 'SIGKILL');
    const back = await until(() => {
      const text = existsSync(state.workerFile) ? readFileSync(state.workerFile, 'utf8') : '{}';
      const { pid } = JSON.parse(text) as { pid?: number };
      return pid !== undefined && pid !== first.worker.pid ? pid : null;
    });
    expect(commandLineOf(back)).toContain('worker');
    process.kill(first.keeper.pid, 'SIGKILL');
    const second = (await ballast(state, ['up'])).document;
    expect(second.worker).toMatchObject({ pid: back, reused: true });
    expect(second.keeper.reused).toBe(false);
  });
});

describe('ballast down', { timeout: 120_000 }, () => {
  test('no process is left, the data is, and down is repeatable', async () => {
    const state = newState();
    const { address } = (await ballast(state, ['up'])).document.server;
    await startRun(address, 'before-down');
    expect(ours(state)).toBe(3);
    const down = await ballast(state, ['down']);
    expect(down.document.stopped).toEqual({ keepers: 1, workers: 1, servers: 1 });
    expect(ours(state)).toBe(0);
    expect((await ballast(state, ['down'])).document.stopped).toMatchObject({ servers: 0 });
    const again = (await ballast(state, ['up'])).document.server;
    expect(again.reused).toBe(false);
    expect(await findRun(again.address, 'before-down')).toBe('before-down');
  });
});

function versionOf(path: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(path, ['--version'], (_error, stdout) => resolve(stdout));
  });
}
