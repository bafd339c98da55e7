/** A measured domain and a planned mix of it, made from a Zipf law: smooth numbers, no text. */
import {
  COUNT_BINS,
  type DomainMeasure,
  type DomainMix,
  type Spectrum,
} from '../core/schema/risk.js';
import type { RiskSettings } from '../core/schema/risk-settings.js';

/** Types by rounded expected copies under p_rank ~ rank^-beta; a type expected less than .5 times is not there. */
export function zipfSpectrum(words: number, types: number, beta = 1): Spectrum {
  const raw = Array.from({ length: types }, (_, i) => (i + 1) ** -beta);
  const whole = raw.reduce((sum, p) => sum + p, 0);
  const by = new Map<number, number>();
  for (const p of raw) {
    const copies = Math.round((words * p) / whole);
    if (copies > 0) by.set(copies, (by.get(copies) ?? 0) + 1);
  }
  const entries = [...by].sort(([a], [b]) => a - b);
  return {
    counts: entries.map(([copies]) => copies),
    types: entries.map(([, count]) => count),
    words: entries.reduce((sum, [copies, count]) => sum + copies * count, 0),
  };
}

export interface MeasureChange extends Partial<DomainMeasure> {
  /** w of every bin by family: point and half-width of the interval, as a factor. */
  readonly w?: Readonly<Record<string, number>>;
  readonly spread?: number;
}

export function measureFixture({
  w = { house: 0.9 },
  spread = 1.05,
  ...change
}: MeasureChange = {}): DomainMeasure {
  const spectrum = change.spectrum ?? zipfSpectrum(100_000, 30_000);
  return {
    ...{ schemaVersion: 1, domain: 'health', humanDocuments: 500 },
    ...{ humanWords: spectrum.words, humanTokens: Math.round(1.3 * spectrum.words) },
    ...{ syntheticDocuments: 500, syntheticWords: spectrum.words, wordsPerToken: 1 / 1.3 },
    spectrum,
    // Each group holds a twentieth of the types: the same law, one type in twenty less.
    jackknife: Array.from({ length: 20 }, (_, group) => without(spectrum, group)),
    ...{ goodTuring: 0.02, chao1: 60_000, zipfBeta: 1 },
    suppression: Object.entries(w).flatMap(([family, point]) =>
      COUNT_BINS.map((_, bin) => ({
        ...{ family, bin, types: 1000, syntheticCount: 900, syntheticWords: 50_000 },
        ...{ humanCount: 1000, humanWords: 50_000, basis: 'measured' as const },
        w: { point, low: point / spread, high: point * spread },
      })),
    ),
    families: Object.keys(w).map((family) => ({ family, words: 50_000, documents: 250 })),
    overlap: { rho: 0.6, types: 900, basis: 'measured' },
    lengths: {
      human: { documents: 500, mean: 5.2, variance: 0.5 },
      synthetic: { documents: 500, mean: 5.4, variance: 0.4 },
    },
    subgroups: [],
    sample: { documents: 500, words: spectrum.words, rate: 1 },
    ...change,
  };
}

/** A spectrum without some types of each count. */
function without({ counts, types }: Spectrum, group: number): Spectrum {
  const left = types.map((count, i) => count - Math.floor((count + ((group + i) % 20)) / 20));
  const words = counts.reduce((sum, copies, i) => sum + copies * left[i]!, 0);
  return { counts, types: left, words };
}

/** A mix of the measured size with a known human share, its labels certain but for `half`. */
export function mixFixture(
  measure: DomainMeasure,
  humanShare: number,
  {
    half = 0.005,
    unknown = 0,
    ...change
  }: Partial<DomainMix> & { half?: number; unknown?: number } = {},
): DomainMix {
  const around = (point: number) => ({
    point,
    low: Math.max(0, point - half),
    high: Math.min(1, point + half),
  });
  const families = measure.families.map(({ family }, _, all) => ({
    family,
    share: 1 / all.length,
  }));
  const words = measure.spectrum.words;
  return {
    ...{ domain: measure.domain, tokens: Math.round(words / measure.wordsPerToken), words },
    humanShare: around(humanShare),
    draws: Array.from({ length: 400 }, (_, run) =>
      Math.min(1, Math.max(0, humanShare + half * (((run * 0.618034) % 1) - 0.5))),
    ),
    humanShareUnknownSynthetic: around(Math.max(0, humanShare - unknown / 2)),
    labels: {
      human_authored: Math.max(0, humanShare - unknown / 2),
      synthetic: 1 - humanShare - unknown / 2,
      unknown,
    },
    families,
    basis: 'measured',
    ...change,
  };
}

export const SETTINGS: RiskSettings = {
  ...{ policy: 'replace', human: 'fresh', horizonGenerations: 10, thresholds: 'collapse-v1' },
  ...{ onFail: 'replan', onInconclusive: 'stop', maxReplans: 3, margin: 0.02 },
  ...{
    sampleWords: 500_000,
    loopRuns: 20,
    driftRuns: 100,
    temperature: 1,
    terms: [],
    table: false,
  },
};
