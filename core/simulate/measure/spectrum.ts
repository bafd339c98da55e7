/**
 * A spectrum at another size: the planned size of a domain is not the size that was measured, and how many types
 * are rare depends on it. Smaller: exact, by thinning. Larger: by measured growth, and said so.
 */
import { assert } from '../../schema/failure.js';
import type { Spectrum } from '../../schema/risk.js';
import { COUNTS_GROWN, type Growth, growthOf, logGrowth, NEAR_TIMES, typesFrom } from './growth.js';
import { spectrumOf } from './spectrum-of.js';
import { addTypes, type Types, thinSpectrum } from './thin-spectrum.js';

export interface SpectrumAt {
  readonly spectrum: Spectrum;
  /** What holds by extrapolation only; '' where nothing is. */
  readonly extrapolation: string;
}

/** Sizes that differ by less than this count as one: plans are rounded to documents. */
const SAME_SIZE = 1e-9;

/**
 * The spectrum of `words` words of the same text. `growth`, of `growthOf(measure.spectrum, measure.jackknife)`, says how
 * types grow with whole documents; without it single words are taken, which foresees too few new types. A part of the
 * documents holds fewer types than thinning says, by 2 to 12 % at a half: thinning is the law of random words, which
 * the simulation assumes throughout.
 */
export function spectrumAt(spectrum: Spectrum, words: number, growth?: Growth): SpectrumAt {
  assert(words > 0, 'a spectrum has words');
  if (spectrum.words === 0)
    return { spectrum, extrapolation: 'There is no human text to measure.' };
  const t = words / spectrum.words;
  if (Math.abs(t - 1) < SAME_SIZE) return { spectrum, extrapolation: '' };
  if (t < 1) return { spectrum: thinSpectrum(spectrum, t), extrapolation: '' };
  const known = growth ?? growthOf(spectrum);
  return {
    spectrum: grownSpectrum(spectrum, t, known),
    extrapolation: sentenceOf(spectrum, t, known),
  };
}

/** Times the text up to which the law was tried. */
const TRIED_TIMES = 16;

function sentenceOf({ words }: Spectrum, t: number, { by }: Growth): string {
  const unit = by === 'documents' ? 'groups of documents' : 'single words';
  return [
    `Counts of types go from ${inThousands(words)} measured words to ${t.toFixed(2)} times as many`,
    `by their growth when ${unit} are left out, a fitted law; ${limitOf(t, by)}.`,
  ].join(' ');
}

function inThousands(words: number): string {
  return String(Math.round(words)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function limitOf(t: number, by: Growth['by']): string {
  if (by === 'words') return 'it foresees too few new types, for words come in documents';
  if (t <= NEAR_TIMES)
    return 'on real text a doubling was right within 5 % of types, 12 % of rare ones';
  return t <= TRIED_TIMES
    ? 'on real text 16 times as much was right within 16 % of types, a third of rare ones'
    : 'it was never tried so far, and rare types may be off by more than a third';
}

/** `t` > 1. Types with up to 20 copies by their growth; the rest keep their frequency. Words are exact. */
export function grownSpectrum(spectrum: Spectrum, t: number, growth: Growth): Spectrum {
  const from = typesFrom(spectrum).map((types, c, all) => ({ types, c, all }));
  const logs = logGrowth(growth, t);
  const grown = from.map(({ types, c }) => types * Math.exp(logs[c]!));
  for (let c = COUNTS_GROWN - 1; c >= 0; c--) grown[c] = Math.max(grown[c]!, grown[c + 1]!);
  const into: Types = new Map();
  for (let c = 1; c <= COUNTS_GROWN; c++) into.set(c, grown[c - 1]! - grown[c]!);
  const low = spectrumOf(into).words;
  for (const [count, types] of headOf(spectrum, t, grown[COUNTS_GROWN]!, spectrum.words * t - low))
    addTypes(into, count, types);
  return spectrumOf(into);
}

/** The `types` most frequent types at t times their copies, scaled once more so that they have `words` words. */
function headOf(
  { counts, types }: Spectrum,
  t: number,
  typesWanted: number,
  words: number,
): [count: number, types: number][] {
  const head: [number, number][] = [];
  let left = typesWanted;
  for (let i = counts.length - 1; i >= 0 && left > 0; i--) {
    const taken = Math.min(left, types[i]!);
    head.push([counts[i]! * t, taken]);
    left -= taken;
  }
  return scaledTo(head, words);
}

/** Counts stay above those that grew one by one; what is over falls on the others in proportion. */
function scaledTo(head: readonly [number, number][], words: number): [number, number][] {
  const least = COUNTS_GROWN + 1;
  const isLow = ([count]: readonly [number, number]) => count <= least * 2;
  const sum = (list: readonly [number, number][]) => list.reduce((all, [c, n]) => all + c * n, 0);
  const low = head.filter(isLow).map(([c, n]): [number, number] => [Math.max(least, c), n]);
  const high = head.filter((one) => !isLow(one));
  const scale = high.length === 0 ? 1 : (words - sum(low)) / sum(high);
  return [...high.map(([c, n]): [number, number] => [c * scale, n]), ...low];
}
