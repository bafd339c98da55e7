/**
 * Entries for `equalGroups`, in memory while they are few, in partition files when they are many.
 * A key's first bits choose its partition, so equal keys meet; memory holds one partition.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ENTRY_WORDS, equalGroups } from '../../core/cluster/equal-groups.js';

/** Entries that one partition may hold: 20 bytes each, and 8 more while it is sorted. */
const PARTITION_ENTRIES = 4_000_000;
const BUFFER_ENTRIES = 8_192;

interface Partition {
  words: Uint32Array;
  count: number;
  readonly fd: number | null;
  readonly path: string;
}

export class KeySpill {
  readonly #partitions: Partition[];
  readonly #shift: number;

  /** `expected`: how many entries will come; only chooses the number of partitions. */
  constructor(options: { expected: number; scratch: string; name: string }) {
    const bits = Math.max(
      0,
      Math.ceil(Math.log2(Math.max(1, options.expected / PARTITION_ENTRIES))),
    );
    this.#shift = 32 - bits;
    this.#partitions = Array.from({ length: 2 ** bits }, (_, i) => {
      const path = join(options.scratch, `${options.name}-${i}.keys`);
      const fd = bits === 0 ? null : openSync(path, 'w');
      return { words: new Uint32Array(BUFFER_ENTRIES * ENTRY_WORDS), count: 0, fd, path };
    });
  }

  add(hi: number, lo: number, document: number, first: number, second: number): void {
    const partition = this.#partitions[this.#shift === 32 ? 0 : hi >>> this.#shift]!;
    if ((partition.count + 1) * ENTRY_WORDS > partition.words.length) makeRoom(partition);
    const at = partition.count++ * ENTRY_WORDS;
    const words = partition.words;
    words[at] = hi;
    words[at + 1] = lo;
    words[at + 2] = document;
    words[at + 3] = first;
    words[at + 4] = second;
  }

  /** Groups of entries of one key: their words, and the positions in them. Frees as it goes. */
  *groups(): Generator<{ words: Uint32Array; positions: readonly number[] }> {
    for (const partition of this.#partitions) {
      const words = partition.fd === null ? partition.words : readBack(partition);
      const count = partition.fd === null ? partition.count : words.length / ENTRY_WORDS;
      for (const positions of equalGroups(words, count)) yield { words, positions };
      partition.words = new Uint32Array(0);
    }
  }
}

function makeRoom(partition: Partition): void {
  if (partition.fd === null) {
    const grown = new Uint32Array(partition.words.length * 2);
    grown.set(partition.words);
    partition.words = grown;
    return;
  }
  writeOut(partition, partition.fd);
}

function writeOut(partition: Partition, fd: number): void {
  const bytes = new Uint8Array(partition.words.buffer, 0, partition.count * ENTRY_WORDS * 4);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  partition.count = 0;
}

function readBack(partition: Partition): Uint32Array {
  if (partition.fd !== null) {
    writeOut(partition, partition.fd);
    closeSync(partition.fd);
  }
  const bytes = readFileSync(partition.path);
  rmSync(partition.path);
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
