/**
 * Drives the built `ballast` command against a server and a worker of its own. One error is read
 * from either form, text or JSON, into the same five parts; a workspace is compared by what it holds.
 */
import { type ChildProcess, execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { haveCli } from '../client/server/install-cli.js';
import { builtFile, packageRoot } from '../client/server/install-folder.js';
import { stateFolder } from '../client/server/state.js';

export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Ballast {
  /** Process of the worker that does the work. */
  readonly workerPid: number;
  run(args: readonly string[], cwd: string): Promise<Run>;
  stop(): Promise<void>;
}

/** A copy of the built programs, so that a rebuild while the tests run changes nothing. */
export async function startBallast(): Promise<Ballast> {
  const tools = stateFolder(join(packageRoot(), 'node_modules', '.cache', 'ballast-tools'));
  const cli = (await haveCli(tools, () => undefined)).path;
  builtFile('worker', 'main.js');
  const root = mkdtempSync(join(tmpdir(), 'ballast-bad-'));
  for (const name of ['dist', 'package.json']) {
    cpSync(join(packageRoot(), name), join(root, name), { recursive: true });
  }
  symlinkSync(join(packageRoot(), 'node_modules'), join(root, 'node_modules'));
  const {
    TEMPORAL_ADDRESS: _,
    BALLAST_TEMPORAL_ADDRESS: __,
    BALLAST_WORKSPACE: ___,
    ...rest
  } = process.env;
  const env = {
    ...rest,
    BALLAST_STATE_DIR: join(root, 'state'),
    BALLAST_TEMPORAL_CLI: cli,
    NO_COLOR: '1',
  };
  const main = join(root, 'dist', 'client', 'main.js');
  const running = new Set<ChildProcess>();
  const run = (args: readonly string[], cwd: string): Promise<Run> =>
    new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [main, ...args],
        { cwd, env },
        (error, stdout, stderr) => {
          running.delete(child);
          resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
        },
      );
    });
  const stop = async () => {
    for (const child of running) child.kill();
    await run(['down'], root);
    rmSync(root, { recursive: true, force: true });
  };
  const up = await run(['up', '--json'], root);
  if (up.exitCode !== 0) {
    await stop();
    throw new Error(`ballast up: ${up.stdout}${up.stderr}`);
  }
  return { workerPid: JSON.parse(up.stdout).worker.pid, run, stop };
}

export interface Told {
  readonly code: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  readonly where: string;
  readonly remedy: string;
}

/** The one error of a run; throws where there is none, more than one, or anything beside it. */
export function onlyError(run: Run, json: boolean): Told & { details?: unknown } {
  if (json) {
    const { error } = JSON.parse(run.stdout);
    if (error.exitCode !== run.exitCode)
      throw new Error(`says ${error.exitCode}, is ${run.exitCode}`);
    if (/^error\b|\n {4}at /m.test(run.stderr))
      throw new Error(`an error beside it: ${run.stderr}`);
    return error;
  }
  if (run.stdout !== '') throw new Error(`on stdout: ${run.stdout}`);
  const heads = [...run.stderr.matchAll(/^error ([A-Z_]+): (.*)$/gm)];
  const [head] = heads;
  if (head === undefined || heads.length !== 1) throw new Error(`not one error: ${run.stderr}`);
  if (/^ {4}at /m.test(run.stderr)) throw new Error(`a stack trace: ${run.stderr}`);
  const part = (name: string) => new RegExp(`^  ${name} +(.*)$`, 'm').exec(run.stderr)?.[1] ?? '';
  return {
    ...{ code: head[1]!, subject: head[2]!, expected: part('expected') },
    ...{ found: part('found'), where: part('where'), remedy: part('remedy') },
  };
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/**
 * Everything of a workspace but `cache/`, with digests; null where there is no workspace. The cache
 * may grow: it holds whole artifacts under the digest of what made them, for the next build to use.
 */
export async function contentOf(workspace: string): Promise<string[] | null> {
  if (!existsSync(workspace)) return null;
  if (!statSync(workspace).isDirectory()) return [`a file ${digest(workspace)}`];
  const entries = await readdir(workspace, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => ({
      entry,
      path: join(entry.parentPath, entry.name).slice(workspace.length + 1),
    }))
    .filter(({ path }) => path !== 'cache' && !path.startsWith('cache/'))
    .map(({ entry, path }) =>
      entry.isFile() ? `${path} ${digest(join(workspace, path))}` : `${path}/`,
    )
    .sort();
}

/** Artifacts of the cache that are not whole: a file missing, of another size, or not recorded. */
export async function brokenArtifacts(workspace: string): Promise<string[]> {
  const cache = join(workspace, 'cache');
  const broken: string[] = [];
  for (const kind of await readdir(cache).catch(() => [])) {
    for (const front of await readdir(join(cache, kind))) {
      for (const key of await readdir(join(cache, kind, front))) {
        if (!(await isWhole(workspace, join(cache, kind, front, key))))
          broken.push(`${kind}/${key}`);
      }
    }
  }
  return broken;
}

async function isWhole(workspace: string, folder: string): Promise<boolean> {
  const record = join(folder, 'record.json');
  if (!existsSync(record)) return false;
  const { files } = JSON.parse(readFileSync(record, 'utf8')) as {
    files: Record<string, { path: string; bytes: number; sha256: string }>;
  };
  const names = await readdir(folder);
  if (names.length !== Object.keys(files).length + 1) return false;
  return Object.values(files).every(
    ({ path, sha256 }) =>
      existsSync(join(workspace, path)) && digest(join(workspace, path)) === sha256,
  );
}

/** Files below a folder that a process holds open, deleted ones too; none where nobody can tell. */
export function openFiles(pid: number, folder: string): string[] {
  const descriptors = `/proc/${pid}/fd`;
  if (!existsSync(descriptors)) return [];
  const open = readdirSync(descriptors).map((name) => {
    try {
      return readlinkSync(join(descriptors, name));
    } catch {
      return '';
    }
  });
  return open.filter((path) => path.startsWith(`${folder}/`));
}
