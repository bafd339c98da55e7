/** A file that appears whole: written beside its place, then renamed. Nobody sees half of it. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { ioFailure } from '../../storage/io-failure.js';

export async function writeWhole(path: string, text: string): Promise<void> {
  const half = `${path}.${process.pid}.half`;
  try {
    await writeFile(half, text);
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw ioFailure(error, path);
  }
}
