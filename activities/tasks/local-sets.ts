/**
 * The pairs of one chunk over documents numbered from 0, and the disjoint sets of these documents
 * as they stand. Pairs already in one set, and the second of two equal pairs, are left out.
 * Cost: linear in pairs; 8 bytes per pair, 12 per document.
 */
import type { UnionFind } from '../../core/cluster/union-find.js';

/** Numbers of document ids in a table with open slots. */
class Numbering {
  #slots: Int32Array;
  #ids = new Uint32Array(1024);
  count = 0;

  constructor() {
    this.#slots = new Int32Array(4096).fill(-1);
  }

  #slotOf(id: number): number {
    const mask = this.#slots.length - 1;
    let slot = Math.imul(id, 0x9e3779b1) & mask;
    while (this.#slots[slot]! >= 0 && this.#ids[this.#slots[slot]!] !== id)
      slot = (slot + 1) & mask;
    return slot;
  }

  add(id: number): void {
    const slot = this.#slotOf(id);
    if (this.#slots[slot]! >= 0) return;
    if (this.count === this.#ids.length) this.#grow();
    this.#ids[this.count] = id;
    this.#slots[this.#slotOf(id)] = this.count++;
  }

  #grow(): void {
    const ids = new Uint32Array(this.#ids.length * 2);
    ids.set(this.#ids);
    this.#ids = ids;
    this.#renumber();
  }

  #renumber(): void {
    this.#slots = new Int32Array(4 * this.#ids.length).fill(-1);
    for (let i = 0; i < this.count; i++) this.#slots[this.#slotOf(this.#ids[i]!)] = i;
  }

  /** Renumbers in ascending order; returns the ids in that order. */
  sort(): Uint32Array {
    this.#ids.subarray(0, this.count).sort();
    this.#renumber();
    return this.#ids.subarray(0, this.count);
  }

  /** Number of an id that was added. */
  of(id: number): number {
    return this.#slots[this.#slotOf(id)]!;
  }
}

export class LocalSets {
  /** Document of each number, ascending. */
  readonly documents: Uint32Array;
  /** Numbers of the two documents of each pair, end to end. */
  readonly pairs: Uint32Array;
  readonly pairCount: number;
  readonly #parents: Uint32Array;

  /** `words`: `count` sorted pairs, the greater document first in each. */
  constructor(words: Uint32Array, count: number, sets: UnionFind) {
    const numbering = new Numbering();
    for (let at = 0; at < count * 2; at++)
      if (at < 2 || words[at] !== words[at - 2]) numbering.add(words[at]!);
    this.documents = numbering.sort();
    this.#parents = standing(this.documents, sets);
    this.pairs = new Uint32Array(count * 2);
    let kept = 0;
    for (let at = 0; at < count * 2; at += 2) {
      if (at > 0 && words[at] === words[at - 2] && words[at + 1] === words[at - 1]) continue;
      const a = numbering.of(words[at + 1]!);
      const b = numbering.of(words[at]!);
      if (this.find(a) === this.find(b)) continue;
      this.pairs[kept++] = a;
      this.pairs[kept++] = b;
    }
    this.pairCount = kept / 2;
  }

  find(member: number): number {
    const parents = this.#parents;
    let at = member;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  }

  union(a: number, b: number): void {
    this.#parents[this.find(b)] = this.find(a);
  }
}

/** Parents that say what is in one set already. */
function standing(documents: Uint32Array, sets: UnionFind): Uint32Array {
  const firsts = new Map<number, number>();
  return documents.map((document, i) => {
    const root = sets.find(document);
    const first = firsts.get(root);
    if (first !== undefined) return first;
    firsts.set(root, i);
    return i;
  });
}
