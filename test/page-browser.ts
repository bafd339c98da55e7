/**
 * A real Chromium and the page's command, for tests of the review page. Chromium is whatever the
 * machine has: none is downloaded, and where there is none the tests are skipped with that reason.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { Ballast } from './ballast-runner.js';
import { ROOT } from './tree-files.js';

function onPath(name: string): string | null {
  try {
    return execFileSync('which', [name], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

/** Path of a Chromium; null where the machine has none. */
export function findChromium(): string | null {
  const named = process.env.BALLAST_TEST_CHROMIUM;
  if (named !== undefined && named !== '') return named;
  if (existsSync('/usr/bin/chromium')) return '/usr/bin/chromium';
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
  return names.map(onPath).find((path) => path !== null) ?? null;
}

export const NO_CHROMIUM = 'no Chromium on this machine; set BALLAST_TEST_CHROMIUM to one';

export function openChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(NO_CHROMIUM);
  // Chromium refuses its sandbox to root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}

export interface Served {
  /** With the token. */
  readonly url: string;
  readonly port: number;
  readonly stdout: () => string;
  /** Ctrl-C; answers the exit code. */
  stop(): Promise<number>;
}

/** `ballast review serve --json` on a free port, until it says where it is. */
export async function servePage(
  ballast: Pick<Ballast, 'folder' | 'environment'>,
  ...args: string[]
): Promise<Served> {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(ROOT, 'dist/client/main.js'), 'review', 'serve', '--json', '--port', '0', ...args],
    { env: ballast.environment(), cwd: ballast.folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stdout = '';
  let stderr = '';
  const ended = new Promise<number>((done) => child.once('close', (code) => done(code ?? 1)));
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const url = await new Promise<string>((told, failed) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.trimEnd().endsWith('}')) told((JSON.parse(stdout) as { url: string }).url);
    });
    ended.then((code) => failed(new Error(`exit ${code}: ${stdout}${stderr}`)));
  });
  return {
    ...{ url, port: Number(new URL(url).port), stdout: () => stdout },
    stop: () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}
