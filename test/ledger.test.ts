/** The ledger shows every change made behind its back, and takes lines from many processes. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  appendLedger,
  entryHash,
  LEDGER_FILE,
  type LedgerEntry,
  readLedger,
} from '../storage/ledger.js';
import { failureOf, makeTempFolder, removeFolder } from './source-profile.js';

let folder: string;
const path = () => join(folder, LEDGER_FILE);
const draft = (n: number) => ({
  key: `build/${n}`,
  kind: 'publish',
  by: 'test',
  body: { n, mix: `mix@${n}` },
});

async function linesOf(count: number): Promise<string[]> {
  for (let n = 1; n <= count; n++) await appendLedger(folder, draft(n));
  return (await readFile(path(), 'utf8')).trimEnd().split('\n');
}

beforeEach(async () => {
  folder = await makeTempFolder();
});
afterEach(() => removeFolder(folder));

describe('the chain', () => {
  it('is empty where there is no file, and holds each line with the hash of the one before', async () => {
    expect(await readLedger(folder)).toEqual([]);
    await linesOf(4);
    const entries = await readLedger(folder);
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect(entries[0]!.previous).toBe('0'.repeat(64));
    entries.slice(1).forEach((entry, i) => {
      expect(entry.previous).toBe(entries[i]!.hash);
    });
    expect(existsSync(`${path()}.lock`)).toBe(false);
  });

  const changeBody = (line: string) => line.replace('"n":3', '"n":9');
  const rehash = (line: string): string => {
    const { hash: _hash, ...rest } = JSON.parse(changeBody(line)) as LedgerEntry;
    return JSON.stringify({ ...rest, hash: entryHash(rest) });
  };
  const edits: readonly (readonly [
    title: string,
    edit: (lines: string[]) => string[],
    line: number,
  ])[] = [
    ['a line is changed', (l) => l.with(2, changeBody(l[2]!)), 3],
    ['a line is changed and its own hash made to fit', (l) => l.with(2, rehash(l[2]!)), 4],
    ['the first line is removed', (l) => l.slice(1), 1],
    ['a line in the middle is removed', (l) => l.toSpliced(2, 1), 3],
    ['a line is inserted', (l) => l.toSpliced(2, 0, l[1]!), 3],
    ['two lines change places', (l) => l.with(1, l[2]!).with(2, l[1]!), 2],
    ['a line is emptied', (l) => l.with(3, ''), 4],
    ['a line is no JSON', (l) => l.with(3, '{"sequence":4'), 4],
    ['a line has a key too many', (l) => l.with(3, l[3]!.replace('{', '{"extra":1,')), 4],
  ];

  it.each(edits)('shows where %s', async (_title, edit, line) => {
    const lines = await linesOf(5);
    await writeFile(path(), `${edit(lines).join('\n')}\n`);
    const failure = await failureOf(readLedger(folder));
    expect(failure).toMatchObject({
      code: 'LEDGER_BROKEN',
      parts: { where: `${LEDGER_FILE}:${line}` },
    });
    expect(await failureOf(appendLedger(folder, draft(6)))).toMatchObject({
      code: 'LEDGER_BROKEN',
    });
    expect(existsSync(`${path()}.lock`)).toBe(false);
  });

  it('shows half a line at the end, which the next append takes away', async () => {
    const lines = await linesOf(3);
    for (const length of [1, 50, lines[2]!.length - 1, lines[2]!.length]) {
      await writeFile(path(), `${lines[0]}\n${lines[1]}\n${lines[2]!.slice(0, length)}`);
      expect(await failureOf(readLedger(folder))).toMatchObject({
        parts: { found: 'half a line' },
      });
      const entry = await appendLedger(folder, draft(3));
      expect(entry.sequence).toBe(3);
      expect((await readLedger(folder)).map(({ key }) => key)).toEqual([
        'build/1',
        'build/2',
        'build/3',
      ]);
    }
  });

  it('mends a file that holds nothing but half a line', async () => {
    await appendFile(path(), '{"sequ');
    expect((await appendLedger(folder, draft(1))).sequence).toBe(1);
    expect(await readLedger(folder)).toHaveLength(1);
  });
});

describe('appending', () => {
  it('gives one line for one key, however often it is tried', async () => {
    const [first, second] = [
      await appendLedger(folder, draft(1)),
      await appendLedger(folder, draft(1)),
    ];
    expect(second).toEqual(first);
    const all = await Promise.all(Array.from({ length: 8 }, () => appendLedger(folder, draft(2))));
    expect(new Set(all.map(({ hash }) => hash)).size).toBe(1);
    expect(await readLedger(folder)).toHaveLength(2);
  });

  it('takes lines from several processes at once: one valid chain, every line once', async () => {
    const module = pathToFileURL(join(import.meta.dirname, '../dist/storage/ledger.js')).href;
    const script = join(import.meta.dirname, 'ledger-append.mjs');
    const names = ['a', 'b', 'c', 'd'];
    const run = (name: string) =>
      promisify(execFile)(process.execPath, [script, module, folder, name, '10']);
    await Promise.all(names.map(run));
    const keys = (await readLedger(folder)).map(({ key }) => key);
    const expected = ['shared', ...names].flatMap((name) =>
      Array.from({ length: 10 }, (_, i) => `${name}/${i}`),
    );
    expect([...keys].sort()).toEqual(expected.sort());
  });

  it('goes on past the lock of a process that died', async () => {
    await writeFile(`${path()}.lock`, '');
    await utimes(`${path()}.lock`, new Date(0), new Date(0));
    expect((await appendLedger(folder, draft(1))).sequence).toBe(1);
  });
});
