/**
 * Arrays of different lengths in one file, read back whole: a line of JSON that says name, kind,
 * length and place of each, then their bytes, each at a multiple of 8. Little-endian, no clock: the
 * same arrays give the same bytes.
 */
import { open } from 'node:fs/promises';

const KINDS = { Uint8Array, Uint16Array, Uint32Array, Float32Array, BigUint64Array } as const;
type Kind = keyof typeof KINDS;
export type StoredArray = Uint8Array | Uint16Array | Uint32Array | Float32Array | BigUint64Array;

interface Place {
  readonly name: string;
  readonly kind: Kind;
  readonly length: number;
  /** Bytes after the line of JSON. */
  readonly offset: number;
}

const ALIGNMENT = 8;
const LINE_FEED = 0x0a;

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Writes arrays, and `notes` (any JSON value) beside them. */
export async function writeArrays(
  path: string,
  arrays: Readonly<Record<string, StoredArray>>,
  notes: unknown,
): Promise<void> {
  let offset = 0;
  const places = Object.entries(arrays).map(([name, array]): Place => {
    const place = { name, kind: array.constructor.name as Kind, length: array.length, offset };
    offset += aligned(array.byteLength);
    return place;
  });
  const json = Buffer.from(JSON.stringify({ places, notes }));
  const head = Buffer.alloc(aligned(json.length + 1), ' ');
  head.set(json);
  head[head.length - 1] = LINE_FEED;
  const file = await open(path, 'w');
  try {
    await file.writeFile(head);
    for (const array of Object.values(arrays)) {
      const { buffer, byteOffset, byteLength } = array;
      await file.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
      await file.writeFile(new Uint8Array(aligned(byteLength) - byteLength));
    }
  } finally {
    await file.close();
  }
}

export interface ReadArrays {
  readonly arrays: Readonly<Record<string, StoredArray>>;
  readonly notes: unknown;
}

/** Reads what `writeArrays` wrote; all arrays are views of one buffer. */
export async function readArrays(path: string): Promise<ReadArrays> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(new ArrayBuffer(size));
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, size - at, at);
      if (bytesRead === 0) throw new Error(`${path} ends at ${at} of ${size} bytes`);
      at += bytesRead;
    }
    const end = bytes.indexOf(LINE_FEED) + 1;
    const { places, notes } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as {
      places: Place[];
      notes: unknown;
    };
    const views = places.map(({ name, kind, length, offset }) => [
      name,
      new KINDS[kind](bytes.buffer, end + offset, length),
    ]);
    return { arrays: Object.fromEntries(views), notes };
  } finally {
    await file.close();
  }
}
