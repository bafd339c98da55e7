/**
 * Bad inputs, end to end: the built command, a real server and a real worker. Each gives one error
 * with its place and remedy and the exit code of its kind, and leaves no trace in the workspace.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { exitCodeOf } from '../core/schema/failure.js';
import { LIMITS } from '../core/schema/limits.js';
import { gzipWithGibibyteLine } from './bad-inputs-files.js';
import {
  type Ballast,
  brokenArtifacts,
  contentOf,
  onlyError,
  openFiles,
  startBallast,
} from './bad-inputs-run.js';
import {
  BAD_COMMANDS,
  BAD_DATA,
  BAD_DISKS,
  BAD_RECIPES,
  BAD_WORKSPACES,
  type BadInput,
  CONTROL,
  GOOD,
  GOOD_FILES,
  type Place,
} from './bad-inputs-table.js';
import { untilSealed } from './until-sealed.js';

let ballast: Ballast;
let root = '';
let published = '';

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ballast-bad-inputs-'));
  ballast = await startBallast();
  const folder = join(root, CONTROL);
  await writeInputs(folder, CONTROL, {});
  published = join(folder, 'workspace');
  const control = await ballast.run(
    ['build', '-c', 'recipe.yaml', '--workspace', published],
    folder,
  );
  if (control.exitCode !== 0) throw new Error(`the good inputs fail: ${control.stderr}`);
  await untilSealed(published, 1);
});

afterAll(async () => {
  await ballast?.stop();
  rmSync(root, { recursive: true, force: true });
});

async function writeInputs(
  folder: string,
  name: string,
  { edit = [], files = {} }: Pick<BadInput, 'edit' | 'files'>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const edits = typeof edit[0] === 'string' ? [edit] : edit;
  let recipe = GOOD;
  for (const [from, to] of edits as readonly (readonly [string, string])[]) {
    expect(recipe).toContain(from);
    recipe = recipe.replace(from, to);
  }
  writeFileSync(join(folder, 'recipe.yaml'), recipe.replace('NAME', name));
  for (const [path, make] of Object.entries({ ...GOOD_FILES, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), await make());
  }
}

/** Every other row is asked for as JSON. */
async function refuses(row: BadInput, number: number, list: string): Promise<Place> {
  const name = `${list}-${number}`;
  const folder = join(root, name);
  const place = { folder, workspace: join(folder, 'workspace'), published };
  await writeInputs(folder, name, row);
  row.prepare?.(place);
  const before = await contentOf(place.workspace);
  const json = number % 2 === 0;
  const args = row.args ?? ['build', '-c', 'recipe.yaml', '--workspace', 'WORKSPACE'];
  const words = args.map((word) => (word === 'WORKSPACE' ? place.workspace : word));
  const run = await ballast.run(json ? [...words, '--json'] : words, folder);
  const error = onlyError(run, json);
  expect({ code: error.code, exit: run.exitCode }).toEqual({
    code: row.code,
    exit: exitCodeOf(row.code),
  });
  expect(error.subject).not.toBe('');
  expect(error.expected).not.toBe('');
  expect(error.found).toMatch(row.found);
  expect(error.where).toMatch(row.where);
  expect(error.remedy).toMatch(row.remedy);
  if (json && row.changed !== undefined) {
    const { changes } = error.details as { changes: { field: string }[] };
    expect(changes.map(({ field }) => field)).toEqual(row.changed);
  }
  // `cache/` may hold whole artifacts for the next build; nothing else may be new.
  expect((await contentOf(place.workspace)) ?? []).toEqual(before ?? []);
  expect(await brokenArtifacts(place.workspace)).toEqual([]);
  await vi.waitFor(() => expect(openFiles(ballast.workerPid, folder)).toEqual([]), 10_000);
  return place;
}

const numbered = (rows: readonly BadInput[]) => rows.map((row, i) => [row.title, row, i] as const);

describe('a bad recipe', () => {
  test.concurrent.each(numbered(BAD_RECIPES))('refuses %s', async (_title, row, number) => {
    const { workspace } = await refuses(row, number, 'recipe');
    expect(await contentOf(workspace)).toBeNull();
  });
});

describe('a bad command', () => {
  test.concurrent.each(numbered(BAD_COMMANDS))('refuses %s', async (_title, row, number) => {
    const { workspace } = await refuses(row, number, 'command');
    expect(await contentOf(workspace)).toBeNull();
  });
});

describe('bad data', () => {
  test.concurrent.each(numbered(BAD_DATA))('refuses %s', async (_title, row, number) => {
    await refuses(row, number, 'data');
  });
});

describe('a bad workspace', () => {
  // One after another: a server runs one build of a name and version at a time.
  test.each(numbered(BAD_WORKSPACES))('refuses %s', async (_title, row, number) => {
    await refuses(row, number, 'workspace');
  });
});

/** Mounts a disk in memory; false where this machine or this user may not. */
function mountDisk(path: string, options: readonly string[]): boolean {
  mkdirSync(path, { recursive: true });
  try {
    for (const option of options) {
      execFileSync('mount', ['-t', 'tmpfs', '-o', option, 'tmpfs', path], { stdio: 'ignore' });
    }
    return true;
  } catch {
    return false;
  }
}

function unmountDisk(path: string): void {
  execFileSync('umount', ['-l', path], { stdio: 'ignore' });
}

function canMount(): boolean {
  const path = mkdtempSync(join(tmpdir(), 'ballast-mount-'));
  const isMounted = mountDisk(path, ['size=64k']);
  if (isMounted) unmountDisk(path);
  rmSync(path, { recursive: true });
  return isMounted;
}

describe('a bad disk (needs the right to mount)', () => {
  test.skipIf(!canMount()).each(numbered(BAD_DISKS))('refuses %s', async (_title, row, number) => {
    const workspace = join(root, `disk-${number}`, 'workspace');
    const { mount } = BAD_DISKS[number]!;
    try {
      expect(mountDisk(workspace, mount)).toBe(true);
      await refuses(row, number, 'disk');
    } finally {
      unmountDisk(workspace);
    }
  });
});

/** Peak of a process's memory in bytes since `forgetPeak`; null where the system does not tell. */
function peakBytes(pid: number): number | null {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return null;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(path, 'utf8'))?.[1]) * 1024;
}

function forgetPeak(pid: number): void {
  if (existsSync(`/proc/${pid}/clear_refs`)) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

describe('a line of one gibibyte', () => {
  test('refuses it in bounded memory', async () => {
    const path = 'notes.jsonl.gz';
    const { workerPid } = ballast;
    forgetPeak(workerPid);
    const before = peakBytes(workerPid);
    const row: BadInput = {
      title: 'a line of one gibibyte',
      edit: ['paths: [notes.jsonl]', `paths: [${path}]`],
      files: { [path]: gzipWithGibibyteLine },
      code: 'SOURCE_REJECTS',
      found: '1 of 21 (line_too_long 1)',
      where: `${path}:11 line_too_long`,
      remedy: 'mend these rows',
    };
    await refuses(row, 0, 'gibibyte');
    const after = peakBytes(workerPid);
    // What is held of a line ends at the limit of a line; the rest of a gibibyte is never kept.
    if (before !== null && after !== null) {
      expect(after - before).toBeLessThan(4 * LIMITS.lineBytes);
    }
  });
});
