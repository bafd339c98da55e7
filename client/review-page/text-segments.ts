/**
 * The text of a packet's document, cut where evidence begins and ends, so that a page shows the spans
 * without any markup in the text. As on the terminal, signs that are not seen are written out, and
 * what is left out is said.
 */
import { formatCount } from '../../core/report/format.js';
import type { PacketDocument, TextPiece } from '../../core/schema/review-packet.js';
import { visible } from '../terminal/visible.js';
import type { Segment } from './page-types.js';

/** UTF-16 code units of the whole text, [start, end); null: it points at no place. */
export type Span = readonly [number, number] | null;

function gap(characters: number): Segment {
  const text = `[.. ${formatCount(characters)} characters left out ..]`;
  return { text, marks: [], isGap: true };
}

/** One piece, cut at the ends of the spans that reach into it. */
function cutPiece({ start, text }: TextPiece, spans: readonly Span[]): Segment[] {
  const end = start + text.length;
  const cuts = new Set([start, end]);
  for (const span of spans) for (const at of span ?? []) if (at > start && at < end) cuts.add(at);
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(0, -1).flatMap((from, i) => {
    const to = places[i + 1]!;
    const marks = spans.flatMap((span, at) =>
      span !== null && span[0] <= from && span[1] >= to && span[1] > span[0] ? [at] : [],
    );
    return [{ text: visible(text.slice(from - start, to - start)), marks, isGap: false }];
  });
}

/** @param spans of the evidence, in its order; marks count from 0 in it */
export function textSegments(
  { pieces, characters }: Pick<PacketDocument, 'pieces' | 'characters'>,
  spans: readonly Span[],
): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const piece of pieces) {
    if (piece.start > end) segments.push(gap(piece.start - end));
    segments.push(...cutPiece(piece, spans));
    end = piece.start + piece.text.length;
  }
  if (characters > end) segments.push(gap(characters - end));
  return segments;
}
