/** Text of documents on a terminal: nothing in it acts on the terminal, and nothing of it is hidden. */
import { formatCount } from '../../core/report/format.js';

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
