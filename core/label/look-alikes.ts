/**
 * Letters of other scripts that print like Latin ones: what a homoglyph attack swaps in. Upper and
 * lower case apart, since case does not keep the likeness (a capital Ve is a B, a small one is no b).
 * Source: the confusables of Unicode Technical Standard 39, those of one letter to one letter.
 */

/** Look-alikes and the Latin letters that they stand for, character by character. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['АВЕЅІЈКМНОРСТУХЬҮԌԚԜӀ', 'ABESIJKMHOPCTYXbYGQWI'],
  ['аеѕіјорсухԁԛԝһүӏѵґ', 'aesijopcyxdqwhylvr'],
  ['ЁЇёї', 'ËÏëï'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  ['αγινορυ', 'ayivopu'],
  ['ՕՍՏօոսհցյ', 'OUSonuhgj'],
];

/** End of the block that holds them all: Greek, Cyrillic, Armenian. */
export const LOOK_ALIKE_END = 0x590;

/** By code unit below `LOOK_ALIKE_END`: the code unit of the Latin letter; 0 where there is none. */
export const LATIN_OF = new Uint16Array(LOOK_ALIKE_END);
for (const [from, to] of PAIRS) {
  for (let i = 0; i < from.length; i++) LATIN_OF[from.charCodeAt(i)] = to.charCodeAt(i);
}

/** Kinds of code units in a word. */
export const KIND = { none: 0, latin: 1, lookAlike: 2, foreign: 3, mark: 4 } as const;

/** By code unit below `LOOK_ALIKE_END`: its kind. */
export const KIND_OF = new Uint8Array(LOOK_ALIKE_END);
for (let unit = 0; unit < LOOK_ALIKE_END; unit++) {
  const character = String.fromCharCode(unit);
  if (LATIN_OF[unit] !== 0) KIND_OF[unit] = KIND.lookAlike;
  else if (/\p{M}/u.test(character)) KIND_OF[unit] = KIND.mark;
  else if (/\p{Script=Latin}/u.test(character)) KIND_OF[unit] = KIND.latin;
  else if (/\p{L}/u.test(character)) KIND_OF[unit] = KIND.foreign;
}
