/**
 * The true share behind an imperfect detector's flags.
 *
 * p = (q - FPR) / (TPR - FPR), clipped to [0, 1], q the share that it flags. The interval is a parametric
 * bootstrap: q, TPR and FPR are drawn from Beta(k + 1/2, n - k + 1/2) of their counts, by key; a draw in which the
 * detector is no better than chance (TPR <= FPR) tells nothing and counts as uniform on [0, 1]. Source:
 * Rogan and Gladen, American Journal of Epidemiology 107, 1978; Lang and Reiczigel, Preventive Veterinary Medicine 113, 2014.
 */
import { derive, draw } from '../random/draw.js';
import { drawBeta } from './draw-beta.js';
import type { Interval } from './intervals.js';

/** k of n; both may be effective sizes of weighted samples. */
export interface Count {
  readonly k: number;
  readonly n: number;
}

export interface FlagCounts {
  readonly flagged: Count;
  /** Of documents that are so, how many are flagged. */
  readonly sensitivity: Count;
  /** Of documents that are not so, how many are flagged all the same. */
  readonly falsePositives: Count;
}

export interface CorrectedShare extends Interval {
  /** Share that is flagged: the raw count. */
  readonly raw: number;
}

/** Draws of the bootstrap: an end of a 95 % interval has a standard error of about 1.5 % of its tail rank. */
const DRAWS = 1000;
const SEED = 0;

function shareOf({ k, n }: Count): number {
  return n === 0 ? 0.5 : k / n;
}

export function roganGladen(counts: FlagCounts, confidence: number): CorrectedShare {
  const [q, tpr, fpr] = [counts.flagged, counts.sensitivity, counts.falsePositives].map(shareOf);
  const clip = (p: number) => Math.min(1, Math.max(0, p));
  const shares = drawShares(counts).sort();
  const tail = (1 - confidence) / 2;
  const point = tpr! > fpr! ? clip((q! - fpr!) / (tpr! - fpr!)) : 0.5;
  const low = Math.min(point, shares[Math.floor(tail * DRAWS)]!);
  const high = Math.max(point, shares[Math.ceil((1 - tail) * DRAWS) - 1]!);
  return { raw: q!, point, low, high };
}

function drawShares({ flagged, sensitivity, falsePositives }: FlagCounts): Float64Array {
  const key = derive(SEED, 'rogan-gladen');
  const beta = (name: string, i: number, { k, n }: Count) =>
    drawBeta(key, `${name}/${i}`, k + 0.5, n - k + 0.5);
  return Float64Array.from({ length: DRAWS }, (_, i) => {
    const [q, tpr] = [beta('q', i, flagged), beta('tpr', i, sensitivity)];
    const fpr = beta('fpr', i, falsePositives);
    if (tpr <= fpr) return draw(key, `uniform/${i}`);
    return Math.min(1, Math.max(0, (q - fpr) / (tpr - fpr)));
  });
}
