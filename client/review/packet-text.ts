/** The text of a packet's document as people read it: what is left out is said, nothing acts on the terminal. */
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

/** Joiners belong to scripts and emoji; every other sign that is not seen is written out. */
const UNSEEN = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}]/gu;
/** One selector picks a glyph; a run of them is a hidden message. */
const SELECTORS = /\p{Variation_Selector}{2,}/gu;

/** Text for a terminal: control, direction and invisible characters are written out. */
export function visible(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(SELECTORS, (run) => `<${formatCount([...run].length)} variation selectors>`)
    .replaceAll(UNSEEN, (sign) => {
      const code = sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      return `<U+${code}>`;
    });
}
