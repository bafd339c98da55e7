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
 * Where spans of a text's scoring form lie in the text itself, in UTF-16 code units. The text is
 * scored piece by piece between white space; inside a piece whose length changes, places are taken in
 * proportion. Exact to the word wherever scoring the pieces gives what scoring the whole gave.
 * Cost: one scoring of the text, at the first span that is asked for.
 */
export function createSpanWriter(text: string, score: (t: string) => string): (s: Span) => Span {
  let pieces: readonly Piece[] | null = null;
  return ([start, end]) => {
    pieces ??= piecesOf(text, score);
    const first = pieces.find(({ scoredEnd }) => start < scoredEnd);
    const last = pieces.find(({ scoredEnd }) => end <= scoredEnd);
    return [
      first === undefined ? 0 : first.start + Math.floor(placeIn(first, start)),
      last === undefined ? text.length : last.start + Math.ceil(placeIn(last, end)),
    ];
  };
}

/** A stretch without white space: where it starts, and its place in the scoring form. */
interface Piece {
  readonly start: number;
  readonly scoredStart: number;
  readonly scoredEnd: number;
  /** Written code units for one of the scoring form. */
  readonly scale: number;
}

function piecesOf(text: string, score: (t: string) => string): Piece[] {
  const pieces: Piece[] = [];
  let scoredStart = 0;
  for (const { 0: piece, index } of text.matchAll(/\S+/g)) {
    const length = score(piece).length;
    if (length === 0) continue;
    const scoredEnd = scoredStart + length;
    pieces.push({ start: index, scoredStart, scoredEnd, scale: piece.length / length });
    scoredStart = scoredEnd + 1;
  }
  return pieces;
}

/** Written code units from the start of a piece to a place of the scoring form. */
function placeIn({ scoredStart, scale }: Piece, at: number): number {
  return Math.max(0, at - scoredStart) * scale;
}
