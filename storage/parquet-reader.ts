/**
 * The second Parquet reader: `parquetjs`, which shares no code with the writer. Reads row groups of
 * flat files column by column, so memory holds one row group. ZSTD is registered from `zstddec`.
 */
import { createRequire } from 'node:module';
import { ParquetReader } from 'parquetjs';
import { ZSTDDecoder } from 'zstddec';
import { Failure } from '../core/schema/failure.js';

type Codec = { deflate: (value: Buffer) => Buffer; inflate: (value: Buffer) => Buffer };
const load = createRequire(import.meta.url);
const { PARQUET_COMPRESSION_METHODS: codecs } = load('parquetjs/dist/lib/compression.js') as {
  PARQUET_COMPRESSION_METHODS: Record<string, Codec>;
};
const zstd = new ZSTDDecoder();
await zstd.init();
codecs.ZSTD = {
  deflate() {
    throw new Error('this reader does not write');
  },
  inflate(value) {
    const plain = zstd.decode(value);
    return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
  },
};

interface ColumnData {
  readonly values: readonly unknown[];
  readonly dlevels: readonly number[];
  readonly count: number;
}

/** One row group: cell by column name and row; null where the file has none. */
export interface RowGroup {
  readonly rows: number;
  text(column: string): (string | null)[];
  integer(column: string): number[];
}

function decodeText(value: unknown): string {
  return typeof value === 'string' ? value : (value as Buffer).toString('utf8');
}

function flatCells<T>(
  data: ColumnData,
  levelMax: number,
  decode: (value: unknown) => T,
): (T | null)[] {
  const cells: (T | null)[] = new Array(data.count);
  let at = 0;
  for (let i = 0; i < data.count; i++) {
    cells[i] = levelMax === 0 || data.dlevels[i] === levelMax ? decode(data.values[at++]) : null;
  }
  return cells;
}

export interface ParquetFile {
  readonly rows: number;
  readonly columns: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly groups: AsyncGenerator<RowGroup>;
}

/** Opens a flat Parquet file; the file is closed when `groups` ends. */
export async function openParquet(path: string): Promise<ParquetFile> {
  const reader = await ParquetReader.openFile(path);
  const metadata = reader.getMetadata() as Record<string, string>;
  const rows = Number(reader.getRowCount());
  const columns = reader.schema.fieldList.map((field) => field.path.join('.'));
  return { rows, columns, metadata, groups: rowGroups(reader, path) };
}

async function* rowGroups(reader: ParquetReader, path: string): AsyncGenerator<RowGroup> {
  const { schema, metadata, envelopeReader } = reader;
  const levels = new Map(schema.fieldList.map((field) => [field.path.join(','), field.dLevelMax]));
  try {
    for (const group of metadata?.row_groups ?? []) {
      const buffer = await envelopeReader!.readRowGroup(schema, group, []);
      const columnData = buffer.columnData as unknown as Record<string, ColumnData>;
      const column = (name: string): ColumnData => {
        const data = columnData[name];
        if (data === undefined) throw missingColumn(path, name);
        return data;
      };
      yield {
        rows: Number(group.num_rows),
        text: (name) => flatCells(column(name), levels.get(name) ?? 0, decodeText),
        integer: (name) =>
          flatCells(column(name), levels.get(name) ?? 0, Number).map(
            (value) => value ?? Number.NaN,
          ),
      };
    }
  } finally {
    await reader.close();
  }
}

function missingColumn(path: string, name: string): Failure {
  return new Failure('VERIFICATION_FAILED', {
    subject: 'written mix',
    expected: `a column "${name}"`,
    found: 'no such column',
    where: path,
    remedy: 'this is a fault of the writer; please report it',
  });
}
