/** What the host calls. One document is loaded at a time; see `memory.ts` for where things stand. */
import {
  BAND_HASHES,
  CLASSES,
  INCREMENTS,
  MASKS,
  MULTIPLIERS,
  NORMAL_FORM,
  PADDING,
  align,
  ensure,
  heapBase,
  setText,
  setTop,
  textEnd,
} from './memory';
import { hashBands } from './minhash';
import { loadRanks, ranksInput, reserveRanks } from './ranks';
import { normalInput, normalStart, normalise, setNormalEnd } from './normal-form';
import {
  collectShingles,
  markedCount,
  shingleCount,
  shingleStart,
  slotCount,
  wordCount,
} from './shingles';
import { splitTo } from './tokens';

export { loadRanks, normalInput, normalise, ranksInput, reserveRanks };
export { countCharacters, countLineFeeds } from './statistics';
export { countCl100k, countO200k } from './tokens';

export function initialise(): void {
  ensure(heapBase);
  for (let length: usize = 0; length < 16; length++) {
    memory.fill(MASKS + (length << 4), 0xff, length);
  }
}

export function classesAt(): usize {
  return CLASSES;
}

export function normalFormsAt(): usize {
  return NORMAL_FORM;
}

export function multipliersAt(): usize {
  return MULTIPLIERS;
}

export function incrementsAt(): usize {
  return INCREMENTS;
}

export function bandHashesAt(): usize {
  return BAND_HASHES;
}

export function shinglesAt(): usize {
  return shingleStart;
}

export function words(): u32 {
  return wordCount;
}

/** Slots that the words of the text could mark, and those that they did: see `shingles.ts`. */
export function wordSlots(): u32 {
  return slotCount;
}

export function markedSlots(): u32 {
  return markedCount;
}

/** Address for a text of up to `bytes`. */
export function textInput(bytes: u32): usize {
  ensure(heapBase + bytes + PADDING);
  return heapBase;
}

/** Tells the text's length in bytes; ends it with zeros. */
export function setTextBytes(bytes: u32): void {
  const end = heapBase + bytes;
  setText(heapBase, end);
  memory.fill(end, 0, PADDING);
  setTop(end + PADDING);
}

/** Ends a text that the host normalised. */
export function setNormalBytes(bytes: u32): void {
  setNormalEnd(normalStart + bytes);
}

/** Distinct shingles of the normal buffer. */
export function shingle(): u32 {
  collectShingles();
  return shingleCount;
}

export function sketch(bandCount: u32, rowsPerBand: u32): void {
  hashBands(bandCount, rowsPerBand);
}

/** Ends of the pre-tokens as u32 behind the text; returns how many. For tests. */
export function split(o200k: bool): u32 {
  ensure(splitsAt() + 4 * (textEnd - heapBase));
  return splitTo(splitsAt(), o200k);
}

export function splitsAt(): usize {
  return align(textEnd + PADDING);
}
