/** The text of a packet's document as people read it: what is left out is said. */
import { formatCount } from '../../core/report/format.js';
import type { PacketDocument } from '../../core/schema/review-packet.js';

/** The whole text, or its pieces with what stands between them counted. */
export function textShown({ pieces, characters }: PacketDocument): string {
  let end = 0;
  let shown = '';
  for (const { start, text } of pieces) {
    if (start > end) shown += `\n[.. ${formatCount(start - end)} characters left out ..]\n`;
    shown += text;
    end = start + text.length;
  }
  return characters > end
    ? `${shown}\n[.. ${formatCount(characters - end)} characters left out ..]`
    : shown;
}
