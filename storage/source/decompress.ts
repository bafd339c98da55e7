/**
 * Streams of plain bytes out of gzip and zstd. A stream that ends early or has a wrong checksum is
 * an error that names the file: a part that looks whole is never taken for the whole.
 */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { Failure } from '../../core/schema/failure.js';

function unreadable(file: string, format: string, error: unknown): Failure {
  return new Failure('SOURCE_UNREADABLE', {
    subject: `source file ${file}`,
    expected: `a whole ${format} stream`,
    found: error instanceof Error ? error.message : String(error),
    where: file,
    remedy: 'fetch or write the file again; it looks cut short or damaged',
  });
}

export async function* gunzip(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = Readable.from(bytes, { objectMode: false, highWaterMark: 1 << 20 });
  const unzip = createGunzip({ chunkSize: 1 << 20 });
  input.on('error', (error) => unzip.destroy(error));
  try {
    for await (const chunk of input.pipe(unzip)) yield chunk;
  } catch (error) {
    throw unreadable(file, 'gzip', error);
  }
}

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/**
 * fzstd gives what it has decoded and keeps silent about a missing tail, so the end is checked by
 * pushing the final mark: an unfinished frame then throws.
 */
export async function* unzstd(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let seen = 0;
  const stream = new Decompress((chunk) => ready.push(chunk));
  try {
    for await (const chunk of bytes) {
      if (seen === 0 && !ZSTD_MAGIC.every((byte, i) => chunk[i] === byte)) throw new Error('no zstd frame at the start');
      seen += chunk.length;
      stream.push(chunk);
      yield* ready.splice(0);
    }
    if (seen > 0) stream.push(new Uint8Array(0), true);
    yield* ready.splice(0);
  } catch (error) {
    throw unreadable(file, 'zstd', error);
  }
}
