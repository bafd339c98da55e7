/** Sources inside a build: pinned bytes, unique ids, few rejects, and a disk that is full. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildContext } from '../activities/build-context.js';
import { assertSourcesUnchanged } from '../activities/tasks/sources-unchanged.js';
import { removeScratch } from '../storage/workspace.js';
import { profileAll, startBuild } from './pipeline-run.js';
import {
  failureOf,
  makeTempFolder,
  profileFile,
  removeFolder,
  writeInto,
} from './source-profile.js';

const RECIPE = `name: small
version: 2026.11.23
tokenizer: bytes
token_budget: 1000
sources:
  - {name: web, paths: ["web/*"], domain: health, provenance: {declared: human_authored, by: publisher}, grant: open}
grants:
  - {grant_id: open, spdx: CC-BY-4.0}
`;

let folder: string;
beforeEach(async () => {
  folder = await makeTempFolder();
});
afterEach(() => removeFolder(folder));

const rows = (from: number, to: number) =>
  Array.from(
    { length: to - from },
    (_, i) => `{"id":"r${from + i}","text":"text number ${from + i}"}\n`,
  ).join('');

async function start(): Promise<BuildContext> {
  return startBuild({ folder, recipe: RECIPE });
}

describe('files that are pinned', () => {
  it('fails with the name of the file that changed between pin and profile', async () => {
    await writeInto(folder, 'web/a.jsonl', rows(0, 50));
    await writeInto(folder, 'web/b.jsonl.gz', gzipSync(rows(50, 100)));
    const context = await start();
    await writeInto(folder, 'web/b.jsonl.gz', gzipSync(rows(50, 101)));
    expect(await failureOf(profileAll(context))).toMatchObject({
      code: 'SOURCE_CHANGED',
      parts: { where: 'web/b.jsonl.gz' },
    });
  });

  it('fails with the name of the file that is gone', async () => {
    await writeInto(folder, 'web/a.jsonl', rows(0, 50));
    const context = await start();
    await rm(join(folder, 'web/a.jsonl'));
    const failure = await failureOf(profileAll(context));
    expect(failure).toMatchObject({ code: 'SOURCE_MISSING' });
    expect(failure.message).toContain('web/a.jsonl');
  });

  it('fails at the end where a file changed after it was profiled, but not where it was touched', async () => {
    const path = await writeInto(folder, 'web/a.jsonl', rows(0, 50));
    const context = await start();
    await profileAll(context);
    await utimes(path, new Date(0), new Date(0));
    await assertSourcesUnchanged(context);
    await appendFile(path, rows(50, 51));
    const changed = { code: 'SOURCE_CHANGED', message: expect.stringContaining('web/a.jsonl') };
    expect(await failureOf(assertSourcesUnchanged(context))).toMatchObject(changed);
    await rm(path);
    expect(await failureOf(assertSourcesUnchanged(context))).toMatchObject(changed);
  });

  it('refuses a file of a format that nobody reads, and a pattern that names nothing', async () => {
    await writeInto(folder, 'web/a.csv', 'id,text\n');
    const unreadable = await failureOf(start());
    expect(unreadable).toMatchObject({ code: 'SOURCE_UNREADABLE' });
    expect(unreadable.message).toMatch(/web\/a\.csv.*\.jsonl, .*\.parquet/);
    await rm(join(folder, 'web/a.csv'));
    expect(await failureOf(start())).toMatchObject({ code: 'SOURCE_MISSING' });
  });
});

describe('ids', () => {
  it('names both places of an id that stands twice, in one file and over two', async () => {
    await writeInto(folder, 'web/a.jsonl', rows(0, 50));
    await writeInto(
      folder,
      'web/b.jsonl.gz',
      gzipSync(`${rows(50, 60)}{"id":"r7","text":"again"}\n`),
    );
    const over = await failureOf(start().then(profileAll));
    expect(over).toMatchObject({ code: 'DUPLICATE_ID', parts: { found: 'id "r7" twice' } });
    expect(over.parts.where).toBe('web/a.jsonl:8 and web/b.jsonl.gz:11');
    await writeInto(folder, 'web/b.jsonl.gz', gzipSync(`${rows(50, 60)}${rows(58, 59)}`));
    const within = await failureOf(start().then(profileAll));
    expect(within.parts.where).toBe('web/b.jsonl.gz:9 and web/b.jsonl.gz:11');
  });

  it('names both places where one file stands twice under two names', async () => {
    for (const name of ['a', 'b']) await writeInto(folder, `web/${name}.jsonl`, rows(0, 5));
    const failure = await failureOf(start().then(profileAll));
    expect(failure.parts.where).toBe('web/a.jsonl:1 and web/b.jsonl:1');
  });

  it('tells rows without ids apart by their fields, though the text is one', async () => {
    const texts = Array.from({ length: 49 }, (_, i) => `{"text":"text number ${i}"}\n`).join('');
    const again = '{"text":"text number 7","created":"2020-01-01"}\n';
    await writeInto(folder, 'web/a.jsonl', texts);
    await writeInto(folder, 'web/b.jsonl', again);
    expect((await start().then(profileAll)).made).toBe(2);
  });

  it('names both places of identical rows without ids, and says what would tell them apart', async () => {
    await writeInto(folder, 'web/a.jsonl', '{"text":"one"}\n{"text":"two"}\n');
    await writeInto(folder, 'web/b.jsonl', '{"text":"three"}\n{"text":"two"}\n');
    expect(await failureOf(start().then(profileAll))).toMatchObject({
      code: 'DUPLICATE_ID',
      parts: {
        found: 'two identical rows without ids',
        where: 'web/a.jsonl:2 and web/b.jsonl:2',
        remedy: 'remove one of them, or give the rows ids',
      },
    });
  });

  it('lets one id stand in two sources', async () => {
    await writeInto(folder, 'web/a.jsonl', rows(0, 5));
    await writeInto(folder, 'more/a.jsonl', rows(0, 5));
    const more = '  - {name: more, paths: ["more/*"], domain: health, grant: open}\ngrants:';
    const context = await startBuild({ folder, recipe: RECIPE.replace('grants:', more) });
    expect((await profileAll(context)).made).toBe(2);
  });
});

describe('rejected rows of a source', () => {
  it('stop the build beyond the stated share, with counts, places and the key to raise', async () => {
    await writeInto(folder, 'web/a.jsonl', `${rows(0, 98)}oops\n{"id":"x"}\n`);
    const failure = await failureOf(start().then(profileAll));
    expect(failure).toMatchObject({ code: 'SOURCE_REJECTS' });
    expect(failure.parts.found).toBe('2 of 100 (broken_json 1, missing_text 1)');
    expect(failure.parts.where).toContain(
      'web/a.jsonl:99 broken_json; web/a.jsonl:100 missing_text',
    );
    expect(failure.parts.remedy).toContain('rejects.max_share');
  });

  it('do not stop it at the stated share exactly', async () => {
    await writeInto(folder, 'web/a.jsonl', `${rows(0, 99)}oops\n`);
    expect((await start().then(profileAll)).made).toBe(1);
  });
});

describe('a disk that is full', () => {
  it('fails with STORAGE_FULL, publishes nothing, and works again once there is room', async (test) => {
    const small = join(folder, 'small');
    await mkdir(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small], { stdio: 'pipe' });
    } catch (error) {
      return test.skip(`no small disk can be mounted here: ${String(error).split('\n')[0]}`);
    }
    try {
      const text = 'many words '.repeat(200);
      const lines = Array.from({ length: 2000 }, (_, i) =>
        JSON.stringify({ id: `d${i}`, text: `${i} ${text}` }),
      );
      await writeInto(folder, 'big.jsonl', lines.join('\n'));
      const failure = await failureOf(profileFile({ folder, file: 'big.jsonl', workspace: small }));
      expect(failure).toMatchObject({ code: 'STORAGE_FULL' });
      expect(failure.parts.remedy).toContain('free space');
      expect(existsSync(join(small, 'cache/profile'))).toBe(false);
      await removeScratch(small, 'test');
      expect(await readdir(small)).toEqual([]);
      execFileSync('mount', ['-o', 'remount,size=64m', small], { stdio: 'pipe' });
      const { summary } = await profileFile({ folder, file: 'big.jsonl', workspace: small });
      expect(summary.rowsKept).toBe(2000);
    } finally {
      execFileSync('umount', ['-l', small]);
    }
  });
});
