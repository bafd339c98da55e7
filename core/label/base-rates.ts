/**
 * What random reviews say of each source: the shares of the truth classes, the prior that follows, and what a
 * flag is worth at the source's own rate. Inverse-probability weights enter by their effective size.
 */
import type { Calibration, DomainCalibration } from '../schema/calibration.js';
import { TRUTH_LABELS } from '../schema/label.js';
import { precisionAt } from '../stats/detector.js';
import { effectiveCount, jeffreysInterval } from '../stats/intervals.js';
import type { ReviewedScore } from './calibrate.js';
import type { CalibrationPolicy } from './calibration-policy.js';
import { groupBy } from './group-by.js';

/** Effective number of documents of each truth class, and of all. */
function classCounts(rows: readonly ReviewedScore[]): { counts: number[]; n: number } {
  const all = rows.reduce((sum, { weight }) => sum + weight, 0);
  const squares = rows.reduce((sum, { weight }) => sum + weight * weight, 0);
  const shares = TRUTH_LABELS.map((label) => {
    const yes = rows.reduce((sum, row) => sum + (row.label === label ? row.weight : 0), 0);
    return effectiveCount({ yes, all, squares });
  });
  return { counts: shares.map(({ k }) => k), n: shares[0]!.n };
}

/**
 * Log prior per source: ln((k_c + 1/2) / (n + 3/2)), Jeffreys' estimate for three classes, so never 0 or 1;
 * sources with fewer random reviews than the policy asks for have none, and keep the even prior.
 */
export function priorsOf(
  random: readonly ReviewedScore[],
  { priorReviewsMin }: CalibrationPolicy,
): Calibration['priors'] {
  return [...groupBy(random, ({ source }) => source)]
    .filter(([, rows]) => rows.length >= priorReviewsMin)
    .map(([source, rows]) => {
      const { counts, n } = classCounts(rows);
      const logs = counts.map((k) => Math.log((k + 0.5) / (n + 1.5)));
      return { source, reviews: rows.length, logs: logs as [number, number, number] };
    });
}

const shareOf = (count: { k: number; n: number } | null | undefined): number | null =>
  count && count.n > 0 ? count.k / count.n : null;

/** Rate of synthetic text per source and domain, and the precision of a flag at that rate. */
export function baseRatesOf(
  random: readonly ReviewedScore[],
  domains: readonly DomainCalibration[],
  { confidence }: CalibrationPolicy,
): Calibration['baseRates'] {
  const byName = new Map(domains.map((domain) => [domain.domain, domain]));
  const groups = groupBy(random, ({ source, domain }) => JSON.stringify([source, domain]));
  return [...groups.values()].map((rows) => {
    const { source, domain } = rows[0]!;
    const { counts, n } = classCounts(rows);
    const rate = jeffreysInterval(counts[2]!, n, confidence);
    const sensitivity = shareOf(byName.get(domain)?.sensitivity);
    const falsePositiveRate = shareOf(byName.get(domain)?.falsePositives);
    const isKnown = sensitivity !== null && falsePositiveRate !== null;
    return {
      ...{ source, domain, reviews: rows.length, sensitivity, falsePositiveRate },
      rate: { ...rate, confidence, basis: 'measured', reviews: rows.length },
      precision: isKnown ? precisionAt(rate.point, sensitivity, falsePositiveRate) : null,
    };
  });
}
