/** The same rows in every format give the same profile; what differs between writers does not matter. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  arrowBytes,
  makeTempFolder,
  type Profiled,
  profileBytes,
  profileFile,
  readFixture,
  removeFolder,
  sql,
  writeInto,
  writeParquetRows,
} from './source-profile.js';

let folder: string;
let jsonl: Buffer;
let rows: { id: string; text: string }[];
let reference: Profiled;

beforeAll(async () => {
  folder = await makeTempFolder();
  jsonl = await readFixture('zstd/rows.jsonl');
  rows = jsonl
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; text: string });
  reference = await profileBytes(folder, jsonl);
});
afterAll(() => removeFolder(folder));

describe('one set of rows, many formats', () => {
  it('profiles plain JSON lines: ids, places, bytes as tokens, digests of the texts', () => {
    expect(reference.summary).toMatchObject({ rowsRead: 30, rowsKept: 30, rowsRejected: 0 });
    expect(reference.documents.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(reference.documents.map(({ place }) => place)).toEqual(rows.map((_, i) => i + 1));
    const bytes = rows.map(({ text }) => Buffer.byteLength(text));
    expect(reference.documents.map(({ tokens }) => tokens)).toEqual(bytes);
    expect(new Set(reference.documents.map(({ digest }) => digest)).size).toBe(30);
  });

  it('gives the same profile for a gzip, and for a gzip of several members', async () => {
    const half = jsonl.indexOf('\n', 1000) + 3;
    const members = [jsonl.subarray(0, half), jsonl.subarray(half)].map((part) => gzipSync(part));
    expect(await profileBytes(folder, gzipSync(jsonl), 'a.jsonl.gz')).toEqual(reference);
    expect(await profileBytes(folder, Buffer.concat(members), 'b.jsonl.gz')).toEqual(reference);
  });

  it.each(['checksum', 'plain', 'two-frames', 'skippable'])(
    'gives the same profile for zstd: %s',
    async (name) => {
      const bytes = await readFixture(`zstd/${name}.jsonl.zst`);
      expect(await profileBytes(folder, bytes, `${name}.jsonl.zst`)).toEqual(reference);
    },
  );

  it('reads a zstd frame of several blocks, and what DuckDB compresses', async () => {
    const blocks = await readFixture('zstd/blocks.jsonl.zst');
    const { summary, documents } = await profileBytes(folder, blocks, 'blocks.jsonl.zst');
    expect(summary).toMatchObject({ rowsRead: 4000, rowsKept: 4000 });
    expect(documents.at(-1)).toMatchObject({ id: 'b3999', place: 4000 });
    const path = `${folder}/duck.jsonl.zst`;
    await writeInto(folder, 'rows.jsonl', jsonl);
    const lines = `read_csv('${folder}/rows.jsonl', columns = {'l': 'VARCHAR'}, delim = '\x01', quote = '', escape = '', header = false)`;
    const format = `format csv, header false, delimiter '\x01', quote '', escape '', compression zstd`;
    await sql(`copy (select l from ${lines}) to '${path}' (${format})`);
    expect(await profileFile({ folder, file: 'duck.jsonl.zst' })).toEqual(reference);
  });

  it('gives the same profile for Parquet by DuckDB and for Arrow, file and stream', async () => {
    await writeParquetRows(`${folder}/rows.parquet`, rows);
    expect(await profileFile({ folder, file: 'rows.parquet' })).toEqual(reference);
    const batches = [rows.slice(0, 7), rows.slice(7)];
    for (const kind of ['file', 'stream'] as const) {
      const bytes = arrowBytes(batches, kind);
      expect(await profileBytes(folder, bytes, `${kind}.arrow`)).toEqual(reference);
    }
  });

  it('does not mind a byte order mark, CRLF, or a last line without a line feed', async () => {
    const text = jsonl.toString('utf8');
    expect(await profileBytes(folder, `\ufeff${text}`)).toEqual(reference);
    expect(await profileBytes(folder, text.replaceAll('\n', '\r\n'))).toEqual(reference);
    expect(await profileBytes(folder, text.trimEnd())).toEqual(reference);
    expect(await profileBytes(folder, gzipSync(`\ufeff${text}`), 'c.jsonl.gz')).toEqual(reference);
  });

  it('takes text that a Parquet writer left unannotated as text, not as escapes', async () => {
    const path = `${folder}/bytes.parquet`;
    await sql(`copy (select 'a' as id, encode('čaj') as text) to '${path}' (format parquet)`);
    const plain = await profileBytes(folder, '{"id":"a","text":"čaj"}\n');
    expect(await profileFile({ folder, file: 'bytes.parquet' })).toEqual(plain);
  });

  it('reads a Parquet file as it is, whatever the folders and the name say', async () => {
    await writeInto(folder, 'id=7/text=no/keep', '');
    await writeParquetRows(`${folder}/id=7/text=no/part[1].parquet`, rows);
    expect(await profileFile({ folder, file: 'id=7/text=no/part[1].parquet' })).toEqual(reference);
  });
});

describe('ids', () => {
  it('keeps numeric ids as their digits, in JSON and in Parquet', async () => {
    const json = await profileBytes(
      folder,
      '{"id":7,"text":"a"}\n{"id":9007199254740991,"text":"b"}\n',
    );
    expect(json.documents.map(({ id }) => id)).toEqual(['7', '9007199254740991']);
    const rowsSql = `(values (7, 'a'), (9007199254740991, 'b')) as t(id, text)`;
    await sql(`copy (select * from ${rowsSql}) to '${folder}/n.parquet' (format parquet)`);
    expect(await profileFile({ folder, file: 'n.parquet' })).toEqual(json);
  });

  it('makes an id of source and text where there is none, the same in every file', async () => {
    const lines = ['{"text":"one"}', '{"id":"","text":"two"}', '{"id":null,"text":"three"}'];
    const made = (await profileBytes(folder, lines.join('\n'))).documents.map(({ id }) => id);
    const back = (await profileBytes(folder, lines.reverse().join('\n'))).documents;
    expect(back.map(({ id }) => id).reverse()).toEqual(made);
    for (const id of made) expect(id).toMatch(/^sha256-[0-9a-f]{32}$/);
    expect(new Set(made).size).toBe(3);
  });

  it('makes different ids for one text whose rows differ in a mapped field, not in another', async () => {
    const idsOf = async (...rest: string[]) => {
      const lines = rest.map((fields) => `{"text":"same"${fields}}`);
      return (await profileBytes(folder, lines.join('\n'))).documents.map(({ id }) => id);
    };
    const dates = [
      '',
      ',"created":"2020-01-01"',
      ',"url":"2020-01-01"',
      ',"url":"u","created":"c"',
    ];
    expect(new Set(await idsOf(...dates)).size).toBe(4);
    expect(new Set(await idsOf('', ',"note":"not mapped"')).size).toBe(1);
  });
});
