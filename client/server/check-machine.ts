/** Checks of the machine itself: Node, platform, folders, disk, native modules. Nothing is started. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from './install-folder.js';
import type { StateFolder } from './state.js';

export interface Check {
  readonly name: string;
  /** `note`: works, or will be mended by the next command. */
  readonly state: 'ok' | 'note' | 'fail';
  readonly found: string;
  /** Null when there is nothing to do. */
  readonly remedy: string | null;
}

export function ok(name: string, found: string): Check {
  return { name, state: 'ok', found, remedy: null };
}

export function note(name: string, found: string, remedy: string): Check {
  return { name, state: 'note', found, remedy };
}

export function fail(name: string, found: string, remedy: string): Check {
  return { name, state: 'fail', found, remedy };
}

const NODE_VERSION_MIN: readonly [number, number] = [20, 20];
const FREE_BYTES_MIN = 2e9;
/** Platforms with Temporal's native bridge and a process table that we can read. */
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

const run = promisify(execFile);

export async function checkMachine(state: StateFolder, workspace: string): Promise<Check[]> {
  const native = ['@duckdb/node-api', '@temporalio/worker'].map(checkNative);
  return [
    checkNode(),
    checkPlatform(),
    checkState(state),
    checkDisk('disk of the workspace', workspace),
    checkDisk('disk of the state folder', state.root),
    ...(await Promise.all(native)),
  ];
}

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = NODE_VERSION_MIN;
  const isEnough = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  if (isEnough) return ok('Node.js', process.version);
  return fail('Node.js', process.version, `install Node.js ${NODE_VERSION_MIN.join('.')} or newer`);
}

function checkPlatform(): Check {
  const platform = `${process.platform}-${process.arch}`;
  const remedy = 'use glibc Linux (on Windows inside WSL) or macOS';
  if (!PLATFORMS.includes(platform)) return fail('platform', platform, remedy);
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } };
  const glibc = report?.header?.glibcVersionRuntime;
  if (process.platform === 'linux' && glibc === undefined) {
    return fail('platform', `${platform} without glibc`, remedy);
  }
  return ok('platform', glibc === undefined ? platform : `${platform}, glibc ${glibc}`);
}

function checkState(state: StateFolder): Check {
  const probe = join(state.root, `.probe-${process.pid}`);
  try {
    mkdirSync(state.root, { recursive: true });
    writeFileSync(probe, '');
    return ok('state folder', state.root);
  } catch (error) {
    const remedy = 'make it writable, or set BALLAST_STATE_DIR to a folder that is';
    return fail('state folder', (error as Error).message, remedy);
  } finally {
    rmSync(probe, { force: true });
  }
}

function checkDisk(name: string, folder: string): Check {
  if (folder.startsWith('s3://')) return ok(name, `${folder} is not a local disk`);
  const existing = nearestFolder(folder);
  if (existing === null) return fail(name, `no folder above ${folder}`, 'correct the path');
  const { bavail, bsize } = statfsSync(existing);
  const free = bavail * bsize;
  const found = `${(free / 1e9).toFixed(1)} GB free at ${existing}`;
  if (free >= FREE_BYTES_MIN) return ok(name, found);
  return note(name, found, 'free some space, or choose another folder, before a large build');
}

function nearestFolder(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    try {
      statfsSync(at);
      return at;
    } catch {
      if (at === dirname(at)) return null;
    }
  }
}

/** Loads the module in a process of its own: a native module that crashes must not end the doctor. */
async function checkNative(module: string): Promise<Check> {
  const name = `native module of ${module}`;
  const script = `await import(${JSON.stringify(module)}); process.exit(0)`;
  const args = ['--input-type=module', '-e', script];
  try {
    await run(process.execPath, args, { cwd: packageRoot(), timeout: 60_000 });
    return ok(name, 'loads');
  } catch (error) {
    const { stderr, signal } = error as { stderr?: string; signal?: string };
    const lines = (stderr ?? '').split('\n').filter((line) => /error/i.test(line));
    const found = lines[0]?.trim() ?? `ended by ${signal ?? 'an error'}`;
    return fail(name, found, 'run: npm ci, on this machine and this version of Node.js');
  }
}
