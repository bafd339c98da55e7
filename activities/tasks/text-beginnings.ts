/**
 * The beginnings of texts in `texts.bin`: as many bytes as the text statistics read, cut at a
 * character.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { TEXT_BYTES } from '../../core/label/text-statistics/text-grams.js';
import type { DocumentColumns } from '../profile-columns.js';

/** The texts of one batch in one piece: at most what a batch holds. */
export type BatchBeginnings = (row: number) => string;

/** The end of the last whole character of UTF-8 bytes that were cut at `end`. */
function wholeEnd(bytes: Uint8Array, end: number): number {
  let at = end - 1;
  while (at > end - 4 && at > 0 && (bytes[at]! & 0xc0) === 0x80) at--;
  return bytes[at]! >= 0xc0 ? at : end;
}

/** Reads beginnings of one shard's texts; close it when done. */
export class TextBeginnings {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async open(path: string): Promise<TextBeginnings> {
    return new TextBeginnings(await open(path, 'r'));
  }

  async #bytes(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; ) {
      const piece = { offset: at, length: length - at, position: position + at };
      const { bytesRead } = await this.#handle.read(buffer, piece);
      if (bytesRead === 0) throw new Error('assertion failed: texts.bin is shorter than its rows');
      at += bytesRead;
    }
    return buffer;
  }

  /** The beginning of one row's text. */
  async read({ textOffsets, textBytes }: DocumentColumns, row: number): Promise<string> {
    const wanted = Math.min(TEXT_BYTES, textBytes[row]!);
    const bytes = await this.#bytes(textOffsets[row]!, wanted);
    return bytes.utf8Slice(0, wanted < textBytes[row]! ? wholeEnd(bytes, wanted) : wanted);
  }

  /** The beginnings of a batch, read once. */
  async batch({ textOffsets, textBytes, length }: DocumentColumns): Promise<BatchBeginnings> {
    if (length === 0) return () => '';
    const first = textOffsets[0]!;
    const bytes = await this.#bytes(
      first,
      textOffsets[length - 1]! + textBytes[length - 1]! - first,
    );
    return (row) => {
      const start = textOffsets[row]! - first;
      const end = start + Math.min(TEXT_BYTES, textBytes[row]!);
      const isCut = TEXT_BYTES < textBytes[row]!;
      return bytes.utf8Slice(
        start,
        isCut ? start + wholeEnd(bytes.subarray(start), end - start) : end,
      );
    };
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
