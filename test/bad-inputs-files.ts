/** Source files that are wrong in one way each, made at run time. A maker gives the bytes of a file. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as arrow from 'apache-arrow';
import { withDuckDb, writeParquet } from '../engines/duckdb.js';

export type Bytes = string | Uint8Array;
export type Maker = () => Bytes | Promise<Bytes>;

/** Texts that are no near-duplicates of each other: every word has the document's own number in it. */
export function lines(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const words = Array.from({ length: 12 }, (_, w) => `${name}${i}word${w}`);
    return JSON.stringify({ id: `${name}-${i}`, text: words.join(' '), created: '2021-05-06' });
  });
}

export function jsonl(rows: readonly string[]): string {
  return `${rows.join('\n')}\n`;
}

/** Good lines around bad ones; the first bad one stands in line 11. */
export function withBad(...bad: Bytes[]): Buffer {
  const good = lines('notes', 20);
  const rows = [...good.slice(0, 10), ...bad, ...good.slice(10)];
  return Buffer.concat(rows.flatMap((row) => [Buffer.from(row), Buffer.from('\n')]));
}

/** The front part of a file, as an interrupted copy leaves it. */
export function cutShort(bytes: Bytes, share = 0.6): Buffer {
  const whole = Buffer.from(bytes as Uint8Array);
  return whole.subarray(0, Math.floor(whole.length * share));
}

export const gzip = (rows = lines('notes', 400)): Buffer => gzipSync(jsonl(rows));

/** A gzip file whose checksum, 8 bytes before its end, is not that of its content. */
export function gzipWithBadChecksum(): Buffer {
  const bytes = gzip();
  bytes[bytes.length - 8] = bytes[bytes.length - 8]! ^ 0xff;
  return bytes;
}

/** One zstd frame of one raw block (RFC 8878): enough of the format for text up to 255 bytes. */
export function zstd(text: string): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, body.length, 0, 0, 0]);
  header.writeUIntLE((body.length << 3) | 1, 6, 3);
  return Buffer.concat([header, body]);
}

/** A Parquet file of the query's rows. */
export async function parquet(query: string): Promise<Buffer> {
  const scratch = await mkdtemp(join(tmpdir(), 'ballast-test-'));
  const path = join(scratch, 'made.parquet');
  try {
    await withDuckDb({ memoryMegabytes: 256, scratch }, (connection) =>
      writeParquet(connection, { query, path, compression: 'uncompressed', metadata: {} }),
    );
    return await readFile(path);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

export const goodParquet = (): Promise<Buffer> =>
  parquet(
    "select 'p' || i as id, 'paragraph ' || i || ' of ' || i * 7 as text from range(500) t(i)",
  );

/** A Parquet file with zeros over a part of its first column's pages; its footer is whole. */
export async function damagedParquet(): Promise<Buffer> {
  return Buffer.from(await goodParquet()).fill(0, 4, 400);
}

export function arrowFile(): Buffer {
  const id = Array.from({ length: 300 }, (_, i) => `a${i}`);
  const text = id.map((name) => `an arrow text of ${name}`);
  return Buffer.from(arrow.tableToIPC(arrow.tableFromArrays({ id, text }), 'file'));
}

/** The bytes of a line of one gibibyte between good lines: gzip members of 64 MiB, all the same. */
export function gzipWithGibibyteLine(): Buffer {
  const mebibytes64 = gzipSync(Buffer.alloc(64 << 20, 'a'), { level: 1 });
  const good = lines('notes', 20);
  const before = gzipSync(`${jsonl(good.slice(0, 10))}{"id":"long","text":"`);
  const after = gzipSync(`"}\n${jsonl(good.slice(10))}`);
  return Buffer.concat([before, ...Array.from({ length: 16 }, () => mebibytes64), after]);
}
