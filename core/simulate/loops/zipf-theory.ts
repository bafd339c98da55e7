/**
 * Closed forms of corpora of a power law at g (Z1-Z3), and whether a mean over replicates can be tested against them.
 */
import { effectiveCorpusRatio } from '../closed-forms/forgetting.js';
import {
  distinctTypesOf,
  missingMassAfter,
  missingMassCut,
  missingMassOf,
} from '../closed-forms/zipf.js';
import type { ModelRun, TheoryKind } from '../model.js';
import { kindOfMean } from './trust.js';
import type { ZipfLoop } from './zipf-loop.js';

export interface Theory {
  readonly theory: number | null;
  readonly kind: TheoryKind;
}

/** An exact expectation, tested where its replicates allow it. */
function exact(theory: number, skewness: number, { replicates }: ModelRun): Theory {
  return { theory, kind: kindOfMean(skewness, replicates) };
}

/** True mass of absent types: exact at g = 0, then B1 with Poisson counts, or Z3 with a cut. */
export function massTheory(
  run: ModelRun,
  { shares, n, cut, humanShare }: ZipfLoop,
  g: number,
): Theory {
  if (g === 0) {
    const skewness = skewnessOfMissed(
      shares,
      { shares, factor: 1, from: 0 },
      { n, replicates: run.replicates },
    );
    return exact(missingMassOf(shares, n), skewness, run);
  }
  if (cut !== null) return { theory: missingMassCut(shares, { n, k: cut, humanShare }), kind: 'A' };
  const ratio = effectiveCorpusRatio({ humanShare, suppression: 1, human: 'fresh' }, g);
  return { theory: missingMassAfter(shares, n, ratio), kind: 'A' };
}

/** Types that are present: exact at g = 0, no closed form later. */
export function distinctTheory(run: ModelRun, { shares, n }: ZipfLoop, g: number): Theory {
  if (g > 0) return { theory: null, kind: 'A' };
  const rates = { shares, factor: 1, from: 0 };
  const skewness = skewnessOfMissed(null, rates, { n, replicates: run.replicates });
  return exact(distinctTypesOf(shares, n), skewness, run);
}

/** Types above the cut: each token is one of them with chance alpha p from g = 1 on, p at g = 0. */
export function tailTheory(
  run: ModelRun,
  { shares, n, cut, humanShare }: ZipfLoop,
  g: number,
): Theory {
  const [factor, from] = [g === 0 ? 1 : humanShare, cut ?? 0];
  const tail = shares.slice(from);
  let theory = 0;
  for (let i = tail.length - 1; i >= 0; i--) {
    theory += tail[i]! * Math.exp(n * Math.log1p(-factor * tail[i]!));
  }
  if (factor === 0) return { theory, kind: 'E' };
  const rates = { shares, factor, from };
  const skewness = skewnessOfMissed(shares, rates, { n, replicates: run.replicates });
  return exact(theory, skewness, run);
}

/**
 * Skewness of a sum of `weights` over types that are missed, each with chance (1 - rate)^n, taken as independent; infinite
 * where fewer than 100 misses, hits or repeats are expected in all replicates: rare events are not in a sample.
 */
function skewnessOfMissed(
  weights: Float64Array | null,
  rates: { readonly shares: Float64Array; readonly factor: number; readonly from: number },
  { n, replicates }: { n: number; replicates: number },
): number {
  const { shares, factor, from } = rates;
  let [second, third, misses, hits, tokens] = [0, 0, 0, 0, 0];
  for (let i = from; i < shares.length; i++) {
    const rate = factor * shares[i]!;
    const missed = rate >= 1 ? 0 : Math.exp(n * Math.log1p(-rate));
    const weight = weights === null ? 1 : weights[i]!;
    const spread = missed * (1 - missed);
    second += weight ** 2 * spread;
    third += weight ** 3 * spread * (1 - 2 * missed);
    misses += missed;
    hits += 1 - missed;
    tokens += n * rate;
  }
  const isWhole = factor === 1 && from === 0;
  const rarest = Math.min(misses, hits, isWhole ? tokens - hits : hits) * replicates;
  return rarest < RARE_EVENTS_MIN ? Infinity : third / second ** 1.5;
}

/** Expected events among all replicates below which their mean is too skew: 1 / sqrt(100) = 0.1. */
const RARE_EVENTS_MIN = 100;
