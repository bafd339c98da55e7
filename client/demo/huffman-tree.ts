/**
 * A Huffman tree over words: frequent words sit near the root, so that a word costs about as many
 * binary decisions as its entropy in bits. Huffman 1952 (10.1109/JRPROC.1952.273898); two sorted
 * queues, linear after the sort. Ties go by position, so that the tree is unique.
 */
import { assert } from '../../core/schema/failure.js';

export interface HuffmanTree {
  /** Inner nodes; node `innerCount - 1` is the root. */
  readonly innerCount: number;
  /** Children of inner node i: left at 2 i, right at 2 i + 1. A leaf w is stored as -1 - w. */
  readonly children: Int32Array;
  /** Path of word w from the root: entries [starts[w], starts[w + 1]) of `nodes` and `turns`. */
  readonly starts: Int32Array;
  readonly nodes: Int32Array;
  /** 0 to the left child, 1 to the right. */
  readonly turns: Uint8Array;
}

/** Tree over `counts.length` >= 2 words. */
export function buildHuffmanTree(counts: Float64Array): HuffmanTree {
  const wordCount = counts.length;
  assert(wordCount >= 2, 'a Huffman tree needs two words');
  const leaves = Array.from(counts.keys()).sort((a, b) => counts[a]! - counts[b]! || a - b);
  const weights = new Float64Array(wordCount - 1);
  const children = new Int32Array(2 * (wordCount - 1));
  let leaf = 0;
  let inner = 0;
  for (let made = 0; made < wordCount - 1; made++) {
    for (const side of [0, 1]) {
      const takeLeaf =
        leaf < wordCount && (inner >= made || counts[leaves[leaf]!]! <= weights[inner]!);
      weights[made]! += takeLeaf ? counts[leaves[leaf]!]! : weights[inner]!;
      children[2 * made + side] = takeLeaf ? -1 - leaves[leaf]! : inner;
      if (takeLeaf) leaf++;
      else inner++;
    }
  }
  return { innerCount: wordCount - 1, children, ...pathsOf(children, wordCount) };
}

function pathsOf(children: Int32Array, wordCount: number) {
  const parents = new Int32Array(2 * wordCount).fill(-1);
  // Entry w: the child slot that leads to word w; entry wordCount + i: the slot that leads to node i.
  for (const [slot, child] of children.entries()) {
    parents[child < 0 ? -1 - child : wordCount + child] = slot;
  }
  const starts = new Int32Array(wordCount + 1);
  const nodes: number[] = [];
  const turns: number[] = [];
  for (let word = 0; word < wordCount; word++) {
    const path: number[] = [];
    for (let slot = parents[word]!; slot >= 0; slot = parents[wordCount + (slot >> 1)]!)
      path.push(slot);
    for (const slot of path.reverse()) {
      nodes.push(slot >> 1);
      turns.push(slot & 1);
    }
    starts[word + 1] = nodes.length;
  }
  return { starts, nodes: Int32Array.from(nodes), turns: Uint8Array.from(turns) };
}
