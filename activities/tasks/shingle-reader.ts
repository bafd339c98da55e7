/** Texts of single documents, found by number and cut into shingles again. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { TextKernel } from '../../engines/text-kernel.js';
import { readColumns } from '../../storage/columns.js';
import type { ShardProfile } from '../build-context.js';
import { documentColumns } from '../profile-columns.js';

const OPEN_FILES = 64;

export interface TextPlace {
  readonly profile: ShardProfile;
  readonly offset: number;
  readonly bytes: number;
  readonly shingles: number;
}

/** Where the texts of the wanted documents stand, in their order; `wanted` is sorted. */
export async function locate(
  profiles: readonly ShardProfile[],
  wanted: Uint32Array,
): Promise<TextPlace[]> {
  const places: TextPlace[] = [];
  for (const profile of profiles) {
    const end = profile.firstDocument + profile.summary.rowsKept;
    if (places.length >= wanted.length || wanted[places.length]! >= end) continue;
    let first = profile.firstDocument;
    for await (const batch of readColumns(profile.documents)) {
      const { textOffsets, textBytes, shingleCounts } = documentColumns(batch);
      while (places.length < wanted.length && wanted[places.length]! < first + batch.length) {
        const row = wanted[places.length]! - first;
        places.push({
          profile,
          offset: textOffsets[row]!,
          bytes: textBytes[row]!,
          shingles: shingleCounts[row]!,
        });
      }
      first += batch.length;
    }
  }
  return places;
}

/** Cuts texts into sorted distinct shingles; a few files stay open between them. */
export class ShingleReader {
  readonly #kernel: TextKernel;
  readonly #files = new Map<string, number>();

  constructor(kernel: TextKernel) {
    this.#kernel = kernel;
  }

  read({ profile, offset, bytes }: TextPlace): BigUint64Array {
    let fd = this.#files.get(profile.texts);
    if (fd === undefined) {
      if (this.#files.size >= OPEN_FILES) this.close();
      fd = openSync(profile.texts, 'r');
      this.#files.set(profile.texts, fd);
    }
    const buffer = Buffer.allocUnsafe(bytes);
    readSync(fd, buffer, 0, bytes, offset);
    this.#kernel.load(buffer.toString('utf8'));
    return this.#kernel.shingles();
  }

  close(): void {
    for (const fd of this.#files.values()) closeSync(fd);
    this.#files.clear();
  }
}
