/**
 * Column files: Arrow IPC files of record batches, written and read batch by batch, so memory holds
 * one batch. Columns are typed arrays; text columns are UTF-8 bytes with offsets, decoded per cell.
 * No clock and no random bytes: the same columns give the same file.
 */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as arrow from 'apache-arrow';

export type NumericArray = Uint8Array | Uint32Array | Float64Array | BigUint64Array;
export type ColumnValues = NumericArray | readonly string[];

/** A batch to write: name -> values, all of one length. Fixed-width bytes come as `{ width, bytes }`. */
export type ColumnBatch = Readonly<Record<string, ColumnValues | FixedBytes | TextBytes>>;
/** Texts that are UTF-8 already: row i is bytes [offsets[i], offsets[i + 1]). */
export interface TextBytes {
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
}
export interface FixedBytes {
  readonly width: number;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

function utf8Data(values: readonly string[]): arrow.Data<arrow.Utf8> {
  const offsets = new Int32Array(values.length + 1);
  let capacity = 64;
  for (const value of values) capacity += value.length;
  let bytes = new Uint8Array(capacity);
  let at = 0;
  values.forEach((value, i) => {
    if (bytes.length - at < value.length * 3) {
      const grown = new Uint8Array(bytes.length * 2 + value.length * 3);
      grown.set(bytes);
      bytes = grown;
    }
    at += encoder.encodeInto(value, bytes.subarray(at)).written;
    offsets[i + 1] = at;
  });
  const data = bytes.subarray(0, at);
  return arrow.makeData({
    type: new arrow.Utf8(),
    length: values.length,
    valueOffsets: offsets,
    data,
  });
}

function columnData(values: ColumnValues | FixedBytes | TextBytes): arrow.Data {
  if (Array.isArray(values)) return utf8Data(values as readonly string[]);
  if (values instanceof Uint8Array)
    return arrow.makeData({ type: new arrow.Uint8(), data: values });
  if (values instanceof Uint32Array)
    return arrow.makeData({ type: new arrow.Uint32(), data: values });
  if (values instanceof Float64Array)
    return arrow.makeData({ type: new arrow.Float64(), data: values });
  if (values instanceof BigUint64Array)
    return arrow.makeData({ type: new arrow.Uint64(), data: values });
  if ('offsets' in values) {
    const { offsets, bytes } = values;
    const length = offsets.length - 1;
    return arrow.makeData({ type: new arrow.Utf8(), length, valueOffsets: offsets, data: bytes });
  }
  const { width, bytes } = values as FixedBytes;
  return arrow.makeData({
    type: new arrow.FixedSizeBinary(width),
    length: bytes.length / width,
    data: bytes,
  });
}

function recordBatch(batch: ColumnBatch, metadata: Map<string, string>): arrow.RecordBatch {
  const children = Object.entries(batch).map(([, values]) => columnData(values));
  const fields = Object.keys(batch).map(
    (name, i) => new arrow.Field(name, children[i]!.type, false),
  );
  const length = children[0]?.length ?? 0;
  const schema = new arrow.Schema(fields, metadata);
  const data = arrow.makeData({ type: new arrow.Struct(fields), length, nullCount: 0, children });
  return new arrow.RecordBatch(schema, data);
}

/** Writes batches one after another. All batches have the same columns in the same order. */
export class ColumnWriter {
  readonly #writer = new arrow.RecordBatchFileWriter();
  readonly #metadata: Map<string, string>;
  readonly #file: WriteStream;
  readonly #done: Promise<void>;
  rows = 0;

  constructor(path: string, metadata: Readonly<Record<string, string>> = {}) {
    this.#metadata = new Map(Object.entries(metadata));
    this.#file = createWriteStream(path);
    this.#done = pipeline(Readable.from(this.#writer), this.#file);
    this.#done.catch(() => undefined);
  }

  write(batch: ColumnBatch): void {
    const next = recordBatch(batch, this.#metadata);
    this.rows += next.numRows;
    this.#writer.write(next);
  }

  async close(): Promise<void> {
    this.#writer.finish();
    await this.#done;
  }

  /** Lets go of a file that will not be finished. */
  async abandon(): Promise<void> {
    if (this.#file.closed) return;
    const closed = once(this.#file, 'close').catch(() => undefined);
    this.#file.destroy();
    await closed;
  }
}

/** One batch as it was read: typed access by column name. */
export class Columns {
  readonly #batch: arrow.RecordBatch;
  readonly length: number;

  constructor(batch: arrow.RecordBatch) {
    this.#batch = batch;
    this.length = batch.numRows;
  }

  has(name: string): boolean {
    return this.#batch.schema.fields.some((field) => field.name === name);
  }

  #data(name: string): arrow.Data {
    const vector = this.#batch.getChild(name);
    if (vector === null) throw new Error(`column file has no column ${name}`);
    return vector.data[0]!;
  }

  u8(name: string): Uint8Array {
    return (this.#data(name).values as Uint8Array).subarray(0, this.length);
  }

  u32(name: string): Uint32Array {
    return (this.#data(name).values as Uint32Array).subarray(0, this.length);
  }

  f64(name: string): Float64Array {
    return (this.#data(name).values as Float64Array).subarray(0, this.length);
  }

  u64(name: string): BigUint64Array {
    return (this.#data(name).values as BigUint64Array).subarray(0, this.length);
  }

  /** Bytes of a fixed-width column, rows end to end. */
  fixed(name: string): Uint8Array {
    const data = this.#data(name);
    const width = (data.type as arrow.FixedSizeBinary).byteWidth;
    return (data.values as Uint8Array).subarray(0, this.length * width);
  }

  /** Bytes of one cell of a text column, without decoding. */
  textBytes(name: string): (row: number) => Uint8Array {
    const data = this.#data(name);
    const offsets = data.valueOffsets as Int32Array;
    const bytes = data.values as Uint8Array;
    return (row) => bytes.subarray(offsets[row]!, offsets[row + 1]!);
  }

  /** Reader of a text column: `row -> string`. */
  text(name: string): (row: number) => string {
    const data = this.#data(name);
    const offsets = data.valueOffsets as Int32Array;
    const bytes = data.values as Uint8Array;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return (row) => buffer.utf8Slice(offsets[row]!, offsets[row + 1]!);
  }
}

declare global {
  interface Buffer {
    utf8Slice(start: number, end: number): string;
  }
}

/** Reads a column file batch by batch. */
export async function* readColumns(path: string): AsyncGenerator<Columns> {
  const handle: FileHandle = await open(path, 'r');
  try {
    const reader = await arrow.RecordBatchReader.from(handle);
    for await (const batch of reader) yield new Columns(batch);
  } finally {
    await handle.close().catch(() => undefined);
  }
}
