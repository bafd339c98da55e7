/**
 * How well a detector does on weighted documents whose truth is known. Ties of scores count as one
 * threshold, so the order of the list does not matter.
 */
import { assert } from '../schema/failure.js';

/** Documents side by side: predicted value, whether it is so, and weight > 0. */
export interface Judged {
  readonly values: ArrayLike<number>;
  readonly isPositive: ArrayLike<boolean | number>;
  readonly weights: ArrayLike<number>;
}

/** Rows from the lowest value to the highest. */
function ascending({ values, isPositive, weights }: Judged): Uint32Array {
  const { length } = values;
  assert(isPositive.length === length && weights.length === length, 'columns differ in length');
  return Uint32Array.from({ length }, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
}

function weightOf({ isPositive, weights }: Judged, positive: boolean): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++)
    if (Boolean(isPositive[i]) === positive) sum += weights[i]!;
  return sum;
}

/** Weights of both classes per distinct value, from the lowest to the highest. */
function levelsOf(judged: Judged): { negative: number; positive: number }[] {
  const levels: { negative: number; positive: number }[] = [];
  let before = Number.NaN;
  for (const i of ascending(judged)) {
    const value = judged.values[i]!;
    if (value !== before) levels.push({ negative: 0, positive: 0 });
    before = value;
    levels.at(-1)![judged.isPositive[i] ? 'positive' : 'negative'] += judged.weights[i]!;
  }
  return levels;
}

/**
 * Area under the receiver's curve: the chance that a positive has a higher value than a negative, ties
 * a half. In [0, 1]; null where a class is empty.
 */
export function aurocOf(judged: Judged): number | null {
  const [positives, negatives] = [weightOf(judged, true), weightOf(judged, false)];
  if (positives === 0 || negatives === 0) return null;
  let below = 0;
  let area = 0;
  for (const { negative, positive } of levelsOf(judged)) {
    area += positive * (below + negative / 2);
    below += negative;
  }
  return area / (positives * negatives);
}

/** Share of the positives above the lowest threshold that at most `rate` of the negatives pass; null where a class is empty. */
export function truePositivesAt(judged: Judged, rate: number): number | null {
  const [positives, negatives] = [weightOf(judged, true), weightOf(judged, false)];
  if (positives === 0 || negatives === 0) return null;
  let [found, wrong] = [0, 0];
  for (const { negative, positive } of levelsOf(judged).reverse()) {
    if (wrong + negative > rate * negatives * (1 + 1e-12)) break;
    wrong += negative;
    found += positive;
  }
  return found / positives;
}

/** Mean squared error of predicted chances, in [0, 1]. Source: Brier, Monthly Weather Review 78, 1950. */
export function brierOf({ values, isPositive, weights }: Judged): number {
  let [sum, all] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += weights[i]! * (values[i]! - Number(Boolean(isPositive[i]))) ** 2;
    all += weights[i]!;
  }
  return all === 0 ? 0 : sum / all;
}

export interface CalibrationBin {
  readonly predicted: number;
  readonly observed: number;
  readonly documents: number;
  readonly weight: number;
}

export const CALIBRATION_BINS = 15;

/** Bins of equal weight over the predicted chances: what was predicted, and what share was so. */
export function calibrationBins(judged: Judged, bins = CALIBRATION_BINS): CalibrationBin[] {
  const { values, isPositive, weights } = judged;
  const all = weightOf(judged, true) + weightOf(judged, false);
  const sums = Array.from({ length: bins }, () => ({ value: 0, yes: 0, weight: 0, documents: 0 }));
  let before = 0;
  for (const i of ascending(judged)) {
    const weight = weights[i]!;
    const bin = sums[Math.min(bins - 1, Math.floor(((before + weight / 2) / all) * bins))]!;
    bin.value += weight * values[i]!;
    bin.yes += isPositive[i] ? weight : 0;
    bin.weight += weight;
    bin.documents++;
    before += weight;
  }
  return sums
    .filter(({ documents }) => documents > 0)
    .map(({ value, yes, weight, documents }) => ({
      ...{ predicted: value / weight, observed: yes / weight, documents, weight },
    }));
}

/**
 * Expected calibration error: mean distance of predicted and observed over bins of equal weight. 0 is
 * best. A sample of n documents reads about sqrt(bins / n) / 3 too high at middling chances, since the observed share of
 * a small bin is itself noisy. Source: Naeini, Cooper and Hauskrecht, AAAI 2015.
 */
export function calibrationError(bins: readonly CalibrationBin[]): number {
  const all = bins.reduce((sum, { weight }) => sum + weight, 0);
  const off = bins.reduce((sum, b) => sum + b.weight * Math.abs(b.predicted - b.observed), 0);
  return all === 0 ? 0 : off / all;
}

/**
 * Chance that a flagged document is what the flag says, at a base rate:
 * pi TPR / (pi TPR + (1 - pi) FPR); null where nothing is ever flagged.
 */
export function precisionAt(
  rate: number,
  sensitivity: number,
  falsePositiveRate: number,
): number | null {
  const flagged = rate * sensitivity + (1 - rate) * falsePositiveRate;
  return flagged > 0 ? (rate * sensitivity) / flagged : null;
}
