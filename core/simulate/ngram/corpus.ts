/**
 * A corpus of the loop: words end to end, and where each document begins. Human text is always drawn by whole
 * documents in a random order (the last one is cut to the size asked for), never as one contiguous block:
 * words of one document come together, and a block of few documents would overstate what it renews.
 */

import type { RandomStream } from '../../random/stream.js';
import { assert } from '../../schema/failure.js';

export interface Corpus {
  /** Codes of words. */
  readonly words: Int32Array;
  /** First word of each document, ascending, the first 0. */
  readonly starts: Int32Array;
}

export const EMPTY: Corpus = { words: new Int32Array(0), starts: new Int32Array(0) };

/** 0 .. count - 1 in a random order. Source: Fisher and Yates; Durstenfeld, CACM 7, 1964. */
export function shuffled(count: number, stream: RandomStream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

/** Documents of a corpus in the given order until `size` words are reached; the last one is cut. */
export function takeDocuments(corpus: Corpus, order: ArrayLike<number>, size: number): Corpus {
  const words = new Int32Array(size);
  const starts: number[] = [];
  let length = 0;
  for (let k = 0; k < order.length && length < size; k++) {
    const start = corpus.starts[order[k]!]!;
    const end = Math.min(endOf(corpus, order[k]!), start + size - length);
    if (end === start) continue;
    starts.push(length);
    words.set(corpus.words.subarray(start, end), length);
    length += end - start;
  }
  assert(length === size, `the documents hold ${length} of ${size} words`);
  return { words, starts: Int32Array.from(starts) };
}

/** Random documents of `size` words in all, without replacement. */
export function drawDocuments(corpus: Corpus, size: number, stream: RandomStream): Corpus {
  return takeDocuments(corpus, shuffled(corpus.starts.length, stream), size);
}

export function joinCorpora(parts: readonly Corpus[]): Corpus {
  const words = new Int32Array(parts.reduce((sum, part) => sum + part.words.length, 0));
  const starts = new Int32Array(parts.reduce((sum, part) => sum + part.starts.length, 0));
  let [word, document] = [0, 0];
  for (const part of parts) {
    words.set(part.words, word);
    for (const start of part.starts) starts[document++] = word + start;
    word += part.words.length;
  }
  return { words, starts };
}

/** Text that was generated, cut into documents of one length. */
export function cutDocuments(words: Int32Array, documentWords: number): Corpus {
  const starts = Int32Array.from(
    { length: Math.ceil(words.length / documentWords) },
    (_, i) => i * documentWords,
  );
  return { words, starts };
}

/** Words from `from` to `to` of a corpus, as far as it goes; a document that is cut is one in each part. */
export function stretchOf({ words, starts }: Corpus, from: number, to: number): Corpus {
  const inside = words.subarray(Math.min(from, words.length), Math.min(to, words.length));
  if (inside.length === 0) return EMPTY;
  const begun = [...starts].filter((start) => start > from && start < to).map((s) => s - from);
  return { words: inside, starts: Int32Array.from([0, ...begun]) };
}

/** Copies of each word code. */
export function copiesIn({ words }: Corpus, vocabulary: number): Int32Array {
  const copies = new Int32Array(vocabulary);
  for (const word of words) copies[word]!++;
  return copies;
}

/** Documents that hold each word code. */
export function documentsOf(corpus: Corpus, vocabulary: number): Int32Array {
  const documents = new Int32Array(vocabulary);
  const lastSeen = new Int32Array(vocabulary).fill(-1);
  for (let d = 0; d < corpus.starts.length; d++) {
    const end = endOf(corpus, d);
    for (let i = corpus.starts[d]!; i < end; i++) {
      const word = corpus.words[i]!;
      if (lastSeen[word] === d) continue;
      lastSeen[word] = d;
      documents[word]!++;
    }
  }
  return documents;
}

export function endOf({ words, starts }: Corpus, document: number): number {
  return document + 1 < starts.length ? starts[document + 1]! : words.length;
}
