/** What a spectrum says of types that were not seen, and of the law of frequencies. */
import type { Spectrum } from '../../schema/risk.js';

function typesAt({ counts, types }: Spectrum, count: number): number {
  const at = counts.indexOf(count);
  return at < 0 ? 0 : types[at]!;
}

/** Mass of the types that were not seen: n_1 / words, in [0, 1]. Source: Good, Biometrika 40, 1953. */
export function goodTuring(spectrum: Spectrum): number {
  return spectrum.words === 0 ? 0 : Math.min(1, typesAt(spectrum, 1) / spectrum.words);
}

/**
 * Types in all, a lower bound in expectation: S + n_1 (n_1 - 1) / (2 (n_2 + 1)), the form without bias.
 * Source: Chao, Scandinavian Journal of Statistics 11, 1984; EstimateS, 2005.
 */
export function chao1(spectrum: Spectrum): number {
  const seen = spectrum.types.reduce((sum, types) => sum + types, 0);
  const [ones, twos] = [typesAt(spectrum, 1), typesAt(spectrum, 2)];
  return seen + (ones * Math.max(0, ones - 1)) / (2 * (twos + 1));
}

/** Types below this many copies are left out: their ranks are ties that luck orders. */
const COPIES_LEAST = 5;
/** The first ranks are function words, which follow no law. */
const RANK_FIRST = 10;
const BINS_PER_OCTAVE = 2;
const BINS_LEAST = 6;

/**
 * Exponent beta of p_rank ~ rank^-beta: least squares of ln(mean count) on ln(mean rank) over bins of half an octave of
 * ranks, from rank 10 to the last type with 5 copies; null with fewer than 6 bins. On exact Zipf laws of
 * exponent 0.8 to 1.5 it reads up to 0.03 too low.
 */
export function zipfBeta(spectrum: Spectrum): number | null {
  const bins = new Map<number, { logRank: number; count: number; weight: number }>();
  let rank = 0;
  for (let i = spectrum.counts.length - 1; i >= 0; i--) {
    const count = spectrum.counts[i]!;
    if (count < COPIES_LEAST) break;
    for (let j = 0; j < Math.round(spectrum.types[i]!); j++) {
      rank++;
      if (rank < RANK_FIRST) continue;
      const bin = Math.floor(Math.log2(rank) * BINS_PER_OCTAVE);
      const found = bins.get(bin) ?? { logRank: 0, count: 0, weight: 0 };
      found.logRank += Math.log(rank);
      found.count += count;
      found.weight++;
      bins.set(bin, found);
    }
  }
  if (bins.size < BINS_LEAST) return null;
  const points = [...bins.values()].map(({ logRank, count, weight }) => ({
    x: logRank / weight,
    y: Math.log(count / weight),
  }));
  return -slopeOf(points);
}

function slopeOf(points: readonly { x: number; y: number }[]): number {
  const mean = (of: (p: { x: number; y: number }) => number) =>
    points.reduce((sum, p) => sum + of(p), 0) / points.length;
  const [x, y] = [mean((p) => p.x), mean((p) => p.y)];
  const spread = mean((p) => (p.x - x) ** 2);
  return mean((p) => (p.x - x) * (p.y - y)) / spread;
}
