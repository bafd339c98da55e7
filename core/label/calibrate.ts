/**
 * Calibration of the text statistics on what people said of random documents, domain by domain.
 *
 * P(synthetic | s) = Platt(s), fitted on the domain's own random reviews with inverse-probability weights;
 * the likelihood ratio that a score carries is logit P(s) minus the log odds of synthetic in that very sample, so
 * that another base rate is a matter of the prior alone. Text that people call human_edited counts as not
 * synthetic: the question that is calibrated is "synthetic or anything else". Scores come from a cross-fit, and the
 * figures of merit from a second one of Platt's step, so no document judges itself.
 */
import { derive, draw } from '../random/draw.js';
import type { Calibration, DomainCalibration } from '../schema/calibration.js';
import type { TruthLabel } from '../schema/label.js';
import type { ProvenanceRecord } from '../schema/provenance.js';
import {
  aurocOf,
  brierOf,
  calibrationBins,
  calibrationError,
  type Judged,
  truePositivesAt,
} from '../stats/detector.js';
import { effectiveCount, effectiveSize } from '../stats/intervals.js';
import { fitPlatt, logit, type Platt, sigmoid } from '../stats/platt.js';
import { baseRatesOf, priorsOf } from './base-rates.js';
import type { CalibrationPolicy } from './calibration-policy.js';
import { groupBy } from './group-by.js';

/** One document that people decided, with what the model says of it. */
export interface ReviewedScore {
  readonly id: string;
  readonly source: string;
  readonly domain: string;
  /** '' where nobody states it. */
  readonly language: string;
  readonly label: TruthLabel;
  /** Cross-fitted raw score; null where the text has none (too short). */
  readonly score: number | null;
  /** Inverse of the chance with which it came into review, >= 1. */
  readonly weight: number;
  /** Put into review by chance alone: only such documents calibrate and estimate. */
  readonly isRandom: boolean;
}

type Scored = ReviewedScore & { readonly score: number };

/** The calibration of everything that was reviewed; the order of the rows does not matter. */
export function calibrate(
  rows: readonly ReviewedScore[],
  policy: CalibrationPolicy,
  trained = 0,
): Calibration {
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const random = sorted.filter(({ isRandom }) => isRandom);
  const byDomain = groupBy(random, ({ domain }) => domain);
  const judged = [...byDomain].map(([domain, list]) => calibrateDomain(domain, list, policy));
  return {
    schemaVersion: 1,
    policy: policy.name,
    trained,
    reviewed: rows.length,
    domains: judged.map(({ domain }) => domain),
    priors: priorsOf(random, policy),
    calibrationRows: judged.map(({ row }) => row),
    baseRates: baseRatesOf(
      random,
      judged.map(({ domain }) => domain),
      policy,
    ),
  };
}

const isScored = (row: ReviewedScore): row is Scored => row.score !== null;

function judgedBy(rows: readonly Scored[], chanceOf: (row: Scored) => number): Judged {
  return {
    values: rows.map(chanceOf),
    isPositive: rows.map(({ label }) => label === 'synthetic'),
    weights: rows.map(({ weight }) => weight),
  };
}

interface Domain {
  readonly domain: DomainCalibration;
  readonly row: ProvenanceRecord['calibration'][number];
}

function calibrateDomain(
  domain: string,
  reviewed: readonly ReviewedScore[],
  policy: CalibrationPolicy,
): Domain {
  const rows = reviewed.filter(isScored);
  const synthetic = rows.filter(({ label }) => label === 'synthetic').length;
  const rarer = Math.min(synthetic, rows.length - synthetic);
  if (rows.length < policy.reviewsMin) return notInUse(domain, rows.length, 'too_few_reviews');
  if (rarer < policy.rarerClassMin) return notInUse(domain, rows.length, 'one_class');
  const raw = judgedBy(rows, ({ score }) => score);
  const { slope, intercept } = fitPlatt(raw);
  const held = heldOutChances(rows, policy.folds);
  const after = judgedBy(rows, ({ id }) => held.get(id)!);
  const before = judgedBy(rows, ({ score }) => sigmoid(score));
  const bins = calibrationBins(after);
  const languages = [...groupBy(rows, ({ language }) => language)]
    .filter(([, list]) => list.length >= policy.languageMin)
    .map(([language]) => language);
  return {
    domain: {
      ...{ domain, state: 'calibrated', reviews: rows.length, languages, slope, intercept },
      priorLogOdds: logit(targetShare(raw)),
      ...{
        brier: brierOf(after),
        auroc: aurocOf(raw),
        truePositivesAt1: truePositivesAt(raw, 0.01),
      },
      ...flagsOf(after, policy.flagAt),
    },
    row: {
      ...{ domain, reviews: rows.length, inUse: true },
      errorBefore: calibrationError(calibrationBins(before)),
      errorAfter: calibrationError(bins),
      bins: bins.map(({ predicted, observed, documents }) => ({ predicted, observed, documents })),
    },
  };
}

function notInUse(
  domain: string,
  reviews: number,
  state: Exclude<DomainCalibration['state'], 'calibrated'>,
): Domain {
  const nothing = { slope: null, intercept: null, priorLogOdds: null, brier: null, auroc: null };
  const flags = { truePositivesAt1: null, sensitivity: null, falsePositives: null };
  return {
    domain: { domain, state, reviews, languages: [], ...nothing, ...flags },
    row: { domain, reviews, inUse: false, errorBefore: null, errorAfter: null, bins: [] },
  };
}

/** Weighted share of synthetic text in a sample, as Platt's targets have it: never 0 or 1. */
function targetShare({ isPositive, weights }: Judged): number {
  let [yes, all] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    yes += isPositive[i] ? weights[i]! : 0;
    all += weights[i]!;
  }
  const n = weights.length;
  const positives = (n * yes) / all;
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (n - positives + 2)];
  return (positives * high + (n - positives) * low) / n;
}

/** Chances by a Platt step that did not see the document. */
function heldOutChances(rows: readonly Scored[], folds: number): Map<string, number> {
  const key = derive(0, 'platt-folds');
  const foldOf = ({ id }: Scored) => Math.floor(draw(key, id) * folds);
  const chances = new Map<string, number>();
  for (let fold = 0; fold < folds; fold++) {
    const others = rows.filter((row) => foldOf(row) !== fold);
    const { slope, intercept }: Platt = fitPlatt(judgedBy(others, ({ score }) => score));
    for (const row of rows) {
      if (foldOf(row) === fold) chances.set(row.id, sigmoid(slope * row.score + intercept));
    }
  }
  return chances;
}

/** What is flagged at a chance, of synthetic text and of the rest, as counts that weights are worth. */
function flagsOf(
  { values, isPositive, weights }: Judged,
  flagAt: number,
): Pick<DomainCalibration, 'sensitivity' | 'falsePositives'> {
  const shareOf = (positive: boolean) => {
    let [yes, all, squares] = [0, 0, 0];
    for (let i = 0; i < values.length; i++) {
      if (Boolean(isPositive[i]) !== positive) continue;
      yes += values[i]! >= flagAt ? weights[i]! : 0;
      all += weights[i]!;
      squares += weights[i]! ** 2;
    }
    return effectiveSize(all, squares) === 0
      ? { k: 0, n: 0 }
      : effectiveCount({ yes, all, squares });
  };
  return { sensitivity: shareOf(true), falsePositives: shareOf(false) };
}
