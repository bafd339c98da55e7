/** Files that are cut short, damaged or of another kind: refused with code, file and remedy. */
import { copyFile, readFile, truncate } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '../core/schema/failure.js';
import { arrowRows } from '../storage/source/arrow-rows.js';
import { unzstd } from '../storage/source/decompress.js';
import {
  arrowBytes,
  FIXTURES,
  failureOf,
  makeTempFolder,
  profileBytes,
  profileFile,
  readFixture,
  removeFolder,
  sql,
  writeInto,
  writeParquetRows,
} from './source-profile.js';

let folder: string;
beforeAll(async () => {
  folder = await makeTempFolder();
});
afterAll(() => removeFolder(folder));

const ROWS = Array.from({ length: 50 }, (_, i) => ({ id: `r${i}`, text: `the text of row ${i}` }));
const LINES = ROWS.map((row) => `${JSON.stringify(row)}\n`).join('');

function expectUnreadable(failure: Failure, file: string): void {
  expect(failure).toMatchObject({ code: 'SOURCE_UNREADABLE' });
  expect(failure.parts.subject).toBe(`source file ${file}`);
  expect(failure.parts.where).toContain(file);
  expect(failure.parts.found).not.toBe('');
  expect(failure.parts.remedy).toMatch(/again/);
}

/** Lengths to cut a file to: its first and last bytes, and a spread between. */
function cutsOf(length: number): number[] {
  const spread = Array.from({ length: 40 }, (_, i) => Math.floor((length * (i + 1)) / 41));
  const ends = Array.from({ length: 24 }, (_, i) => [i + 1, length - 1 - i]).flat();
  return [...new Set([...spread, ...ends])].filter((n) => n > 0 && n < length);
}

describe('a gzip or zstd file that is cut short', () => {
  it('is refused wherever a gzip is cut', async () => {
    const bytes = gzipSync(LINES);
    for (const n of [0, ...cutsOf(bytes.length)]) {
      const profile = profileBytes(folder, bytes.subarray(0, n), 'cut.jsonl.gz');
      expectUnreadable(await failureOf(profile), 'cut.jsonl.gz');
    }
  });

  it.each(['checksum', 'plain', 'blocks'])('is refused wherever zstd is cut: %s', async (name) => {
    const bytes = await readFixture(`zstd/${name}.jsonl.zst`);
    for (const n of [0, ...cutsOf(bytes.length)]) {
      const profile = profileBytes(folder, bytes.subarray(0, n), 'cut.jsonl.zst');
      expectUnreadable(await failureOf(profile), 'cut.jsonl.zst');
    }
  });

  it('is refused at every byte of a small zstd stream, in chunks of any size', async () => {
    const bytes = await readFixture('zstd/two-frames.jsonl.zst');
    const read = async (end: number, step: number) => {
      async function* chunks() {
        for (let i = 0; i < end; i += step) yield bytes.subarray(i, Math.min(end, i + step));
      }
      let length = 0;
      for await (const chunk of unzstd('x', chunks())) length += chunk.length;
      return length;
    };
    const whole = (await readFixture('zstd/rows.jsonl')).length;
    const complete: number[] = [];
    for (const step of [4, 7, 100, 1000]) {
      expect(await read(bytes.length, step)).toBe(whole);
      for (let n = 0; n < bytes.length; n++) {
        const length = await read(n, step).catch(() => null);
        if (length !== null) complete.push(n);
      }
    }
    // Only the end of the first frame is the end of a whole file.
    expect(new Set(complete).size).toBe(1);
  });

  it.each([
    ['plain text as zstd', 'text.jsonl.zst', LINES],
    ['gzip as zstd', 'gz.jsonl.zst', gzipSync(LINES)],
    ['plain text as gzip', 'text.jsonl.gz', LINES],
    [
      'a gzip with rubbish behind it',
      'tail.jsonl.gz',
      Buffer.concat([gzipSync(LINES), Buffer.from('rubbish')]),
    ],
    ['plain text as Arrow', 'text.arrow', LINES],
    ['plain text as Parquet', 'text.parquet', LINES],
    ['nothing at all as Parquet', 'empty.parquet', ''],
    ['nothing at all as Arrow', 'empty.arrow', ''],
  ])('is told apart from %s', async (_title, file, bytes) => {
    expectUnreadable(await failureOf(profileBytes(folder, bytes, file)), file);
  });

  it('refuses a gzip with one byte changed, by its checksum', async () => {
    const bytes = gzipSync(LINES, { level: 0 });
    bytes[200] = bytes[200]! ^ 1;
    expectUnreadable(await failureOf(profileBytes(folder, bytes, 'bit.jsonl.gz')), 'bit.jsonl.gz');
  });
});

describe('a Parquet or Arrow file that is cut short', () => {
  it('is refused wherever a Parquet file is cut', async () => {
    await writeParquetRows(`${folder}/whole.parquet`, ROWS);
    const bytes = await readFile(`${folder}/whole.parquet`);
    for (const n of cutsOf(bytes.length)) {
      const profile = profileBytes(folder, bytes.subarray(0, n), 'cut.parquet');
      expectUnreadable(await failureOf(profile), 'cut.parquet');
    }
  });

  it.each(['file', 'stream'] as const)('is refused wherever an Arrow %s is cut', async (kind) => {
    const bytes = Buffer.from(arrowBytes([ROWS.slice(0, 20), ROWS.slice(20)], kind));
    const read = async (length: number) => {
      const path = await writeInto(folder, 'cut.arrow', bytes.subarray(0, length));
      let rows = 0;
      for await (const batch of arrowRows('cut.arrow', path)) rows += batch.length;
      return rows;
    };
    expect(await read(bytes.length)).toBe(ROWS.length);
    for (let n = 0; n < bytes.length; n++) expectUnreadable(await failureOf(read(n)), 'cut.arrow');
  });

  it('names the columns there are where the text column is not', async () => {
    await sql(`copy (select 1 as id, 'a' as body) to '${folder}/body.parquet' (format parquet)`);
    const failure = await failureOf(profileFile({ folder, file: 'body.parquet' }));
    expect(failure).toMatchObject({
      code: 'SOURCE_UNREADABLE',
      parts: { found: 'columns id, body' },
    });
    expect(failure.parts.where).toContain('fields.text');
    const fields = { text: 'body' };
    const { summary } = await profileFile({ folder, file: 'body.parquet', fields });
    expect(summary.rowsKept).toBe(1);
  });
});

describe('a file that is not the pinned one', () => {
  const good: Record<string, () => Promise<Uint8Array | string>> = {
    'a.jsonl': async () => LINES,
    'a.jsonl.gz': async () => gzipSync(LINES),
    'a.jsonl.zst': () => readFixture('zstd/checksum.jsonl.zst'),
    'a.arrow': async () => arrowBytes([ROWS]),
  };

  it.each(Object.keys(good))('is refused as changed, whole or cut: %s', async (file) => {
    const path = await writeInto(folder, file, await good[file]!());
    const sha256 = 'ab'.repeat(32);
    const check = async () => {
      const failure = await failureOf(profileFile({ folder, file, sha256 }));
      expect(failure).toMatchObject({ code: 'SOURCE_CHANGED', parts: { where: file } });
      expect(failure.parts.expected).toContain('abababababab');
      expect(failure.parts.remedy).toContain('start the build again');
    };
    await check();
    await truncate(path, 150);
    await check();
  });

  it('is refused as changed for Parquet too, whole or cut', async () => {
    await writeParquetRows(`${folder}/p.parquet`, ROWS);
    const sha256 = 'cd'.repeat(32);
    const options = { folder, file: 'p.parquet', sha256 };
    expect(await failureOf(profileFile(options))).toMatchObject({ code: 'SOURCE_CHANGED' });
    await truncate(`${folder}/p.parquet`, 150);
    expect(await failureOf(profileFile(options))).toMatchObject({ code: 'SOURCE_CHANGED' });
  });

  it('leaves no profile behind, so that the mended file is profiled', async () => {
    const whole = `${FIXTURES}/zstd/plain.jsonl.zst`;
    await copyFile(whole, `${folder}/mend.jsonl.zst`);
    await truncate(`${folder}/mend.jsonl.zst`, 200);
    await failureOf(profileFile({ folder, file: 'mend.jsonl.zst' }));
    await copyFile(whole, `${folder}/mend.jsonl.zst`);
    const { summary } = await profileFile({ folder, file: 'mend.jsonl.zst' });
    expect(summary.rowsKept).toBe(30);
  });
});
