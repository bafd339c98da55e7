/** The beginnings of texts in `texts.bin`: as many bytes as the text statistics read. */
import { type FileHandle, open } from 'node:fs/promises';
import { TEXT_BYTES } from '../../core/label/text-statistics/text-grams.js';
import type { DocumentColumns } from '../profile-columns.js';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes [start, start + length) without the pieces of a character that the cut went through. */
function decodeWhole(bytes: Uint8Array, isCut: boolean): string {
  let end = bytes.length;
  if (isCut) {
    let at = end - 1;
    while (at > end - 4 && at > 0 && (bytes[at]! & 0xc0) === 0x80) at--;
    if (bytes[at]! >= 0xc0) end = at;
  }
  return decoder.decode(bytes.subarray(0, end));
}

/** Reads beginnings of one shard's texts; close it when done. */
export class TextBeginnings {
  readonly #handle: FileHandle;
  readonly #buffer = Buffer.alloc(TEXT_BYTES);

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async open(path: string): Promise<TextBeginnings> {
    return new TextBeginnings(await open(path, 'r'));
  }

  /** The first `TEXT_BYTES` bytes of a row's text, cut at a character. */
  async read({ textOffsets, textBytes }: DocumentColumns, row: number): Promise<string> {
    const wanted = Math.min(TEXT_BYTES, textBytes[row]!);
    for (let at = 0; at < wanted; ) {
      const { bytesRead } = await this.#handle.read(this.#buffer, {
        ...{ offset: at, length: wanted - at, position: textOffsets[row]! + at },
      });
      if (bytesRead === 0) throw new Error('assertion failed: texts.bin is shorter than its rows');
      at += bytesRead;
    }
    return decodeWhole(this.#buffer.subarray(0, wanted), wanted < textBytes[row]!);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
