/**
 * The critical human share alpha* of a domain with its interval, and the bounds that are always printed.
 *
 * Sampling of documents: delete-group jackknife over the leave-one-out spectra x_1 .. x_J,
 * SE = sqrt((J - 1) / J sum (x_j - mean)^2), each extrapolated to the planned size like the whole. Suppression:
 * the middle 95 % of alpha* over draws of w. The two are independent, so each half-width is the root of the sum of
 * squares. Floor: w = 0, the human tokens alone (provable); optimistic: w = 1, drift only.
 * A domain counts as held until the horizon when it holds in every generation up to it: under `replace` the
 * last one is the worst, in an accumulated pool the first, in a subsample of it either.
 */
import { derive } from '../../random/draw.js';
import { RandomStream } from '../../random/stream.js';
import type { DomainMeasure, DomainMix, DomainRisk, Spectrum } from '../../schema/risk.js';
import type { RiskSettings } from '../../schema/risk-settings.js';
import { jackknifeVariance } from '../../stats/moments.js';
import { normalQuantile } from '../../stats/normal.js';
import { criticalShare, TAIL_COPIES, tailCoverage } from './critical-share.js';
import type { PlannedSpectra } from './planned-spectrum.js';
import {
  type BinCurve,
  curveAt,
  drawCurve,
  pointCurve,
  type Suppression,
  suppressionOf,
} from './suppression.js';

/** Draws of w behind the interval. */
const SUPPRESSION_DRAWS = 80;
const Z95 = normalQuantile(0.975);

export type Loop = Pick<RiskSettings, 'policy' | 'human' | 'horizonGenerations'>;

/** What alpha* and coverage are computed from. */
export interface CriticalInputs {
  readonly spectrum: Spectrum;
  /** w by copies at the planned size. */
  readonly suppression: (copies: number) => number;
  readonly loop: Loop;
}

/** Generations that must hold for all up to the horizon to hold. */
export function worstGenerations({ policy, horizonGenerations }: Loop): readonly number[] {
  if (policy === 'replace') return [horizonGenerations];
  return policy === 'accumulate' ? [1] : [1, horizonGenerations];
}

/** Least human share at which tail coverage holds in every generation up to the horizon. In [0, 1]. */
export function criticalUntil(
  { spectrum, suppression, loop }: CriticalInputs,
  threshold: number,
  massWeighted = false,
): number {
  if (!hasTail(spectrum)) return 0;
  const { policy, human } = loop;
  const shares = worstGenerations(loop).map((generations) =>
    criticalShare({ spectrum, suppression, generations, policy, human, massWeighted, threshold }),
  );
  return Math.max(...shares);
}

/** Least tail coverage of any generation up to the horizon. */
export function coverageUntil(inputs: CriticalInputs, humanShare: number): number {
  const { spectrum, suppression, loop } = inputs;
  if (!hasTail(spectrum)) return 1;
  const { policy, human } = loop;
  const shares = worstGenerations(loop).map((generations) =>
    tailCoverage({ spectrum, suppression, generations, policy, human, humanShare }),
  );
  return Math.min(...shares);
}

export const NO_TAIL = () => 0;
export const NO_SUPPRESSION = () => 1;

/** Without human text to measure any share may be the critical one. */
const NOTHING_KNOWN: DomainRisk['critical'] = {
  estimate: { point: 1, low: 0, high: 1 },
  ...{ floor: 1, optimistic: 0, massWeighted: 1 },
};

export interface EstimateOptions {
  readonly measure: DomainMeasure;
  readonly planned: PlannedSpectra;
  readonly mix: DomainMix;
  readonly loop: Loop;
  readonly seed: number;
  readonly threshold: number;
}

/** alpha* with its 95 % interval, floor, optimistic bound and mass-weighted form. */
export function estimateCritical(options: EstimateOptions): DomainRisk['critical'] {
  const { measure, planned, mix, loop, threshold } = options;
  const spectrum = planned.domain;
  if (spectrum.words === 0) return NOTHING_KNOWN;
  const known = suppressionOf(measure, mix);
  const suppression = curveAt(pointCurve(known), known);
  const at = (w: (copies: number) => number, mass = false) =>
    criticalUntil({ spectrum, suppression: w, loop }, threshold, mass);
  const [floor, optimistic, point] = [at(NO_TAIL), at(NO_SUPPRESSION), at(suppression)];
  const draws = drawnShares(options, known, spectrum);
  const sampling = Z95 * jackknifeError(options, suppression);
  const quantile = (p: number) => draws[Math.min(draws.length - 1, Math.floor(p * draws.length))]!;
  const [low, high] = [Math.min(point, quantile(0.025)), Math.max(point, quantile(0.975))];
  return {
    estimate: {
      point,
      low: Math.max(0, point - Math.hypot(sampling, point - low)),
      high: Math.min(1, point + Math.hypot(sampling, high - point)),
    },
    ...{ floor, optimistic, massWeighted: at(suppression, true) },
  };
}

/** alpha* over draws of the curve, ascending. */
function drawnShares(
  { loop, seed, threshold, mix }: EstimateOptions,
  known: Suppression,
  spectrum: Spectrum,
): number[] {
  const shareOf = (curve: BinCurve) =>
    criticalUntil({ spectrum, suppression: curveAt(curve, known), loop }, threshold);
  return Array.from({ length: SUPPRESSION_DRAWS }, (_, i) => {
    const stream = new RandomStream(derive(seed, 'critical-suppression', mix.domain, i));
    return shareOf(drawCurve(known, stream));
  }).sort((a, b) => a - b);
}

/** Standard error of alpha* over documents; 0 where no groups were made. */
function jackknifeError(
  { planned, loop, threshold }: EstimateOptions,
  suppression: (copies: number) => number,
): number {
  const shares = planned.jackknife.map((spectrum) =>
    criticalUntil({ spectrum, suppression, loop }, threshold),
  );
  return Math.sqrt(jackknifeVariance(shares));
}

/** Whether a spectrum has types of the tail at all; without them nothing of it can be lost. */
export function hasTail({ counts, types }: Spectrum): boolean {
  return counts.some((copies, i) => copies > 0 && copies <= TAIL_COPIES && types[i]! > 0);
}
