/**
 * The measured spectra at the planned size of a domain in words. Types of leave-one-out texts and of subgroups
 * grow by the law of the whole domain, which is measured best.
 */
import type { DomainMeasure, Spectrum } from '../../schema/risk.js';
import { growthOf } from '../measure/growth.js';
import { spectrumAt } from '../measure/spectrum.js';

type MeasuredSpectra = Pick<DomainMeasure, 'spectrum' | 'jackknife' | 'subgroups'>;

export interface PlannedSpectra {
  readonly domain: Spectrum;
  /** Without one group of documents each, at the same planned size. */
  readonly jackknife: readonly Spectrum[];
  /** A subgroup has the same part of the words as it was measured with. */
  readonly subgroups: readonly { readonly name: string; readonly spectrum: Spectrum }[];
  /** What holds by extrapolation only; '' where nothing is. */
  readonly extrapolation: string;
}

const NOTHING: Spectrum = { counts: [], types: [], words: 0 };

/** All spectra of a domain in n = `words` words of human text; empty where nothing is planned or measured. */
export function plannedSpectra(measure: MeasuredSpectra, words: number): PlannedSpectra {
  const { spectrum, jackknife } = measure;
  if (!(words > 0) || spectrum.words === 0) {
    const extrapolation = 'there is no human text to measure';
    return { domain: NOTHING, jackknife: [], subgroups: [], extrapolation };
  }
  const growth = growthOf(spectrum, jackknife);
  const { spectrum: domain, extrapolation } = spectrumAt(spectrum, words, growth);
  const scale = spectrum.words > 0 ? words / spectrum.words : 0;
  const at = (part: Spectrum, size: number) => spectrumAt(part, size, growth).spectrum;
  return {
    domain,
    jackknife: jackknife.map((part) => at(part, words)),
    subgroups: measure.subgroups
      .filter((group) => group.spectrum.words > 0 && scale > 0)
      .map(({ name, spectrum: part }) => ({ name, spectrum: at(part, scale * part.words) })),
    extrapolation,
  };
}

/** The domain's spectrum alone. */
export function plannedSpectrum(
  { spectrum, jackknife }: Pick<DomainMeasure, 'spectrum' | 'jackknife'>,
  words: number,
): Spectrum {
  if (!(words > 0) || spectrum.words === 0) return NOTHING;
  return spectrumAt(spectrum, words, growthOf(spectrum, jackknife)).spectrum;
}

/** Types that all-human text is expected to hold. */
export function expectedTypes({ counts, types }: Spectrum): number {
  return counts.reduce((sum, copies, i) => sum - types[i]! * Math.expm1(-copies), 0);
}
