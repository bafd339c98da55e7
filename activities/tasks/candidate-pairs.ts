/**
 * Candidate pairs, verified in bounded chunks: exact Jaccard of the shingle sets decides, and a pair
 * that is already in one set is not looked at again (the sets would be the same). The documents of
 * a chunk are numbered from 0, so that all that is asked per pair is an array's element.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { radixSort } from '../../core/cluster/radix-sort.js';
import type { UnionFind } from '../../core/cluster/union-find.js';
import { createVerifier } from '../../engines/minhash-verify.js';
import type { TextKernel } from '../../engines/text-kernel.js';
import { readColumns } from '../../storage/columns.js';
import type { ShardProfile } from '../build-context.js';
import { documentColumns } from '../profile-columns.js';
import { LocalSets } from './local-sets.js';

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

/** Where the texts of the wanted documents stand, in their order; `wanted` is sorted. */
async function locate(
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

/** Pairs [start, end) of a chunk, and the documents in them, by number and in ascending order. */
interface PairGroup {
  readonly start: number;
  readonly end: number;
  readonly members: Uint32Array;
}

/** Runs of pairs whose documents' shingles fit into memory together. */
function* groupsOf(
  { pairs, pairCount, documents }: LocalSets,
  places: readonly TextPlace[],
): Generator<PairGroup> {
  const seenIn = new Int32Array(documents.length).fill(-1);
  let held = 0;
  let members: number[] = [];
  let start = 0;
  for (let pair = 0; pair <= pairCount; pair++) {
    if (pair === pairCount || held > SHINGLES_HELD) {
      if (pair > start) yield { start, end: pair, members: Uint32Array.from(members).sort() };
      start = pair;
      members = [];
      held = 0;
    }
    for (let at = pair * 2; at < pair * 2 + 2 && pair < pairCount; at++) {
      const document = pairs[at]!;
      if (seenIn[document] === start) continue;
      seenIn[document] = start;
      members.push(document);
      held += places[document]!.shingles;
    }
  }
}

export interface VerifierOptions {
  readonly profiles: readonly ShardProfile[];
  readonly kernel: TextKernel;
  readonly threshold: number;
  readonly sets: UnionFind;
}

export class PairVerifier {
  readonly #options: VerifierOptions;
  /** The greater document of each pair, then the lesser. */
  #pairs = new Uint32Array(2048);
  #count = 0;
  /** Pairs whose exact Jaccard was computed, and those that joined two sets. */
  verified = 0;
  near = 0;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#count >= PAIRS_HELD;
  }

  add(a: number, b: number): void {
    const at = this.#count++ * 2;
    if (at === this.#pairs.length) {
      const grown = new Uint32Array(this.#pairs.length * 2);
      grown.set(this.#pairs);
      this.#pairs = grown;
    }
    this.#pairs[at] = Math.max(a, b);
    this.#pairs[at + 1] = Math.min(a, b);
  }

  /** Verifies all pairs held, and lets them go. */
  async verify(): Promise<void> {
    const { profiles, kernel, sets } = this.#options;
    radixSort(this.#pairs, this.#count);
    const local = new LocalSets(this.#pairs, this.#count, sets);
    this.#count = 0;
    const places = await locate(profiles, local.documents);
    const reader = new ShingleReader(kernel);
    for (const group of groupsOf(local, places))
      this.#verifyGroup(group, local, (document) => reader.read(places[document]!));
    reader.close();
  }

  #verifyGroup(
    { start, end, members }: PairGroup,
    local: LocalSets,
    read: (document: number) => BigUint64Array,
  ): void {
    const { threshold, sets } = this.#options;
    const position = new Uint32Array(local.documents.length);
    members.forEach((document, i) => {
      position[document] = i;
    });
    const reaches = createVerifier(Array.from(members, read), threshold);
    const { pairs, documents } = local;
    for (let at = start * 2; at < end * 2; at += 2) {
      const a = pairs[at]!;
      const b = pairs[at + 1]!;
      if (local.find(a) === local.find(b)) continue;
      this.verified++;
      if (!reaches(position[a]!, position[b]!)) continue;
      this.near++;
      local.union(a, b);
      sets.union(documents[a]!, documents[b]!);
    }
  }
}
