/**
 * The beginnings of texts in `texts.bin`: as many bytes as the text statistics read, cut at a
 * character.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { TEXT_BYTES } from '../../core/label/text-statistics/text-grams.js';
import type { DocumentColumns } from '../profile-columns.js';
import { batchBytes, bytesAt } from '../shard-texts.js';

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

  /** The beginning of one row's text. */
  async read({ textOffsets, textBytes }: DocumentColumns, row: number): Promise<string> {
    const wanted = Math.min(TEXT_BYTES, textBytes[row]!);
    const bytes = await bytesAt(this.#handle, textOffsets[row]!, wanted);
    return bytes.utf8Slice(0, wanted < textBytes[row]! ? wholeEnd(bytes, wanted) : wanted);
  }

  /** The beginnings of a batch, read once. */
  async batch(columns: DocumentColumns): Promise<BatchBeginnings> {
    const bytesOf = await batchBytes(this.#handle, columns);
    return (row) => {
      const bytes = bytesOf(row);
      const isCut = TEXT_BYTES < bytes.length;
      return bytes.utf8Slice(0, isCut ? wholeEnd(bytes, TEXT_BYTES) : bytes.length);
    };
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
