/** Locks, identities and the keeper's patience: what the embedded server's life cycle rests on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withLock } from '../client/server/lock.js';
import { DEFAULT_PORTS, freePorts } from '../client/server/ports.js';
import {
  commandLineOf,
  isProcess,
  startTimeOf,
  stopProcess,
} from '../client/server/process-identity.js';
import { restartDelayMs } from '../client/server/restart-delay.js';
import { readServerRecord, stateFolder, stateRoot } from '../client/server/state.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-processes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('the lock', () => {
  test('lets one in at a time, and everyone in the end', async () => {
    const file = join(folder, 'a.lock');
    let inside = 0;
    let insideMax = 0;
    const work = async (): Promise<void> => {
      inside++;
      insideMax = Math.max(insideMax, inside);
      await sleep(5);
      inside--;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(file, 60_000, work)));
    expect(insideMax).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is free again when the work fails', async () => {
    const file = join(folder, 'a.lock');
    await expect(withLock(file, 1_000, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(existsSync(file)).toBe(false);
  });

  test('of a process that died is taken over', async () => {
    const file = join(folder, 'a.lock');
    writeFileSync(file, JSON.stringify({ pid: await deadPid(), startTime: '1', nonce: 'n' }));
    expect(await withLock(file, 0, () => Promise.resolve('in'))).toBe('in');
  });

  test('of a process whose number was given to another is taken over', async () => {
    const file = join(folder, 'a.lock');
    writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: 'earlier', nonce: 'n' }));
    expect(await withLock(file, 0, () => Promise.resolve('in'))).toBe('in');
  });

  test('of a living process is respected, and the error names its holder', async () => {
    const file = join(folder, 'a.lock');
    const owner = { pid: process.pid, startTime: startTimeOf(process.pid), nonce: 'n' };
    writeFileSync(file, JSON.stringify(owner));
    await expect(withLock(file, 0, () => Promise.resolve('in'))).rejects.toThrow(
      `held by process ${process.pid}`,
    );
    expect(existsSync(file)).toBe(true);
  });
});

describe('a process', () => {
  test('is known by its command line, and stopped even if it ignores SIGTERM', async () => {
    const script = 'process.on("SIGTERM",()=>{});console.log("up");setInterval(()=>{},1000)';
    const child = spawn(process.execPath, ['-e', script, folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    expect(isProcess(pid, [folder])).toBe(true);
    expect(isProcess(pid, [folder, 'something else'])).toBe(false);
    await stopProcess(pid, ['something else'], 0);
    expect(isProcess(pid, [folder])).toBe(true);
    await stopProcess(pid, [folder], 50);
    expect(commandLineOf(pid)).toBeNull();
  });
});

describe('ports', () => {
  test('a taken port moves both numbers on, together', async () => {
    const wanted = await freePorts();
    const blocker = createServer().listen(wanted.uiPort, '127.0.0.1');
    await once(blocker, 'listening');
    const found = await freePorts(wanted);
    expect(found.port).not.toBe(wanted.port);
    expect(found.uiPort).not.toBe(wanted.uiPort);
    expect(found.uiPort - found.port).toBe(DEFAULT_PORTS.uiPort - DEFAULT_PORTS.port);
    blocker.close();
  });
});

describe('the state folder', () => {
  test.each([
    [{ BALLAST_STATE_DIR: '/own', XDG_STATE_HOME: '/xdg' }, '/own'],
    [{ XDG_STATE_HOME: '/xdg' }, '/xdg/ballast'],
    [{ XDG_STATE_HOME: 'relative' }, join(process.env.HOME ?? '', '.local/state/ballast')],
  ])('%j gives %s', (env, root) => {
    expect(stateRoot(env)).toBe(root);
  });

  test('a record cut short counts as none', () => {
    const state = stateFolder(folder);
    writeFileSync(state.serverFile, '{"pid": 1');
    expect(readServerRecord(state)).toBeNull();
    writeFileSync(state.serverFile, '{"pid": 1}');
    expect(readServerRecord(state)).toBeNull();
  });
});

test('the keeper restarts at once after one death, then waits twice as long each time, at most 30 s', () => {
  const now = 1_000_000;
  const delays = Array.from({ length: 9 }, (_, n) =>
    restartDelayMs(
      Array.from({ length: n + 1 }, () => now),
      now,
    ),
  );
  expect(delays).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(restartDelayMs([0, 1, 2, now], now)).toBe(0);
});
