/**
 * Where a text carries a C2PA manifest store (C2PA 2.4, appendices A.7 to A.9), and in which bytes.
 *
 * Unstructured: U+FEFF, then one run of variation selectors, a byte each: `C2PATXT\0`, version 1,
 * length (4 bytes, big-endian), the store, padding. Structured: `-----BEGIN C2PA MANIFEST-----`, a
 * reference, `-----END C2PA MANIFEST-----` on the first or last line, or on three lines in front
 * matter. HTML: a `script` or `link` element. Text about C2PA that merely quotes these is none.
 */
import type { CredentialFinding } from '../../schema/credential.js';
import { decodeBase64 } from './base64.js';

export interface Wrapper extends Pick<CredentialFinding, 'form' | 'span'> {
  /** Bytes of the store; an address that is never fetched; or what is wrong with the wrapper. */
  readonly store: Uint8Array | { readonly address: string } | { readonly broken: string };
}

const MAGIC = '\u{e0133}\u{e0122}\u{e0140}\u{e0131}\u{e0144}\u{e0148}\u{e0144}\ufe00';
const MAGIC_BYTES = 8;
const HEADER_BYTES = 13;
const VERSION = 1;
const BEGIN = '-----BEGIN C2PA MANIFEST-----';
const END = '-----END C2PA MANIFEST-----';
const DATA_ADDRESS = /^data:application\/c2pa;base64,([A-Za-z0-9+/=_-]*)$/;
const WEB_ADDRESS = /^https?:\/\/\S+$/;
/** What stands beside a block on its line: `//`, `<!--`, `-->`, `NOTE`, nothing. */
const COMMENT_SIGN = /^\s{0,40}\S{0,8}\s{0,40}$/;
/** Front matter that has begun and not ended. */
const FRONT_MATTER = /^\ufeff?(---|\+\+\+)\r?\n(?![\s\S]*\n\1\r?\n)/;
/** Text that is HTML itself; one that shows HTML to its readers carries nothing. */
const IS_HTML = /^\ufeff?\s*<[!a-z]/i;
const SCRIPT =
  /<script\b[^>]{0,999}?\btype\s*=\s*["']?application\/c2pa["']?[^>]{0,999}>([^<]*)<\/script>/gi;
const LINK = /<link\b[^>]{0,999}?\brel\s*=\s*["']?c2pa-manifest["']?[^>]{0,999}>/gi;
const HREF = /\bhref\s*=\s*["']?([^"'\s>]+)/i;

/** Every wrapper of a text in order. Cost where there is none: three searches for a fixed string. */
export function findWrappers(text: string): Wrapper[] {
  const found = [...unstructured(text)];
  if (text.includes(BEGIN)) found.push(...structured(text));
  if (IS_HTML.test(text.slice(0, 200)) && text.includes('c2pa')) found.push(...html(text));
  return found.sort((a, b) => a.span[0] - b.span[0]);
}

function* unstructured(text: string): Generator<Wrapper> {
  for (let at = text.indexOf(MAGIC); at >= 0; ) {
    const end = runEnd(text, at);
    const isMarked = at > 0 && text.charCodeAt(at - 1) === 0xfeff;
    const span: [number, number] = [isMarked ? at - 1 : at, end];
    yield { form: 'unstructured', span, store: storeOf(selectorBytes(text, at, end), isMarked) };
    at = text.indexOf(MAGIC, end);
  }
}

/** Where the run of variation selectors that begins at `at` ends. */
function runEnd(text: string, at: number): number {
  for (let next = at; ; next++) {
    const unit = text.charCodeAt(next);
    if (unit >= 0xfe00 && unit <= 0xfe0f) continue;
    const low = text.charCodeAt(next + 1);
    if (unit !== 0xdb40 || !(low >= 0xdd00 && low <= 0xddef)) return next;
    next++;
  }
}

/** A byte for each variation selector of a run. */
function selectorBytes(text: string, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  let count = 0;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    bytes[count++] = unit === 0xdb40 ? text.charCodeAt(++at) - 0xdd00 + 16 : unit - 0xfe00;
  }
  return bytes.slice(0, count);
}

function storeOf(bytes: Uint8Array, isMarked: boolean): Wrapper['store'] {
  if (!isMarked) return { broken: 'U+FEFF is missing before it' };
  if (bytes.length < HEADER_BYTES) return { broken: 'its header is cut short' };
  const version = bytes[MAGIC_BYTES]!;
  if (version !== VERSION) return { broken: `its version is ${version}, not ${VERSION}` };
  const length = new DataView(bytes.buffer).getUint32(MAGIC_BYTES + 1);
  const held = bytes.length - HEADER_BYTES;
  if (length > held) return { broken: `it says ${length} bytes and holds ${held}` };
  return bytes.subarray(HEADER_BYTES, HEADER_BYTES + length);
}

/** Only the first and the last block can stand where one counts. */
function* structured(text: string): Generator<Wrapper> {
  for (const at of new Set([text.indexOf(BEGIN), text.lastIndexOf(BEGIN)])) {
    const close = text.indexOf(END, at);
    const end = close < 0 ? lineEnd(text, at) : close + END.length;
    const inside = text.slice(at + BEGIN.length, close < 0 ? end : close);
    if (!isInPlace(text, at, end, inside)) continue;
    const store = close < 0 ? { broken: 'its end is missing' } : referenced(inside.trim());
    yield { form: 'structured', span: [at, end], store };
  }
}

/** One line that is the first or the last of the text, or three lines in its front matter. */
function isInPlace(text: string, at: number, end: number, inside: string): boolean {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const [above, below] = [text.slice(0, lineStart), text.slice(lineEnd(text, end))];
  const beside = [text.slice(lineStart, at), text.slice(end, lineEnd(text, end))];
  if (!beside.every((part) => COMMENT_SIGN.test(part))) return false;
  const breaks = inside.split('\n', 4).length - 1;
  if (breaks === 2) return FRONT_MATTER.test(above);
  return breaks === 0 && (/^\ufeff?(#!.*|<\?xml.*)?\s*$/.test(above) || !/\S/.test(below));
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function referenced(reference: string): Wrapper['store'] {
  const data = DATA_ADDRESS.exec(reference)?.[1];
  if (data !== undefined) return decodeBase64(data) ?? { broken: 'its base64 cannot be read' };
  return WEB_ADDRESS.test(reference)
    ? { address: reference }
    : { broken: 'it holds neither an address nor data' };
}

/** Elements of a text that is HTML. */
function* html(text: string): Generator<Wrapper> {
  const span = ({ index, 0: all }: RegExpExecArray): [number, number] => [
    index,
    index + all.length,
  ];
  for (const match of text.matchAll(SCRIPT)) {
    const data = match[1]!.trim().replace(/^data:application\/c2pa;base64,/, '');
    const store = decodeBase64(data.replace(/\s+/g, '')) ?? { broken: 'its base64 cannot be read' };
    yield { form: 'html', span: span(match), store };
  }
  for (const match of text.matchAll(LINK)) {
    const address = HREF.exec(match[0])?.[1];
    const store = address === undefined ? { broken: 'it has no href' } : referenced(address);
    yield { form: 'html', span: span(match), store };
  }
}
