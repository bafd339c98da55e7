/**
 * Candidate pairs, verified in bounded chunks: exact Jaccard of the shingle sets decides, and a pair
 * that is already in one set is not looked at again (the sets would be the same).
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { reachesJaccard } from '../../core/cluster/jaccard.js';
import type { UnionFind } from '../../core/cluster/union-find.js';
import type { TextKernel } from '../../engines/text-kernel.js';
import { readColumns } from '../../storage/columns.js';
import type { ShardProfile } from '../build-context.js';
import { documentColumns } from '../profile-columns.js';

/** Pairs held before they are verified: 8 bytes each. */
const PAIRS_HELD = 4_000_000;
/** 64-bit shingles kept between pairs: 256 MiB. */
const SHINGLES_KEPT = 32_000_000;

interface TextPlace {
  readonly profile: ShardProfile;
  readonly offset: number;
  readonly bytes: number;
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
      const { textOffsets, textBytes } = documentColumns(batch);
      for (; at < wanted.length && wanted[at]! < first + batch.length; at++) {
        const row = wanted[at]! - first;
        places.set(wanted[at]!, { profile, offset: textOffsets[row]!, bytes: textBytes[row]! });
      }
      first += batch.length;
    }
  }
  return places;
}

/** Shingle sets by document, with the least recently made dropped first. */
class ShingleSets {
  readonly #kernel: TextKernel;
  readonly #places: Map<number, TextPlace>;
  readonly #sets = new Map<number, BigUint64Array>();
  readonly #files = new Map<string, number>();
  #held = 0;

  constructor(kernel: TextKernel, places: Map<number, TextPlace>) {
    this.#kernel = kernel;
    this.#places = places;
  }

  #text(place: TextPlace): string {
    let fd = this.#files.get(place.profile.texts);
    if (fd === undefined) {
      if (this.#files.size >= 64) this.close();
      fd = openSync(place.profile.texts, 'r');
      this.#files.set(place.profile.texts, fd);
    }
    const buffer = Buffer.allocUnsafe(place.bytes);
    readSync(fd, buffer, 0, place.bytes, place.offset);
    return buffer.toString('utf8');
  }

  of(document: number): BigUint64Array {
    const known = this.#sets.get(document);
    if (known !== undefined) return known;
    this.#kernel.load(this.#text(this.#places.get(document)!));
    const made = this.#kernel.shingles();
    this.#sets.set(document, made);
    this.#held += made.length;
    for (const [old, set] of this.#sets) {
      if (this.#held <= SHINGLES_KEPT || old === document) break;
      this.#sets.delete(old);
      this.#held -= set.length;
    }
    return made;
  }

  close(): void {
    for (const fd of this.#files.values()) closeSync(fd);
    this.#files.clear();
  }
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

  #sortedPairs(): [number, number][] {
    const words = this.#words;
    this.#pairs.subarray(0, this.#count).sort();
    const { sets } = this.#options;
    const pairs: [number, number][] = [];
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
    const { profiles, kernel, threshold, sets } = this.#options;
    const pairs = this.#sortedPairs();
    this.#count = 0;
    const wanted = [...new Set(pairs.flat())].sort((a, b) => a - b);
    const shingles = new ShingleSets(kernel, await locate(profiles, wanted));
    for (const [a, b] of pairs) {
      if (sets.find(a) === sets.find(b)) continue;
      this.verified++;
      if (!reachesJaccard(shingles.of(a), shingles.of(b), threshold)) continue;
      this.near++;
      sets.union(a, b);
    }
    shingles.close();
  }
}
