/**
 * How the spectrum of a text grows with it. Let F(c) be the types with c copies or more, and e(c) = d ln F(c) / d ln words,
 * measured by leaving out one of 20 groups of documents at a time. In a text t times as long
 *
 *   ln F_t(c) = ln F(c) + e(1) ln t - s (ln t)^2 / 2 + (e(c) - e(1)) ln min(t, 2)
 *
 * so counts grow apart as measured up to twice the text, and alike from there; s, 0.4 of the slope of e over ln c and
 * at least 0, is how growth slows (it ends where e(1) - s ln t is 0): a truncated law, fitted. Whole documents are
 * left out because words come in documents, and a new one brings new subjects: on five real texts, series in single
 * words (Good and Toulmin, smoothed) foresaw 3 to 14 % too few types at a doubling, and no usable counts of rare ones; this law
 * -2 to +4 % of types and -4 to +10 % of those with one copy; at 16 times the text -16 to +5 % and -21 to +24 %.
 * Where no groups are known, e(c) comes from thinning by single words, and foresees too few.
 */
import type { Spectrum } from '../../schema/risk.js';
import { thinSpectrum } from './thin-spectrum.js';

/** Counts whose growth is measured one by one; above, types keep their frequency. */
export const COUNTS_GROWN = 20;

export interface Growth {
  /** e(1) .. e(21). */
  readonly exponents: readonly number[];
  /** s, at least 0. */
  readonly slowing: number;
  readonly by: 'documents' | 'words';
}

/** Types with at least 1 .. 21 copies; may hold parts of types. */
export function typesFrom({ counts, types }: Spectrum): number[] {
  const from = new Array<number>(COUNTS_GROWN + 1).fill(0);
  counts.forEach((count, i) => {
    const most = Math.min(from.length, Math.floor(count));
    for (let c = 1; c <= most; c++) from[c - 1] = from[c - 1]! + types[i]!;
  });
  return from;
}

/** Share of the slope of e over ln c that slows growth: with 0 and with 1 it errs to either side, by a third at 16 times. */
const SLOWING_PART = 0.4;

/** Up to so many times the text counts grow apart as measured; from there on all types grow alike. */
export const NEAR_TIMES = 2;

/** Part of the words that thinning leaves where no groups of documents are known. */
const PART = 0.95;

/** `without`: the spectra that each lack one group of documents; none: growth by single words. */
export function growthOf(whole: Spectrum, without: readonly Spectrum[] = []): Growth {
  const usable = without.filter(({ words }) => words > 0 && words < whole.words);
  const by = usable.length < 3 ? 'words' : 'documents';
  const smaller = by === 'words' ? [thinSpectrum(whole, PART)] : usable;
  const all = typesFrom(whole);
  const mean = all.map(() => 0);
  for (const spectrum of smaller)
    typesFrom(spectrum).forEach((types, c) => {
      mean[c] = mean[c]! + types / smaller.length;
    });
  const words = smaller.reduce((sum, one) => sum + one.words / smaller.length, 0);
  const raw = all.map((types, c) =>
    types > 0 && mean[c]! > 0
      ? clamp(Math.log(types / mean[c]!) / Math.log(whole.words / words), 0, 1)
      : 1,
  );
  const line = polynomialFit(raw, all, 1);
  const curve = polynomialFit(raw, all, 2);
  return {
    exponents: raw.map((_, c) => clamp(valueAt(curve, Math.log(c + 1)), 0, 1)),
    slowing: Math.max(0, SLOWING_PART * line[1]!),
    by,
  };
}

/** Coefficients of the weighted least squares of values on powers of ln c, c = 1, 2, .. */
function polynomialFit(
  values: readonly number[],
  weights: readonly number[],
  degree: number,
): number[] {
  const size = degree + 1;
  const rows = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size + 1 }, (_, j) =>
      values.reduce((sum, value, c) => {
        const x = Math.log(c + 1);
        return sum + weights[c]! * x ** i * (j < size ? x ** j : value);
      }, 0),
    ),
  );
  return solved(rows);
}

/** Gauss elimination of a small positive definite system; zeros where it is singular. */
function solved(rows: number[][]): number[] {
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    const pivot = rows[i]![i]!;
    if (Math.abs(pivot) < 1e-12) return rows.map(() => 0);
    rows[i] = rows[i]!.map((value) => value / pivot);
    for (let k = 0; k < size; k++) {
      if (k === i) continue;
      const factor = rows[k]![i]!;
      rows[k] = rows[k]!.map((value, j) => value - factor * rows[i]![j]!);
    }
  }
  return rows.map((row) => row[size]!);
}

function valueAt(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** ln F_t(c) - ln F(c) for c = 1 .. 21. `t` >= 1. */
export function logGrowth({ exponents, slowing }: Growth, t: number): number[] {
  const [log, near] = [Math.log(t), Math.log(Math.min(t, NEAR_TIMES))];
  const all = exponents[0]!;
  const until = slowing === 0 ? log : Math.min(log, all / slowing);
  const common = all * until - (slowing * until * until) / 2;
  return exponents.map((exponent) => common + (exponent - all) * near);
}
