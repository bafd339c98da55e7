/**
 * Tail coverage and the critical human share, from the spectrum of counts alone (S0). Tail coverage T counts types with
 * up to 5 copies: those expected at g over those expected in all-human text of equal size,
 *
 *   T = sum N_c (1 - P_absent(c, alpha, w(c), g)) / sum N_c (1 - e^{-c}).
 *
 * P_absent with fresh human text: B1 for `replace`, B7 for the two policies that accumulate; with fixed human text:
 * `fixed-block.ts`. The mass-weighted form has c N_c for N_c and stands beside it, never in its place. At alpha = 1 T is
 * 1 or, in a pool that fresh human text flows into, more. The critical share alpha* is the least human
 * share from which on T keeps a threshold. T rises where every exponent x(alpha) = -ln P_absent(c = 1) does; the x are looked
 * over on a grid, and only below their last dip T itself is scanned. Exactness: that of the forms, c << n.
 */
import type { Scenario, Spectrum } from '../../schema/risk.js';
import { crossing } from '../../stats/crossing.js';
import {
  absentBy,
  type Line,
  type Loss,
  lossFresh,
  type TypeLine,
} from '../closed-forms/branching.js';
import { forgettingMedian, lossCorpus } from '../closed-forms/forgetting.js';
import { assertInRange, refuse, SHARE, TIME } from '../closed-forms/formula.js';
import { lossAccumulated, lossSubsampled } from '../closed-forms/pool.js';
import { fixedBlockLoss } from './fixed-block.js';

/** Types with more copies are not of the tail. */
export const TAIL_COPIES = 5;

export interface Refresh {
  readonly policy: Scenario['policy'];
  readonly human: Scenario['human'];
}

export interface TailLoop extends Refresh {
  /** Counts at the planned size; need not be whole. */
  readonly spectrum: Spectrum;
  /** w of a type with so many copies, in [0, 1]. */
  readonly suppression: (copies: number) => number;
  /** Generation g >= 1. */
  readonly generations: number;
  /** Weighs each type by its copies. */
  readonly massWeighted?: boolean;
}

/** What becomes of one copy by g under a policy; forms, domains and errors of B1, B7 and `fixed-block.ts`. */
export function lossAt(line: Line, { policy, human }: Refresh, generations: number): Loss {
  if (human === 'fixed') return fixedBlockLoss(line, policy, generations);
  if (policy === 'accumulate') return lossAccumulated({ ...line, human }, generations);
  if (policy === 'accumulate-subsample') return lossSubsampled({ ...line, human }, generations);
  return lossFresh(line, generations);
}

/** Chance that a type with c copies at g = 0 is absent at g under a policy; `copies` >= 0. Errors: `USAGE`. */
export function absentAt(type: TypeLine, refresh: Refresh, generations: number): number {
  assertInRange('S0', 'c', type.copies, { min: 0 });
  return absentBy(type.copies, lossAt(type, refresh, generations));
}

/** The tail of a spectrum, a row per count: what it weighs, and which of the distinct w it has. */
interface Tail {
  readonly copies: Float64Array;
  readonly weights: Float64Array;
  readonly curve: Uint16Array;
  readonly suppressions: readonly number[];
  /** Expected weight in all-human text of equal size. */
  readonly whole: number;
}

function tailOf({ spectrum, suppression, massWeighted }: TailLoop): Tail {
  const { counts, types } = spectrum;
  const size = tailSize(spectrum);
  const [copies, weights] = [new Float64Array(size), new Float64Array(size)];
  const curve = new Uint16Array(size);
  const suppressions: number[] = [];
  for (let i = 0, row = 0; i < counts.length; i++) {
    if (!isTail(counts[i]!, types[i]!)) continue;
    copies[row] = counts[i]!;
    weights[row] = types[i]! * (massWeighted === true ? counts[i]! : 1);
    curve[row++] = codeOf(suppressions, suppression(counts[i]!));
  }
  const whole = coverageSum(copies, weights, curve, new Float64Array(suppressions.length).fill(1));
  if (whole === 0) refuse('S0', 'spectrum', `types with up to ${TAIL_COPIES} copies`, 'none');
  return { copies, weights, curve, suppressions, whole };
}

/** Place of w among the distinct ones, of which there are as many as bins of the curve. */
function codeOf(suppressions: number[], w: number): number {
  const code = suppressions.indexOf(w);
  if (code !== -1) return code;
  assertInRange('S0', 'w', w, SHARE);
  return suppressions.push(w) - 1;
}

function tailSize({ counts, types }: Spectrum): number {
  let size = 0;
  for (let i = 0; i < counts.length; i++) if (isTail(counts[i]!, types[i]!)) size++;
  return size;
}

function isTail(copies: number, types: number): boolean {
  return copies > 0 && copies <= TAIL_COPIES && types > 0;
}

/** Sum of weights (1 - e^{-c x}); x by w. */
function coverageSum(
  copies: Float64Array,
  weights: Float64Array,
  curve: Uint16Array,
  exponents: Float64Array,
): number {
  let sum = 0;
  for (let i = 0; i < copies.length; i++) {
    sum -= weights[i]! * Math.expm1(-copies[i]! * exponents[curve[i]!]!);
  }
  return sum;
}

/** x by w: every P_absent is e^{-c x}, x the same for all types of one w. */
function exponentsAt(tail: Tail, loop: TailLoop, humanShare: number): Float64Array {
  return Float64Array.from(tail.suppressions, (suppression) => {
    const { log, newcomers } = lossAt({ humanShare, suppression }, loop, loop.generations);
    return newcomers - log;
  });
}

/** T at a human share. */
function coverageAt(tail: Tail, loop: TailLoop, humanShare: number): number {
  const exponents = exponentsAt(tail, loop, humanShare);
  return coverageSum(tail.copies, tail.weights, tail.curve, exponents) / tail.whole;
}

function assertLoop({ generations }: TailLoop): void {
  assertInRange('S0', 'g', generations, { ...TIME, min: 1 });
}

/**
 * Tail coverage T at a human share; see the header.
 *
 * `humanShare` alpha in [0, 1], `generations` g >= 1, w in [0, 1]. Result: a ratio, at most 1 for fresh human text.
 * Cost: rows of the tail + g times the distinct w. Errors: `USAGE` out of range or for a spectrum without a tail.
 */
export function tailCoverage(loop: TailLoop & { readonly humanShare: number }): number {
  assertLoop(loop);
  assertInRange('S0', 'alpha', loop.humanShare, SHARE);
  return coverageAt(tailOf(loop), loop, loop.humanShare);
}

/** Steps of the grid on which dips are looked for. */
const GRID = 200;
/** Width of the bracket that is left. */
const WIDTH = 1e-12;
/** Rounding of T: at alpha = 1 it is 1 to the last digits, and a threshold of 1 is kept there. */
const ROUNDING = 1e-12;

/** Grid step above which no exponent falls: T rises from there on. 0 where none falls at all. */
function lastDip(tail: Tail, loop: TailLoop): number {
  let after = exponentsAt(tail, loop, 1);
  for (let step = GRID - 1; step >= 0; step--) {
    const before = exponentsAt(tail, loop, step / GRID);
    if (before.some((x, i) => x > after[i]! * (1 + ROUNDING))) return step + 1;
    after = before;
  }
  return 0;
}

/**
 * Critical human share alpha*: the least alpha in [0, 1] from which on T >= threshold.
 *
 * `threshold` in (0, 1]; the rest as `tailCoverage`. 0 where T keeps it without human text. Error: 1e-12, given that
 * no dip of T is narrower than 1/200. Cost: about 12 coverages where T rises, and 200 times the distinct w times g.
 * Errors: `USAGE`.
 */
export function criticalShare(loop: TailLoop & { readonly threshold: number }): number {
  assertLoop(loop);
  assertInRange('S0', 'threshold', loop.threshold, { above: 0, max: 1 });
  const tail = tailOf(loop);
  const least = loop.threshold * (1 - ROUNDING);
  const over = (share: number) => coverageAt(tail, loop, share) - least;
  if (over(1) < 0) return 1;
  let step = lastDip(tail, loop);
  if (over(step / GRID) < 0) return crossing(over, { low: step / GRID, high: 1, width: WIDTH });
  while (step > 0 && over((step - 1) / GRID) >= 0) step--;
  const bracket = { low: (step - 1) / GRID, high: step / GRID, width: WIDTH };
  return step === 0 ? 0 : crossing(over, bracket);
}

/**
 * Generations until half of the types with so many copies are absent; null where that never comes.
 *
 * B2 for `replace` with fresh text. In a pool only the planned mix itself (g = 1) can lack them. Elsewhere absence rises
 * with g, and null says that it does not come to one half by `limit`; cost there: about 12 `limit`. Errors: `USAGE`.
 */
export function halfLife(line: TypeLine & Refresh, limit = 1000): number | null {
  if (line.policy === 'replace' && line.human === 'fresh') return forgettingMedian(line);
  const isHalf = (g: number) => absentAt(line, line, g) >= 0.5;
  let high = line.policy === 'accumulate' ? 1 : limit;
  if (!isHalf(high)) return null;
  for (let low = 0; high - low > 1; ) {
    const middle = (low + high) >> 1;
    if (isHalf(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Size of the human corpus that would hold as many rare types as the training set of g, over the planned size (B3).
 *
 * `generations` g >= 1; the rest as B1. At w = 0 and replace it is alpha; an accumulated pool passes 1 as human text
 * comes in. Errors: `USAGE`.
 */
export function effectiveCorpus(line: Line & Refresh, generations: number): number {
  assertInRange('B3', 'g', generations, { ...TIME, min: 1 });
  return lossCorpus(lossAt(line, line, generations));
}
