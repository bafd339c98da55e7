/** The texts of a profiled shard, batch by batch in the order of its documents; each batch is read in one piece. */
import { type FileHandle, open } from 'node:fs/promises';
import { assert } from '../core/schema/failure.js';
import { readColumns } from '../storage/columns.js';
import { type DocumentColumns, documentColumns } from './profile-columns.js';

/** One batch: the row of its first document in the shard, its columns, and its texts. */
export interface TextBatch {
  readonly firstRow: number;
  readonly length: number;
  readonly columns: DocumentColumns;
  readonly text: (row: number) => string;
}

/** So many bytes from a place of `texts.bin`, which must hold them. */
export async function bytesAt(
  handle: FileHandle,
  position: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const piece = { offset: at, length: length - at, position: position + at };
    const { bytesRead } = await handle.read(bytes, piece);
    assert(bytesRead > 0, 'texts.bin is as long as its profile says');
    at += bytesRead;
  }
  return bytes;
}

/** The UTF-8 bytes of each text of a batch, from the `texts.bin` that `handle` is open on. */
export async function batchBytes(
  handle: FileHandle,
  { length, textOffsets, textBytes }: DocumentColumns,
): Promise<(row: number) => Buffer> {
  if (length === 0) return () => Buffer.alloc(0);
  const start = textOffsets[0]!;
  const end = textOffsets[length - 1]! + textBytes[length - 1]!;
  const bytes = await bytesAt(handle, start, end - start);
  return (row) => {
    const from = textOffsets[row]! - start;
    return bytes.subarray(from, from + textBytes[row]!);
  };
}

/** `documents` and `texts`: the two files of a profile. */
export async function* shardTexts(documents: string, texts: string): AsyncGenerator<TextBatch> {
  const handle = await open(texts, 'r');
  let firstRow = 0;
  try {
    for await (const batch of readColumns(documents)) {
      const columns = documentColumns(batch);
      const { length } = columns;
      if (length === 0) continue;
      const bytesOf = await batchBytes(handle, columns);
      yield { firstRow, length, columns, text: (row) => bytesOf(row).toString('utf8') };
      firstRow += length;
    }
  } finally {
    await handle.close();
  }
}
