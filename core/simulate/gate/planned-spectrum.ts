/** The measured spectra at the planned size of a domain in words, and what holds only by extrapolation. */
import type { DomainMeasure, Spectrum } from '../../schema/risk.js';
import { spectrumAt } from '../measure/spectrum-at.js';

/** Within this factor the measured spectrum is taken as it is, scaled by nothing. */
const SAME_SIZE = 1e-9;

/** Types by copies in n = `words` words of human text. */
export function plannedSpectrum(spectrum: Spectrum, words: number): Spectrum {
  if (Math.abs(words / spectrum.words - 1) < SAME_SIZE) return spectrum;
  return spectrumAt(spectrum, words);
}

/** The domain and its subgroups; a subgroup has the same share of the words as it was measured with. */
export function plannedSpectra(
  { spectrum, subgroups }: Pick<DomainMeasure, 'spectrum' | 'subgroups'>,
  words: number,
): { domain: Spectrum; subgroups: { name: string; spectrum: Spectrum }[] } {
  const scale = spectrum.words > 0 ? words / spectrum.words : 0;
  return {
    domain: plannedSpectrum(spectrum, words),
    subgroups: subgroups
      .filter((group) => group.spectrum.words > 0)
      .map((group) => ({
        name: group.name,
        spectrum: plannedSpectrum(group.spectrum, scale * group.spectrum.words),
      })),
  };
}

/** Types that all-human text is expected to hold. */
export function expectedTypes({ counts, types }: Spectrum): number {
  return counts.reduce((sum, copies, i) => sum - types[i]! * Math.expm1(-copies), 0);
}

/** From this factor on the report says that the size is extrapolated. */
const EXTRAPOLATED_FROM = 1.05;

/** A sentence, or '' where the planned size is no more than what was measured. */
export function extrapolationOf({ words }: Pick<Spectrum, 'words'>, planned: number): string {
  if (words === 0) return 'no human text was measured';
  if (planned <= EXTRAPOLATED_FROM * words) return '';
  const factor = (planned / words).toFixed(1);
  return `spectrum of ${Math.round(words)} words extrapolated to ${Math.round(planned)} (${factor} times)`;
}
