/** Texts that the kernel tests share: generated ones that hurt, and real ones that are installed. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';

/** Characters chosen so that every alternative of the split patterns, and every shortcut of the
 * normaliser, is met: case, contractions, marks, digits, all kinds of space, joins, wide forms. */
const PIECES = [
  ..."aAbBzZ sStTdDmMlLvVeErR''  \n\r\t/!?.,-_0123456789",
  ..."'s 't 'll 'RE 'Ve 'S ’s I'm".split(' '),
  ...[
    '\u00a0',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u3000',
    '\u000b',
    '\u0000',
    '  ',
    '\r\n',
    '\n\n',
    ' \n ',
  ],
  ...[
    'é',
    'É',
    'e\u0301',
    '\u0301',
    '\u0308',
    'ǅ',
    'ʰ',
    'ª',
    'ß',
    'ẞ',
    'İ',
    'ı',
    'Σ',
    'ς',
    'σ',
    'ΑΣ',
    '𝚺',
  ],
  ...['đ', 'Đ', 'ệ', 'Ệ', 'ơ', 'Ư', 'я', 'Я', 'א', 'ع', '\u0651', 'ह', '\u093f', '\u09c7\u09be'],
  ...[
    '漢',
    '字',
    '々',
    '〇',
    'ひ',
    'カ',
    'ー',
    'ｶ',
    'ﾞ',
    'ก',
    '\u0e31',
    'ລ',
    'ក',
    'မ',
    '한',
    '\u1100',
    '\u1161',
    '\u11a8',
    'ㄱ',
  ],
  ...[
    '½',
    '²',
    'Ⅷ',
    '٣',
    '™',
    '…',
    '´',
    'ﬁ',
    '㎏',
    'Å',
    'Ω',
    'Ⱥ',
    'ﷺ',
    '𐐀',
    '𝟘',
    '😀',
    '👩‍💻',
    '\u200d',
    '\ufe0f',
  ],
  ...['\ud800', '\udc00', '\ufffd', 'ſ', 'ꙮ', '\u{10ffff}', '\u{e0100}', 'Ꭰ', 'ꭰ', '𖹀'],
];

const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((list) => list.join(''));

export const nastyText = fc.oneof(
  { weight: 3, arbitrary: pieces },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.tuple(pieces, fc.string({ maxLength: 30 })).map((t) => t.join('')) },
);

/** Readmes and licences of installed packages, in name order: real text that every clone has. */
export function realTexts(): string[] {
  const modules = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules');
  const texts: string[] = [];
  for (const name of readdirSync(modules).sort()) {
    for (const file of name.startsWith('.') ? [] : ['README.md', 'LICENSE']) {
      try {
        texts.push(readFileSync(join(modules, name, file), 'utf8'));
      } catch {}
    }
  }
  return texts.slice(0, 120);
}
