/**
 * Calibration on reviews: what it finds, what it refuses, what it makes of a score. Texts and draws are
 * keyed; limits are set for a false alarm of about 1e-6 per test had the seeds been free.
 */
import { describe, expect, it } from 'vitest';
import { calibrate, type ReviewedScore } from '../core/label/calibrate.js';
import { CALIBRATION_POLICY } from '../core/label/calibration-policy.js';
import { decideLabel } from '../core/label/decide.js';
import {
  priorOf,
  readTextStatistics,
  unknownReasonOf,
} from '../core/label/families/text-statistics.js';
import { CLAMP, EVEN_PRIOR } from '../core/label/policy.js';
import { posteriorOf } from '../core/label/posterior.js';
import { reviewedTruth } from '../core/label/reviewed-truth.js';
import { derive, draw } from '../core/random/draw.js';
import { calibration as calibrationSchema } from '../core/schema/calibration.js';
import { sigmoid } from '../core/stats/platt.js';
import { contextOf, POLICY, reviewOf, rowOf } from './label-fixture.js';

/** Standard normal quantile of 1 - 1e-6 / 2. */
const Z = 4.9;
const KEY = derive(31, 'calibrate');

/** A random review whose raw score is off by a slope of .5 and a shift of 1. */
function reviewAt(i: number, change: Partial<ReviewedScore> = {}): ReviewedScore {
  const truth = 4 * draw(KEY, `${i}/s`) - 2;
  const label = draw(KEY, `${i}/y`) < sigmoid(2 * truth) ? 'synthetic' : 'human_authored';
  return {
    ...{ id: `r${i}`, source: 's', domain: 'd', language: 'en', label, score: 4 * truth + 2 },
    ...{ weight: 1, isRandom: true },
    ...change,
  };
}

const reviews = (count: number, change: Partial<ReviewedScore> = {}) =>
  Array.from({ length: count }, (_, i) => reviewAt(i, change));

describe('a calibration', () => {
  it('turns raw scores into chances that are right, on 200 reviews', () => {
    const found = calibrate(reviews(200), CALIBRATION_POLICY);
    expect(calibrationSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
    const [domain] = found.domains;
    expect(domain).toMatchObject({ state: 'calibrated', reviews: 200, languages: ['en'] });
    // Standard errors by the Fisher information of 200 reviews: .07 of the slope, .2 of the intercept.
    expect(Math.abs(domain!.slope! - 0.5)).toBeLessThan(Z * 0.07);
    expect(Math.abs(domain!.intercept! + 1)).toBeLessThan(Z * 0.2);
    const fresh = Array.from({ length: 20_000 }, (_, i) => reviewAt(i + 10_000));
    const off = fresh.map(({ score }) => {
      const truth = (score! - 2) / 4;
      return Math.abs(sigmoid(domain!.slope! * score! + domain!.intercept!) - sigmoid(2 * truth));
    });
    // The promise of the method: under .07 after 200 reviews.
    expect(off.reduce((a, b) => a + b, 0) / off.length).toBeLessThan(0.07);
    const [row] = found.calibrationRows;
    expect(row!.inUse).toBe(true);
    expect(row!.errorBefore!).toBeGreaterThan(row!.errorAfter!);
    expect(row!.bins.reduce((sum, { documents }) => sum + documents, 0)).toBe(200);
  });

  it('does not depend on the order of the reviews', () => {
    const rows = reviews(150);
    expect(calibrate([...rows].reverse(), CALIBRATION_POLICY)).toEqual(
      calibrate(rows, CALIBRATION_POLICY),
    );
  });

  it.each([
    ['fewer than 100 reviews', reviews(99), 'too_few_reviews'],
    ['reviews that chance did not pick', reviews(200, { isRandom: false }), undefined],
    ['texts without a score', reviews(200, { score: null }), 'too_few_reviews'],
    ['one class', reviews(200, { label: 'human_authored' }), 'one_class'],
    ['edited and human text only', reviews(200, { label: 'human_edited' }), 'one_class'],
  ])('is refused with %s', (_, rows, state) => {
    const { domains, calibrationRows } = calibrate(rows, CALIBRATION_POLICY);
    expect(domains[0]?.state).toBe(state);
    expect(domains[0]?.slope ?? null).toBeNull();
    expect(calibrationRows.some(({ inUse }) => inUse)).toBe(false);
  });

  it('counts edited text as not synthetic', () => {
    const rows = reviews(200);
    const edited = rows.map((row) =>
      row.label === 'human_authored' ? { ...row, label: 'human_edited' as const } : row,
    );
    const [before, after] = [rows, edited].map((r) => calibrate(r, CALIBRATION_POLICY).domains[0]!);
    expect(after).toEqual(before);
  });

  it('weighs a review by the inverse of its chance', () => {
    // Chance took synthetic text three times as often as the rest.
    const rows = Array.from({ length: 3000 }, (_, i) => reviewAt(i)).flatMap((row, i) => {
      const chance = row.label === 'synthetic' ? 0.3 : 0.1;
      return draw(KEY, `${i}/picked`) < chance ? [{ ...row, weight: 1 / chance }] : [];
    });
    const weighed = calibrate(rows, CALIBRATION_POLICY);
    const taken = rows.map((row) => ({ ...row, weight: 1 }));
    const bare = calibrate(taken, CALIBRATION_POLICY);
    // Half of the text is synthetic; 600 reviews of effective size 530: standard error .022.
    expect(Math.abs(weighed.baseRates[0]!.rate.point - 0.5)).toBeLessThan(Z * 0.022);
    expect(bare.baseRates[0]!.rate.point).toBeGreaterThan(0.7);
    expect(Math.abs(weighed.domains[0]!.intercept! + 1)).toBeLessThan(Z * 0.15);
    expect(bare.domains[0]!.intercept! + 1).toBeGreaterThan(0.7);
  });

  it('shows precision at the own base rate of each source', () => {
    const rich = reviews(200);
    const poor = Array.from({ length: 200 }, (_, i) =>
      reviewAt(i + 500, { source: 'poor', id: `p${i}`, ...(i % 50 === 0 ? {} : human(i)) }),
    );
    const { baseRates } = calibrate([...rich, ...poor], CALIBRATION_POLICY);
    const [p, s] = baseRates;
    expect([p!.source, s!.source]).toEqual(['poor', 's']);
    expect(p!.precision!).toBeLessThan(s!.precision!);
    const { sensitivity, falsePositiveRate, rate } = s!;
    const hits = rate.point * sensitivity!;
    expect(s!.precision).toBeCloseTo(hits / (hits + (1 - rate.point) * falsePositiveRate!), 12);
  });

  function human(i: number): Partial<ReviewedScore> {
    return { label: 'human_authored', score: -6 + 8 * draw(KEY, `${i}/h`) };
  }

  it('gives a source a prior that is never 0 or 1, and none below 20 reviews', () => {
    const all = calibrate(reviews(40, { label: 'human_authored' }), CALIBRATION_POLICY);
    const shares = all.priors[0]!.logs.map(Math.exp);
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(shares[2]).toBeCloseTo(0.5 / 41.5, 12);
    expect(calibrate(reviews(19), CALIBRATION_POLICY).priors).toEqual([]);
  });
});

describe('the text-statistics family', () => {
  const calibration = calibrate(reviews(200), CALIBRATION_POLICY);
  const context = { ...contextOf(), calibration };
  const row = rowOf({ language: 'en', textScore: 3 });

  it('carries a likelihood ratio: the chance less the odds of the sample that taught it', () => {
    const [item] = readTextStatistics(row, context);
    const { slope, intercept, priorLogOdds } = calibration.domains[0]!;
    expect(item).toMatchObject({ tier: 'T3', supports: 'synthetic', direction: 'for' });
    expect(item!.strength).toBeCloseTo(slope! * 3 + intercept! - priorLogOdds!, 4);
    const [other] = readTextStatistics({ ...row, textScore: -3 }, context);
    expect(other!.direction).toBe('against');
  });

  it('is clamped, and never decides alone', () => {
    const evidence = readTextStatistics({ ...row, textScore: 1e6 }, context);
    expect(evidence[0]!.strength).toBeCloseTo(CLAMP.T3, 4);
    const certain = posteriorOf(evidence, [-9, -9, 0]);
    expect(certain[2]).toBeGreaterThan(0.99);
    expect(decideLabel(evidence, certain, POLICY)).toEqual({
      label: 'unknown',
      unknownReason: 'weak',
    });
  });

  it.each([
    ['a domain that nobody calibrated', { ...row, domain: 'other' }, 'uncalibrated'],
    ['a text too short to have a score', { ...row, textScore: null }, 'out_of_scope'],
    ['a language that nobody reviewed', { ...row, language: 'vi' }, 'out_of_scope'],
  ])('is off, and says so, in %s', (_, off, reason) => {
    const evidence = readTextStatistics(off, context);
    expect(evidence).toMatchObject([{ reason, strength: 0 }]);
    expect(unknownReasonOf(evidence, 'no_evidence')).toBe(reason);
    expect(unknownReasonOf(evidence, 'conflict')).toBe('conflict');
  });

  it('says nothing of a text that people decided, and nothing at all without reviews', () => {
    const decided = { ...row, reviews: [reviewOf()] };
    expect(readTextStatistics(decided, context)).toEqual([]);
    const asked = { ...row, reviews: [reviewOf({ label: 'unknown' })] };
    expect(readTextStatistics(asked, context)).toHaveLength(1);
    expect(readTextStatistics(row, contextOf())).toEqual([]);
    expect(unknownReasonOf([], 'no_evidence')).toBe('no_evidence');
  });

  it('goes with the prior of the source', () => {
    expect(priorOf(row, contextOf())).toEqual(EVEN_PRIOR);
    expect(priorOf(row, context)).toEqual(calibration.priors[0]!.logs);
    const elsewhere = { source: { ...row.source, name: 'new' } };
    expect(priorOf(elsewhere, context)).toEqual(EVEN_PRIOR);
  });
});

describe('what people found', () => {
  it('is no truth where they differ or cannot tell', () => {
    const one = reviewOf({ label: 'synthetic', inclusionProbability: 0.25 });
    const two = reviewOf({ label: 'human_authored', reviewer: 'ben' });
    const none = reviewOf({ label: 'unknown', reviewer: 'cleo' });
    expect(reviewedTruth([one])).toEqual({ label: 'synthetic', isRandom: true, weight: 4 });
    expect(reviewedTruth([one, two])).toBeNull();
    expect(reviewedTruth([none])).toBeNull();
    expect(reviewedTruth([one, none])?.label).toBe('synthetic');
  });

  it('is random where chance picked it, whatever else did', () => {
    const picked = reviewOf({ isRandom: true, inclusionProbability: 0.1 });
    const asked = reviewOf({ isRandom: false, why: 'conflict', reviewer: 'ben' });
    expect(reviewedTruth([asked, picked])).toMatchObject({ isRandom: true, weight: 10 });
    expect(reviewedTruth([asked])).toMatchObject({ isRandom: false });
  });
});
