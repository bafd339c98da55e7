/** Which part of a text does an output cover, and where is that in the text as it was written? */
import { holdersOfWord, type RetrievalBlock, wordWeight } from './block.js';
import { includesSorted } from './sorted.js';
import type { TermReader } from './terms.js';

export type Span = [start: number, end: number];

/**
 * Share of the weight of a stretch of words that unrelated text on the same topic has in common with
 * an output, about: a stretch is covered where it has more (5 to 15 % measured on `l2r`).
 */
const COVERED_SHARE = 0.25;

/**
 * The stretch of words that the output covers best: the one with the greatest
 * sum of w (in common - COVERED_SHARE), w the weight of each word (Kadane's maximum subarray).
 * Offsets in the text that `reader` holds, [start, end); empty where no word is in common.
 */
export function coveredSpan(reader: TermReader, block: RetrievalBlock, output: number): Span {
  const { words, starts, ends, wordCount } = reader;
  let best = 0;
  let sum = 0;
  let from = 0;
  let span: Span = [0, 0];
  for (let i = 0; i < wordCount; i++) {
    const word = words[i]!;
    const weight = wordWeight(block.outputs, holdersOfWord(block, word));
    if (sum <= 0) {
      sum = 0;
      from = i;
    }
    sum += weight * (Number(holdsWord(block, output, word)) - COVERED_SHARE);
    if (sum <= best) continue;
    best = sum;
    span = [starts[from]!, ends[i]!];
  }
  return span;
}

function holdsWord({ wordStarts, wordHashes }: RetrievalBlock, output: number, word: number) {
  const range = { start: wordStarts[output]!, end: wordStarts[output + 1]! };
  return includesSorted(wordHashes, range, word);
}

/**
 * Where a span of a text's scoring form lies in the text itself, in UTF-16 code units. The text is
 * scored piece by piece between white space; inside a piece whose length changes, places are taken in
 * proportion. Exact to the word wherever scoring the pieces gives what scoring the whole gave.
 */
export function writtenSpan(text: string, [start, end]: Span, score: (t: string) => string): Span {
  const span: Span = [0, text.length];
  let at = 0;
  let hasStart = false;
  for (const { 0: piece, index } of text.matchAll(/\S+/g)) {
    const scored = score(piece).length;
    if (scored === 0) continue;
    const scale = piece.length / scored;
    if (!hasStart && start < at + scored) {
      span[0] = index + Math.floor(Math.max(0, start - at) * scale);
      hasStart = true;
    }
    if (end <= at + scored) {
      span[1] = index + Math.ceil(Math.max(0, end - at) * scale);
      break;
    }
    at += scored + 1;
  }
  return span;
}
