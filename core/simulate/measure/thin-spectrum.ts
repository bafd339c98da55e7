/**
 * Spectrum of a random part of the words: each word stays with chance q, so of a type with c copies j stay with
 * the binomial chance C(c, j) q^j (1 - q)^(c - j). Exact in expectation: of types with each count, and of words.
 */
import { assert } from '../../schema/failure.js';
import type { Spectrum } from '../../schema/risk.js';
import { logGamma } from '../../stats/beta.js';
import { spectrumOf } from './spectrum-of.js';

/** Types by copies, to which parts of types are added. */
export type Types = Map<number, number>;

/** Above this mean only the mean is kept: the spread is below 3 % of it. */
const MEAN_EXACT = 1_000;
/** Standard deviations around the mean beyond which less than 1e-15 lies. */
const DEVIATIONS = 9;
const SPARE = 12;

/** Adds types at a count that need not be whole: to the two whole ones around it, the mean kept. */
export function addTypes(into: Types, count: number, types: number): void {
  const [low, part] = [Math.floor(count), count - Math.floor(count)];
  into.set(low, (into.get(low) ?? 0) + types * (1 - part));
  if (part > 0) into.set(low + 1, (into.get(low + 1) ?? 0) + types * part);
}

/** `q` in (0, 1]. Types that lose all their copies are left out. */
export function thinSpectrum(spectrum: Spectrum, q: number): Spectrum {
  assert(q > 0 && q <= 1, 'a part of the words is kept');
  if (q === 1) return spectrum;
  const into: Types = new Map();
  spectrum.counts.forEach((count, i) => {
    thinType(into, count, spectrum.types[i]!, q);
  });
  return spectrumOf(into);
}

function thinType(into: Types, count: number, types: number, q: number): void {
  const mean = count * q;
  if (mean > MEAN_EXACT || !Number.isInteger(count)) {
    addTypes(into, mean, types);
    return;
  }
  const reach = DEVIATIONS * Math.sqrt(mean * (1 - q)) + SPARE;
  const last = Math.min(count, Math.ceil(mean + reach));
  for (let j = Math.max(1, Math.floor(mean - reach)); j <= last; j++)
    into.set(j, (into.get(j) ?? 0) + types * binomial(count, j, q));
}

function binomial(n: number, j: number, q: number): number {
  const choose = logGamma(n + 1) - logGamma(j + 1) - logGamma(n - j + 1);
  return Math.exp(choose + j * Math.log(q) + (n - j) * Math.log1p(-q));
}
