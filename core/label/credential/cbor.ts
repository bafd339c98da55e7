/**
 * CBOR (RFC 8949) as far as content credentials use it: integers, bytes, texts, lists, maps, tags,
 * simple values and floats, of definite or indefinite length. Anything else, and anything cut short,
 * is a `RangeError`: the manifest is then broken, whoever wrote it.
 */
export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | CborMap;
export type CborMap = ReadonlyMap<CborValue, CborValue>;

/** Lists and maps in each other; real manifests have fewer than ten. */
const DEPTH_MAX = 32;
const BREAK = Symbol('break');
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** First value of some bytes; tags are dropped. Throws `RangeError` or `TypeError` where it is none. */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const value = new Decoder(bytes).value(0);
  if (value === BREAK) throw new RangeError('CBOR: break outside of a list');
  return value;
}

export function isCborMap(value: CborValue | undefined): value is CborMap {
  return value instanceof Map;
}

/** The text under a key of a map; null where there is none. */
export function textAt(map: CborMap, key: CborValue): string | null {
  const value = map.get(key);
  return typeof value === 'string' ? value : null;
}

/** The list under a key of a map; empty where there is none. */
export function listAt(map: CborMap, key: CborValue): readonly CborValue[] {
  const value = map.get(key);
  return Array.isArray(value) ? value : [];
}

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): CborValue | typeof BREAK {
    if (depth > DEPTH_MAX) throw new RangeError(`CBOR: deeper than ${DEPTH_MAX}`);
    const head = this.#view.getUint8(this.#at++);
    const major = head >> 5;
    const minor = head & 31;
    if (major === 7) return this.#simple(minor);
    const argument = minor === 31 ? null : this.#argument(minor);
    if (major === 0) return orMissing(argument);
    if (major === 1) return negative(orMissing(argument));
    if (major === 2) return this.#joined(argument, depth);
    if (major === 3) return UTF8.decode(this.#joined(argument, depth));
    if (major === 4) return this.#list(argument, depth);
    if (major === 5) return this.#map(argument, depth);
    return this.#inner(depth);
  }

  #inner(depth: number): CborValue {
    const value = this.value(depth + 1);
    if (value === BREAK) throw new RangeError('CBOR: break where a value is due');
    return value;
  }

  #argument(minor: number): number | bigint {
    if (minor < 24) return minor;
    const at = this.#at;
    if (minor > 27) throw new RangeError(`CBOR: length code ${minor}`);
    this.#at += 1 << (minor - 24);
    if (minor === 24) return this.#view.getUint8(at);
    if (minor === 25) return this.#view.getUint16(at);
    if (minor === 26) return this.#view.getUint32(at);
    const long = this.#view.getBigUint64(at);
    return long <= Number.MAX_SAFE_INTEGER ? Number(long) : long;
  }

  #slice(length: number | bigint): Uint8Array {
    const end = this.#at + Number(length);
    if (end > this.#bytes.length) throw new RangeError('CBOR: cut short');
    const slice = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return slice;
  }

  /** A string of bytes, or its pieces up to a break. */
  #joined(length: number | bigint | null, depth: number): Uint8Array {
    if (length !== null) return this.#slice(length);
    const pieces: number[] = [];
    for (;;) {
      const piece = this.value(depth + 1);
      if (piece === BREAK) return Uint8Array.from(pieces);
      const bytes = typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
      if (!(bytes instanceof Uint8Array)) throw new RangeError('CBOR: piece of another kind');
      for (const byte of bytes) pieces.push(byte);
    }
  }

  #list(length: number | bigint | null, depth: number): CborValue[] {
    const list: CborValue[] = [];
    while (length === null || list.length < length) {
      const item = this.value(depth + 1);
      if (item !== BREAK) list.push(item);
      else if (length === null) return list;
      else throw new RangeError('CBOR: break inside a list of known length');
    }
    return list;
  }

  #map(length: number | bigint | null, depth: number): CborMap {
    const map = new Map<CborValue, CborValue>();
    for (let n = 0; length === null || n < length; n++) {
      const key = this.value(depth + 1);
      if (key === BREAK && length === null) return map;
      if (key === BREAK || map.has(key)) throw new RangeError('CBOR: a key is missing or twice');
      map.set(key, this.#inner(depth));
    }
    return map;
  }

  #simple(minor: number): CborValue | typeof BREAK {
    if (minor === 20 || minor === 21) return minor === 21;
    if (minor === 22 || minor === 23) return null;
    if (minor === 31) return BREAK;
    const at = this.#at;
    if (minor === 26) {
      this.#at += 4;
      return this.#view.getFloat32(at);
    }
    if (minor === 27) {
      this.#at += 8;
      return this.#view.getFloat64(at);
    }
    throw new RangeError(`CBOR: simple value ${minor}`);
  }
}

function orMissing(argument: number | bigint | null): number | bigint {
  if (argument === null) throw new RangeError('CBOR: integer without a length');
  return argument;
}

function negative(argument: number | bigint): number | bigint {
  return typeof argument === 'bigint' ? -1n - argument : -1 - argument;
}
