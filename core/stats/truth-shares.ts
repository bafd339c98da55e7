/**
 * What the text of a stratum really is, as shares with intervals, from the best that is known of it:
 *
 * 1. its own random reviews, where there are enough (Jeffreys, inverse-probability weights);
 * 2. else those of all text with its label in the domain;
 * 3. else, for the share of synthetic text, flags of the text statistics corrected by the domain's sensitivity
 *    and false positives (Rogan-Gladen);
 * 4. else `assumed`: a label was given at a posterior of at least its threshold t, so the other classes
 *    together have at most 1 - t; a promise of the policy, not a measurement;
 * 5. else, for text labelled `unknown`, [0, 1].
 */
import { derive, draw, type Key } from '../random/draw.js';
import type { Label, TruthLabel } from '../schema/label.js';
import { TRUTH_LABELS } from '../schema/label.js';
import type { ShareEstimate, TruthShares } from '../schema/truth-shares.js';
import { drawBeta, drawDirichlet } from './draw-beta.js';
import { effectiveCount, jeffreysInterval } from './intervals.js';
import { normalQuantile } from './normal.js';
import { type FlagCounts, roganGladen } from './rogan-gladen.js';

/** Random reviews of some text: sums of weights (tokens over inclusion probability) by what people found. */
export interface ReviewTally {
  readonly weights: Readonly<Record<TruthLabel, number>>;
  /** Sum of squared weights. */
  readonly squares: number;
  /** Documents that reviewers decided. */
  readonly reviews: number;
}

/** What is known of one stratum. */
export interface TruthTally {
  readonly label: Label;
  readonly own: ReviewTally | null;
  /** Reviews of all text with this label in the domain. */
  readonly domain: ReviewTally | null;
  /** Flags of the text statistics on the stratum, with the domain's counts. */
  readonly flags: (FlagCounts & { readonly reviews: number }) | null;
}

export interface TruthOptions {
  readonly thresholds: Readonly<Record<TruthLabel, number>>;
  /** Two-sided, in (0, 1). */
  readonly confidence: number;
}

/** Fewer random reviews of a stratum than this say less than what is pooled or assumed. */
export const REVIEWS_ENOUGH = 30;

export function estimateTruthShares(tally: TruthTally, options: TruthOptions): TruthShares {
  const reviewed = [tally.own, tally.domain].find(
    (known) => known !== null && known.reviews >= REVIEWS_ENOUGH,
  );
  if (reviewed) return measured(reviewed, options.confidence);
  if (tally.label !== 'unknown') return assumed(tally.label, options);
  return tally.flags === null
    ? eachClass(() => nothingKnown(options.confidence))
    : corrected(tally.flags, options.confidence);
}

function eachClass(estimate: (label: TruthLabel) => ShareEstimate): TruthShares {
  return {
    human_authored: estimate('human_authored'),
    human_edited: estimate('human_edited'),
    synthetic: estimate('synthetic'),
  };
}

function measured({ weights, squares, reviews }: ReviewTally, confidence: number): TruthShares {
  const all = TRUTH_LABELS.reduce((sum, label) => sum + weights[label], 0);
  return eachClass((label) => {
    const { k, n } = effectiveCount({ yes: weights[label], all, squares });
    const interval = jeffreysInterval(k, n, confidence);
    return { ...interval, confidence, basis: 'measured', reviews };
  });
}

function assumed(label: TruthLabel, { thresholds, confidence }: TruthOptions): TruthShares {
  const rest = 1 - thresholds[label];
  return eachClass((other) => ({
    ...(other === label
      ? { point: 1 - rest / 2, low: 1 - rest, high: 1 }
      : { point: rest / 4, low: 0, high: rest }),
    ...{ confidence, basis: 'assumed', reviews: 0 },
  }));
}

function nothingKnown(confidence: number): ShareEstimate {
  return { point: 1 / 3, low: 0, high: 1, confidence, basis: 'unknown', reviews: 0 };
}

/** The synthetic share by flags; how the rest divides is not known. */
function corrected(
  { reviews, ...counts }: FlagCounts & { readonly reviews: number },
  confidence: number,
): TruthShares {
  const { point, low, high } = roganGladen(counts, confidence);
  const rest = nothingKnown(confidence);
  return eachClass((label) =>
    label === 'synthetic'
      ? { point, low, high, confidence, basis: 'measured', reviews }
      : { ...rest, point: (1 - point) / 2, high: 1 - low },
  );
}

/** Shares of human_authored, human_edited and synthetic; they sum to 1. */
export type TruthDraw = [humanAuthored: number, humanEdited: number, synthetic: number];

/**
 * `count` samples of what a stratum really is, by key: what a simulation takes instead of a point. All measured:
 * a Dirichlet with the estimate's mean and spread. One measured: a beta of it, the rest divided at random. Assumed:
 * the other classes together uniform on what the threshold leaves. Nothing known: uniform over all divisions.
 */
export function drawTruthShares(shares: TruthShares, key: Key, count: number): TruthDraw[] {
  const sample = samplerOf(shares, key);
  return Array.from({ length: count }, (_, i) => sample(String(i)));
}

function samplerOf(shares: TruthShares, key: Key): (id: string) => TruthDraw {
  const estimates = TRUTH_LABELS.map((label) => shares[label]);
  const bases = new Set(estimates.map(({ basis }) => basis));
  if (bases.size === 1 && bases.has('measured')) {
    const size = Math.max(...estimates.map(sizeOf));
    const shapes = estimates.map(({ point }) => Math.max(point * size, 0.5));
    return (id) => drawDirichlet(key, id, shapes) as TruthDraw;
  }
  const known = estimates.findIndex(({ basis }) => basis === 'measured');
  if (known >= 0) {
    const size = sizeOf(estimates[known]!);
    const { point } = estimates[known]!;
    const [a, b] = [Math.max(point * size, 0.5), Math.max((1 - point) * size, 0.5)];
    return (id) => divided(key, id, known, drawBeta(key, id, a, b));
  }
  const labelled = estimates.findIndex(({ basis, high }) => basis === 'assumed' && high === 1);
  if (labelled < 0) return (id) => drawDirichlet(key, id, [1, 1, 1]) as TruthDraw;
  const rest = 1 - estimates[labelled]!.low;
  return (id) => divided(key, id, labelled, 1 - rest * draw(key, `${id}/rest`));
}

/** One class at its share, the others dividing the rest at a uniform place. */
function divided(key: Key, id: string, known: number, share: number): TruthDraw {
  const cut = draw(key, `${id}/cut`) * (1 - share);
  const others = [cut, 1 - share - cut];
  return TRUTH_LABELS.map((_, c) => (c === known ? share : others.pop()!)) as TruthDraw;
}

/** Reviews that an estimate is worth, by the width of its interval: p (1 - p) / sigma^2 - 1, at least 1. */
function sizeOf({ point, low, high, confidence }: ShareEstimate): number {
  const sigma = (high - low) / (2 * normalQuantile((1 + confidence) / 2));
  if (sigma === 0) return 1e9;
  const p = Math.min(Math.max(point, sigma / 2), 1 - sigma / 2);
  return Math.max(1, (p * (1 - p)) / (sigma * sigma) - 1);
}

/** The key under which the shares of one stratum are drawn. */
export function truthKey(seed: number, stratum: string): Key {
  return derive(seed, 'truth-shares', stratum);
}
