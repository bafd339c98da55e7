/**
 * Streams of plain bytes out of gzip and zstd. A stream that ends early is an error that names the
 * file: a part that looks whole is never taken for the whole. gzip's checksum is checked; zstd's is
 * not (its decoder skips it), so there the pinned digest of the file is what holds.
 */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { Failure } from '../../core/schema/failure.js';

function unreadable(file: string, format: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('SOURCE_UNREADABLE', {
    subject: `source file ${file}`,
    expected: `a whole ${format} stream`,
    found: error instanceof Error ? error.message : String(error),
    where: file,
    remedy: 'fetch or write the file again; it looks cut short or damaged',
  });
}

export async function* gunzip(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const input = Readable.from(bytes, { objectMode: false, highWaterMark: 1 << 20 });
  const unzip = createGunzip({ chunkSize: 1 << 20 });
  input.on('error', (error) => unzip.destroy(error));
  try {
    for await (const chunk of input.pipe(unzip)) yield chunk;
  } catch (error) {
    throw unreadable(file, 'gzip', error);
  } finally {
    // Closes the file too, where the stream was left before its end.
    input.destroy();
  }
}

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const SKIPPABLE_MAGIC = [0x2a, 0x4d, 0x18];

/** A frame, or a skippable one, with which parallel writers begin (its first byte is 0x50 to 0x5f). */
function startsFrame(chunk: Uint8Array): boolean {
  if (ZSTD_MAGIC.every((byte, i) => chunk[i] === byte)) return true;
  return (chunk[0] ?? 0) >> 4 === 5 && SKIPPABLE_MAGIC.every((byte, i) => chunk[i + 1] === byte);
}

/**
 * fzstd gives what it has decoded and keeps silent about a missing tail, so the end is checked by
 * pushing the final mark: an unfinished frame then throws.
 */
export async function* unzstd(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let seen = 0;
  const stream = new Decompress((chunk) => ready.push(chunk));
  try {
    for await (const chunk of bytes) {
      if (seen === 0 && !startsFrame(chunk)) throw new Error('no zstd frame at the start');
      seen += chunk.length;
      stream.push(chunk);
      yield* ready.splice(0);
    }
    if (seen === 0) throw new Error('no byte at all');
    stream.push(new Uint8Array(0), true);
    yield* ready.splice(0);
  } catch (error) {
    throw unreadable(file, 'zstd', error);
  }
}
