/**
 * Rows of a source file as they were found: a parsed object with its place, or the reason why the
 * line is not one. Batches, not single rows, cross the async boundary. Nothing is dropped here.
 */
import { isUtf8 } from 'node:buffer';
import { LIMITS } from '../../core/schema/limits.js';

export const REJECT_REASONS = [
  'blank_line',
  'broken_json',
  'not_an_object',
  'invalid_utf8',
  'line_too_long',
  'missing_text',
  'empty_text',
  'text_too_long',
  'invalid_id',
  'empty_file',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

export type RawRow =
  | { readonly place: number; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly place: number; readonly reason: RejectReason; readonly detail: string };

const NEWLINE = 10;

function parseLine(line: Buffer, place: number): RawRow {
  const end = line.length > 0 && line[line.length - 1] === 13 ? line.length - 1 : line.length;
  const body = end === line.length ? line : line.subarray(0, end);
  if (!isUtf8(body))
    return { place, reason: 'invalid_utf8', detail: `${body.length} bytes that are not UTF-8` };
  const text = body.toString('utf8');
  if (text.trim() === '') return { place, reason: 'blank_line', detail: '' };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { place, fields: value as Record<string, unknown> };
    }
    return {
      place,
      reason: 'not_an_object',
      detail: `a JSON ${Array.isArray(value) ? 'array' : typeof value}`,
    };
  } catch (error) {
    return { place, reason: 'broken_json', detail: (error as Error).message.slice(0, 200) };
  }
}

/** State of the line splitter: bytes of an unfinished line, or how many were thrown away of one too long. */
interface Pending {
  parts: Buffer[];
  bytes: number;
  discarded: number;
  place: number;
}

function finishLine(pending: Pending, tail: Buffer): RawRow {
  const place = ++pending.place;
  const discarded = pending.discarded;
  const line = pending.parts.length === 0 ? tail : Buffer.concat([...pending.parts, tail]);
  pending.parts = [];
  pending.bytes = 0;
  pending.discarded = 0;
  if (discarded > 0 || line.length > LIMITS.lineBytes) {
    const detail = `${discarded + line.length} bytes; at most ${LIMITS.lineBytes}`;
    return { place, reason: 'line_too_long', detail };
  }
  return parseLine(line, place);
}

function keepTail(pending: Pending, tail: Buffer): void {
  if (tail.length === 0) return;
  if (pending.discarded > 0 || pending.bytes + tail.length > LIMITS.lineBytes) {
    pending.discarded += pending.bytes + tail.length;
    pending.parts = [];
    pending.bytes = 0;
    return;
  }
  pending.parts.push(tail);
  pending.bytes += tail.length;
}

function withoutMark(chunk: Buffer): Buffer {
  const marked = chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
  return marked ? chunk.subarray(3) : chunk;
}

/** Splits bytes into lines and parses each as one JSON object. Places are line numbers from 1. */
export async function* jsonRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<RawRow[]> {
  const pending: Pending = { parts: [], bytes: 0, discarded: 0, place: 0 };
  let first = true;
  for await (const raw of bytes) {
    let chunk = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    if (first) chunk = withoutMark(chunk);
    first = false;
    const rows: RawRow[] = [];
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      rows.push(finishLine(pending, chunk.subarray(start, at)));
      start = at + 1;
    }
    keepTail(pending, chunk.subarray(start));
    if (rows.length > 0) yield rows;
  }
  if (pending.bytes > 0 || pending.discarded > 0) yield [finishLine(pending, Buffer.alloc(0))];
}
