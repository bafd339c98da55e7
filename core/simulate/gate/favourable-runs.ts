/**
 * Runs whose outer draws are kindest. P(collapse) mixes what nobody knows (alpha, w) with chance (drift). A large P
 * from wide labels says that little is known, not that the mix collapses; so the lower bound of P, on which
 * a FAIL rests, is that of the fifth of the runs with the highest tail coverage by the closed forms at their own
 * alpha and w. It is read off the draws alone, never off what the run did.
 */
import type { DomainMix } from '../../schema/risk.js';
import { type CriticalInputs, coverageUntil } from './critical-estimate.js';
import { outerCurve, outerShare } from './outer-draw.js';
import { curveAt, type Suppression } from './suppression.js';

const KINDEST_PART = 5;

export interface OuterDraws {
  readonly mix: DomainMix;
  readonly known: Suppression;
  readonly inputs: CriticalInputs;
  readonly seed: number;
  /** Numbers of the runs, by position. */
  readonly runs: readonly number[];
}

/** Positions of the kindest fifth of the runs, at least one; all of them where the draws are alike. */
export function favourableRuns({ mix, known, inputs, seed, runs }: OuterDraws): Set<number> {
  const scenario = { humanShare: mix.humanShare.point };
  const scored = runs.map((run, at) => {
    const curve = outerCurve(known, { seed, domain: mix.domain, run });
    const own = { ...inputs, suppression: curveAt(curve, known) };
    return { at, coverage: coverageUntil(own, outerShare(mix, scenario, run)) };
  });
  const sorted = scored.sort((a, b) => b.coverage - a.coverage || a.at - b.at);
  const isAlike = sorted.length < 2 || sorted[0]!.coverage - sorted.at(-1)!.coverage < ALIKE;
  const count = isAlike ? sorted.length : Math.ceil(sorted.length / KINDEST_PART);
  return new Set(sorted.slice(0, count).map(({ at }) => at));
}

/** Coverages nearer than this are one. */
const ALIKE = 1e-9;
