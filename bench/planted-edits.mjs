/**
 * Edits of known size: a share of a text's words, chosen by keyed draws, is changed in one way. The
 * same text, kind, share and id give the same edit whatever else is edited.
 */

/** Kinds that change words, then those that only change how they are written. */
export const WORD_EDITS = ['substitute', 'insert', 'delete', 'swap'];
export const FORM_EDITS = ['case', 'punctuation', 'white space'];
export const EDIT_KINDS = [...WORD_EDITS, ...FORM_EDITS];
export const EDIT_SHARES = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.35, 0.75];

/** Words of a text, and the white space before each and behind the last. */
function partsOf(text) {
  const words = text.match(/\S+/gu) ?? [];
  return { words, spaces: text.split(/\S+/u) };
}

function joined(words, spaces) {
  return words.map((word, i) => spaces[i] + word).join('') + spaces.at(-1);
}

function flipped(word) {
  const upper = word.toUpperCase();
  return word === upper ? word.toLowerCase() : upper;
}

const EDITS = {
  substitute: (words, i, other) => {
    words[i] = other;
  },
  insert: (words, i, other) => {
    words[i] = `${words[i]} ${other}`;
  },
  delete: (words, i) => {
    words[i] = '';
  },
  swap: (words, i) => {
    const next = (i + 1) % words.length;
    [words[i], words[next]] = [words[next], words[i]];
  },
  case: (words, i) => {
    words[i] = flipped(words[i]);
  },
  punctuation: (words, i) => {
    words[i] = /[.,;:!?]$/.test(words[i]) ? words[i].slice(0, -1) : `"${words[i]}";`;
  },
  'white space': (words, i) => {
    words[i] = ` \n\t${words[i]} `;
  },
};

/**
 * The text with `share` of its words changed, one at least. `draw(name)` is uniform on [0, 1) and the
 * same for the same name; `other(u)` gives a word for a number in [0, 1).
 */
export function plantEdit(text, { kind, share, draw, other }) {
  const { words, spaces } = partsOf(text);
  const count = Math.max(1, Math.round(share * words.length));
  const ranked = words.map((_, i) => [draw(`place ${i}`), i]).sort((a, b) => a[0] - b[0]);
  const chosen = ranked.slice(0, count).map(([, i]) => i);
  for (const i of chosen.sort((a, b) => a - b)) {
    EDITS[kind](words, i, other(draw(`word ${i}`)));
  }
  return { text: joined(words, spaces), edits: count, words: words.length };
}
