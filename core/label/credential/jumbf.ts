/**
 * JUMBF boxes (ISO/IEC 19566-5): a superbox `jumb` begins with its description `jumd` (kind, label),
 * then come boxes of content, or more superboxes. Anything that is none is a `RangeError`.
 */
export interface ContentBox {
  /** `cbor`, `json`, `uuid` and so on. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface Superbox {
  readonly label: string;
  /** Everything behind its own header: what C2PA hashes. */
  readonly bytes: Uint8Array;
  readonly superboxes: readonly Superbox[];
  readonly contents: readonly ContentBox[];
}

interface Box extends ContentBox {
  readonly end: number;
}

const DEPTH_MAX = 8;
const HEADER_BYTES = 8;
const LABELLED = 2;
const KIND_BYTES = 16;

/** The superbox that stands at the start of some bytes. */
export function readSuperbox(bytes: Uint8Array, depth = 0): Superbox {
  const box = readBox(bytes, 0);
  if (box.type !== 'jumb') throw new RangeError(`JUMBF: ${box.type} where jumb is due`);
  return superboxOf(box.bytes, depth);
}

function superboxOf(bytes: Uint8Array, depth: number): Superbox {
  if (depth > DEPTH_MAX) throw new RangeError(`JUMBF: deeper than ${DEPTH_MAX}`);
  const description = readBox(bytes, 0);
  if (description.type !== 'jumd') throw new RangeError('JUMBF: no description');
  const superboxes: Superbox[] = [];
  const contents: ContentBox[] = [];
  for (let at = description.end; at < bytes.length; ) {
    const box = readBox(bytes, at);
    if (box.type === 'jumb') superboxes.push(superboxOf(box.bytes, depth + 1));
    else contents.push({ type: box.type, bytes: box.bytes });
    at = box.end;
  }
  return { label: labelOf(description.bytes), bytes, superboxes, contents };
}

/** Length 0 means "to the end", 1 a long length behind the type. */
function readBox(bytes: Uint8Array, at: number): Box {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const short = view.getUint32(at);
  const type = String.fromCharCode(...bytes.subarray(at + 4, at + HEADER_BYTES));
  const header = short === 1 ? 2 * HEADER_BYTES : HEADER_BYTES;
  const long = short === 1 ? Number(view.getBigUint64(at + HEADER_BYTES)) : short;
  const length = short === 0 ? bytes.length - at : long;
  if (length < header || at + length > bytes.length) throw new RangeError('JUMBF: cut short');
  return { type, bytes: bytes.subarray(at + header, at + length), end: at + length };
}

function labelOf(description: Uint8Array): string {
  const toggles = description[KIND_BYTES];
  if (toggles === undefined) throw new RangeError('JUMBF: description is cut short');
  if ((toggles & LABELLED) === 0) return '';
  const end = description.indexOf(0, KIND_BYTES + 1);
  if (end < 0) throw new RangeError('JUMBF: label without an end');
  return String.fromCharCode(...description.subarray(KIND_BYTES + 1, end));
}
