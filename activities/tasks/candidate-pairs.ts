/**
 * Candidate pairs, verified in bounded chunks: exact Jaccard of the shingle sets decides, and a pair
 * that is already in one set is not looked at again (the sets would be the same).
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { UnionFind } from '../../core/cluster/union-find.js';
import { createVerifier } from '../../engines/minhash-verify.js';
import type { TextKernel } from '../../engines/text-kernel.js';
import { readColumns } from '../../storage/columns.js';
import type { ShardProfile } from '../build-context.js';
import { documentColumns } from '../profile-columns.js';

/** Pairs held before they are verified: 8 bytes each. */
const PAIRS_HELD = 4_000_000;
const OPEN_FILES = 64;
/** Shingles held while a group of pairs is verified: about 40 bytes each. */
const SHINGLES_HELD = 6_000_000;

interface TextPlace {
  readonly profile: ShardProfile;
  readonly offset: number;
  readonly bytes: number;
  readonly shingles: number;
}

/** Where the texts of the wanted documents stand; `wanted` is sorted. */
async function locate(profiles: readonly ShardProfile[], wanted: readonly number[]): Promise<Map<number, TextPlace>> {
  const places = new Map<number, TextPlace>();
  let at = 0;
  for (const profile of profiles) {
    const end = profile.firstDocument + profile.summary.rowsKept;
    if (at >= wanted.length || wanted[at]! >= end) continue;
    let first = profile.firstDocument;
    for await (const batch of readColumns(profile.documents)) {
      const { textOffsets, textBytes, shingleCounts } = documentColumns(batch);
      for (; at < wanted.length && wanted[at]! < first + batch.length; at++) {
        const row = wanted[at]! - first;
        places.set(wanted[at]!, { profile, offset: textOffsets[row]!, bytes: textBytes[row]!, shingles: shingleCounts[row]! });
      }
      first += batch.length;
    }
  }
  return places;
}

/** Cuts texts into shingles; a few files stay open between them. */
class ShingleReader {
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

type Pair = readonly [number, number];

/** Runs of pairs whose documents' shingles fit into memory together. */
function* groupsOf(pairs: readonly Pair[], places: ReadonlyMap<number, TextPlace>): Generator<Pair[]> {
  let group: Pair[] = [];
  let documents = new Set<number>();
  let held = 0;
  for (const pair of pairs) {
    if (held > SHINGLES_HELD) {
      yield group;
      group = [];
      documents = new Set();
      held = 0;
    }
    group.push(pair);
    for (const document of pair) {
      if (documents.has(document)) continue;
      documents.add(document);
      held += places.get(document)!.shingles;
    }
  }
  if (group.length > 0) yield group;
}

export class PairVerifier {
  readonly #options: { profiles: readonly ShardProfile[]; kernel: TextKernel; threshold: number; sets: UnionFind };
  #pairs = new BigUint64Array(1024);
  #words = new Uint32Array(this.#pairs.buffer);
  #count = 0;
  /** Pairs whose exact Jaccard was computed, and those that reached the threshold. */
  verified = 0;
  near = 0;

  constructor(options: { profiles: readonly ShardProfile[]; kernel: TextKernel; threshold: number; sets: UnionFind }) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#count >= PAIRS_HELD;
  }

  add(a: number, b: number): void {
    if (this.#count === this.#pairs.length) {
      const grown = new BigUint64Array(this.#pairs.length * 2);
      grown.set(this.#pairs);
      this.#pairs = grown;
      this.#words = new Uint32Array(grown.buffer);
    }
    const at = this.#count++ * 2;
    this.#words[at] = Math.max(a, b);
    this.#words[at + 1] = Math.min(a, b);
  }

  #sortedPairs(): Pair[] {
    const words = this.#words;
    this.#pairs.subarray(0, this.#count).sort();
    const { sets } = this.#options;
    const pairs: Pair[] = [];
    for (let i = 0; i < this.#count; i++) {
      const a = words[i * 2 + 1]!;
      const b = words[i * 2]!;
      if (i > 0 && words[i * 2 - 2] === b && words[i * 2 - 1] === a) continue;
      if (sets.find(a) !== sets.find(b)) pairs.push([a, b]);
    }
    return pairs;
  }

  /** Verifies all pairs held, and lets them go. */
  async verify(): Promise<void> {
    const { profiles, kernel } = this.#options;
    const pairs = this.#sortedPairs();
    this.#count = 0;
    const wanted = [...new Set(pairs.flat())].sort((a, b) => a - b);
    const places = await locate(profiles, wanted);
    const reader = new ShingleReader(kernel);
    for (const group of groupsOf(pairs, places)) this.#verifyGroup(group, places, reader);
    reader.close();
  }

  #verifyGroup(group: readonly Pair[], places: ReadonlyMap<number, TextPlace>, reader: ShingleReader): void {
    const { threshold, sets } = this.#options;
    const documents = [...new Set(group.flat())].sort((a, b) => a - b);
    const position = new Map(documents.map((document, i) => [document, i]));
    const reaches = createVerifier(documents.map((document) => reader.read(places.get(document)!)), threshold);
    for (const [a, b] of group) {
      if (sets.find(a) === sets.find(b)) continue;
      this.verified++;
      if (!reaches(position.get(a)!, position.get(b)!)) continue;
      this.near++;
      sets.union(a, b);
    }
  }
}
