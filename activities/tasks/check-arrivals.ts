/** Whether files that arrived still lie there with the bytes that arrived. */
import { createHash } from 'node:crypto';
import { errorCode, hasCode } from '../../storage/io-failure.js';
import { FORMATS, formatOf } from '../../storage/source/format.js';
import { storeFor } from '../../storage/source/store.js';

export interface ArrivedBytes {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface CheckArrivalsInput {
  readonly baseFolder: string;
  readonly files: readonly ArrivedBytes[];
}

/** Files that are read at once: most of them are small, and waiting is most of the work. */
const LANES = 8;

/** What is wrong with a file, as a sentence; null where nothing is. In the order of the input. */
export type CheckedArrivals = (string | null)[];

async function problemOf(
  { file, sha256, bytes }: ArrivedBytes,
  baseFolder: string,
  onBytes: (n: number) => void,
): Promise<string | null> {
  if (formatOf(file) === null) return `its name ends in none of ${FORMATS.join(', ')}`;
  try {
    const store = storeFor(file, baseFolder);
    const found = await store.sizeOf(file);
    if (found === null) return 'the file is gone';
    if (found !== bytes) return `the file was changed: ${bytes} bytes arrived, now it has ${found}`;
    const hash = createHash('sha256');
    for await (const chunk of store.stream(file)) {
      hash.update(chunk);
      onBytes(chunk.length);
    }
    const digest = hash.digest('hex');
    if (digest === sha256) return null;
    return `the file was changed: sha256 ${sha256.slice(0, 12)}.. arrived, now it is ${digest.slice(0, 12)}..`;
  } catch (error) {
    // A store that does not answer says nothing about the file.
    if (errorCode(error) === '' || hasCode(error, 'STORAGE_UNREACHABLE')) throw error;
    return `the file cannot be read: ${errorCode(error)}`;
  }
}

export async function run(
  { baseFolder, files }: CheckArrivalsInput,
  progress: Float64Array,
): Promise<CheckedArrivals> {
  progress[1] = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const onBytes = (n: number) => {
    progress[0] = progress[0]! + n;
  };
  const checked: CheckedArrivals = new Array(files.length).fill(null);
  const next = files.entries();
  const lane = async () => {
    for (const [i, file] of next) checked[i] = await problemOf(file, baseFolder, onBytes);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return checked;
}
