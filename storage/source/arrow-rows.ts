/** Rows of an Arrow IPC file (or stream), batch by batch. Places are row numbers from 1. */
import { type FileHandle, open } from 'node:fs/promises';
import * as arrow from 'apache-arrow';
import { Failure } from '../../core/schema/failure.js';
import type { RawRow } from './rows.js';

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  return value;
}

/** The package drops a leading U+FEFF of every text, which may begin a credential. */
function valueAt(vector: arrow.Vector | null | undefined, row: number): unknown {
  const value = vector?.get(row);
  const [data] = vector?.data ?? [];
  const isText = arrow.DataType.isUtf8(data?.type) || arrow.DataType.isLargeUtf8(data?.type);
  if (typeof value !== 'string' || !isText) return value;
  const [start, end] = [Number(data!.valueOffsets[row]), Number(data!.valueOffsets[row + 1])];
  const isMarked =
    end - start >= MARK.length && MARK.every((byte, i) => data!.values[start + i] === byte);
  return isMarked ? `\ufeff${value}` : value;
}

const MARK = [0xef, 0xbb, 0xbf];
const FILE_MARK = Buffer.from('ARROW1');
const STREAM_END = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** The reader takes a stream that stops between batches for a whole one, so its end is looked at. */
async function assertWhole(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  const ends = Buffer.alloc(2 * STREAM_END.length);
  await handle.read(ends, 0, STREAM_END.length, 0);
  await handle.read(
    ends,
    STREAM_END.length,
    STREAM_END.length,
    Math.max(0, size - STREAM_END.length),
  );
  const isFile = ends.subarray(0, FILE_MARK.length).equals(FILE_MARK);
  const end = isFile ? FILE_MARK : STREAM_END;
  if (size >= 2 * end.length && ends.subarray(-end.length).equals(end)) return;
  throw new Error(
    isFile ? 'no end mark "ARROW1"' : 'neither an Arrow file nor a stream with its end mark',
  );
}

export async function* arrowRows(file: string, path: string): AsyncGenerator<RawRow[]> {
  const handle = await open(path, 'r');
  let place = 0;
  try {
    await assertWhole(handle);
    const reader = await arrow.RecordBatchReader.from(handle);
    for await (const batch of reader) {
      const names = batch.schema.fields.map((field) => field.name);
      const vectors = names.map((name) => batch.getChild(name));
      const rows: RawRow[] = [];
      for (let i = 0; i < batch.numRows; i++) {
        const fields = Object.fromEntries(
          names.map((name, c) => [name, plain(valueAt(vectors[c], i))]),
        );
        rows.push({ place: ++place, fields });
      }
      yield rows;
    }
  } catch (error) {
    throw new Failure('SOURCE_UNREADABLE', {
      subject: `source file ${file}`,
      expected: 'a whole Arrow IPC file',
      found: error instanceof Error ? error.message : String(error),
      where: `${file}, after row ${place}`,
      remedy: 'write the file again; it looks cut short or is not Arrow IPC',
    });
  } finally {
    await handle.close().catch(() => undefined);
  }
}
