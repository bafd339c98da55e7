/**
 * Candidate pairs, verified in bounded chunks: exact Jaccard of the shingle sets decides, and a pair
 * that is already in one set is not looked at again (the sets would be the same). The documents of
 * a chunk are numbered from 0, so that all that is asked per pair is an array's element.
 */
import { radixSort } from '../../core/cluster/radix-sort.js';
import type { UnionFind } from '../../core/cluster/union-find.js';
import { createVerifier } from '../../engines/minhash-verify.js';
import type { TextKernel } from '../../engines/text-kernel.js';
import type { ShardProfile } from '../build-context.js';
import { LocalSets } from './local-sets.js';
import { locate, ShingleReader, type TextPlace } from './shingle-reader.js';

/** Pairs held before they are verified: 8 bytes each. */
const PAIRS_HELD = 4_000_000;
/** Shingles held while a group of pairs is verified: about 40 bytes each. */
const SHINGLES_HELD = 6_000_000;

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
