/** What of a long text a reviewer is shown: its beginning and its end, cut between characters. */
import type { TextPiece } from '../schema/review-packet.js';

/** UTF-16 code units of a text that is shown whole, and of the two pieces of a longer one. */
export const WHOLE_MAX = 8_000;
const HEAD = 6_000;
const TAIL = 2_000;

const isLowSurrogate = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
};

export function excerptOf(text: string): TextPiece[] {
  if (text.length <= WHOLE_MAX) return [{ start: 0, text }];
  const headEnd = isLowSurrogate(text, HEAD) ? HEAD - 1 : HEAD;
  const tail = text.length - TAIL;
  const tailStart = isLowSurrogate(text, tail) ? tail + 1 : tail;
  return [
    { start: 0, text: text.slice(0, headEnd) },
    { start: tailStart, text: text.slice(tailStart) },
  ];
}
