/**
 * Words for the two word models. A unit is a word, a number, a punctuation mark or a run of white
 * space; the space before a word belongs to it (`the` and ` the` are two units), so that joining
 * units gives the text back, and a model learns spacing and line breaks like everything else.
 */
const UNIT = / ?[A-Za-z]+(?:'[a-z]+)?| ?\d+| ?[^\sA-Za-z\d]|\s+/gu;

/** Code of the mark between two texts. */
export const BOUNDARY = 0;
/** Code of every unit outside the vocabulary. It is never written. */
export const UNSEEN = 1;

export interface WordVocabulary {
  /** Unit of each code; codes from 2 on, most frequent first. */
  readonly units: readonly string[];
  /** Occurrences in the training texts by code. */
  readonly counts: Float64Array;
  readonly codes: ReadonlyMap<string, number>;
}

export function splitUnits(text: string): string[] {
  return text.match(UNIT) ?? [];
}

/** Units that occur at least `countMin` times; the rest together count as `UNSEEN`. */
export function buildVocabulary(texts: readonly string[], countMin: number): WordVocabulary {
  const tally = new Map<string, number>();
  for (const text of texts) {
    for (const unit of splitUnits(text)) tally.set(unit, (tally.get(unit) ?? 0) + 1);
  }
  const kept = [...tally].filter(([, count]) => count >= countMin);
  kept.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const units = ['\u0002', '\u0003', ...kept.map(([unit]) => unit)];
  const counts = new Float64Array(units.length);
  for (const [i, [, count]] of kept.entries()) counts[i + 2] = count;
  counts[BOUNDARY] = texts.length;
  const total = [...tally.values()].reduce((sum, count) => sum + count, 0);
  counts[UNSEEN] = total - kept.reduce((sum, [, count]) => sum + count, 0);
  return { units, counts, codes: new Map(units.map((unit, code) => [unit, code])) };
}

/** Codes of a text with `before` boundary marks in front and one behind. */
export function encodeText(vocabulary: WordVocabulary, text: string, before: number): Int32Array {
  const units = splitUnits(text);
  const codes = new Int32Array(before + units.length + 1);
  for (const [i, unit] of units.entries()) {
    codes[before + i] = vocabulary.codes.get(unit) ?? UNSEEN;
  }
  return codes;
}
