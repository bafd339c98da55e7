/** Rows of an Arrow IPC file (or stream), batch by batch. Places are row numbers from 1. */
import { open } from 'node:fs/promises';
import * as arrow from 'apache-arrow';
import { Failure } from '../../core/schema/failure.js';
import type { RawRow } from './rows.js';

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  return value;
}

export async function* arrowRows(file: string, path: string): AsyncGenerator<RawRow[]> {
  const handle = await open(path, 'r');
  let place = 0;
  try {
    const reader = await arrow.RecordBatchReader.from(handle);
    for await (const batch of reader) {
      const names = batch.schema.fields.map((field) => field.name);
      const vectors = names.map((name) => batch.getChild(name));
      const rows: RawRow[] = [];
      for (let i = 0; i < batch.numRows; i++) {
        const fields = Object.fromEntries(names.map((name, c) => [name, plain(vectors[c]?.get(i))]));
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
