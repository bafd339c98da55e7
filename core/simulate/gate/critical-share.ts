/**
 * Tail coverage and the critical human share, from the spectrum of counts alone (S0). Tail coverage T counts types with
 * up to 5 copies: those expected at g over those expected in all-human text of equal size,
 *
 *   T = sum N_c (1 - P_absent(c, alpha, w(c), g)) / sum N_c (1 - e^{-c}).
 *
 * P_absent: B1 (fresh) or a fixed set for `replace`, B7 for the two policies that accumulate. The mass-weighted form
 * has c N_c for N_c and stands beside it, never in its place. Fixed human text is one draw of the human law
 * (`fixed-block.ts`), so T does not pass 1 under `replace`. The critical share alpha* is the least human
 * share from which on T keeps a threshold: by bisection where T rises with alpha (fresh), by a scan of a grid from 1
 * down and a bisection of the last step where that is not proven. Exactness: that of the forms, c << n.
 */
import type { Scenario, Spectrum } from '../../schema/risk.js';
import { absentFresh } from '../closed-forms/branching.js';
import { effectiveCorpusRatio, forgettingMedian } from '../closed-forms/forgetting.js';
import { assertInRange, refuse, SHARE, TIME } from '../closed-forms/formula.js';
import { absentAccumulated, absentSubsampled } from '../closed-forms/pool.js';
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

export interface TypeAt {
  readonly copies: number;
  readonly humanShare: number;
  readonly suppression: number;
}

/** Chance that a type is absent at g under a policy; forms, domains and errors of B1, B6, B7. */
export function absentAt(line: TypeAt, { policy, human }: Refresh, generations: number): number {
  if (human === 'fixed') {
    const { log, newcomers } = fixedBlockLoss(line, policy, generations);
    return line.copies === 0 ? 1 : Math.exp(line.copies * (log - newcomers));
  }
  if (policy === 'accumulate') return absentAccumulated({ ...line, human }, generations);
  if (policy === 'accumulate-subsample') return absentSubsampled({ ...line, human }, generations);
  return absentFresh(line, generations);
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
  const rows = [...spectrum.counts.keys()].filter((i) => isTail(spectrum, i));
  const copies = Float64Array.from(rows, (i) => spectrum.counts[i]!);
  const weights = Float64Array.from(
    rows,
    (i) => spectrum.types[i]! * (massWeighted === true ? spectrum.counts[i]! : 1),
  );
  const codes = new Map<number, number>();
  const curve = Uint16Array.from(copies, (c) => {
    const w = suppression(c);
    assertInRange('S0', 'w', w, SHARE);
    if (!codes.has(w)) codes.set(w, codes.size);
    return codes.get(w)!;
  });
  const whole = coverageSum(copies, weights, curve, new Float64Array(codes.size).fill(1));
  if (whole === 0) refuse('S0', 'spectrum', `types with up to ${TAIL_COPIES} copies`, 'none');
  return { copies, weights, curve, suppressions: [...codes.keys()], whole };
}

function isTail({ counts, types }: Spectrum, i: number): boolean {
  return counts[i]! > 0 && counts[i]! <= TAIL_COPIES && types[i]! > 0;
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

/** T at a human share. Every P_absent is e^{-c x}, x the same for all types of one w. */
function coverageAt(tail: Tail, loop: TailLoop, humanShare: number): number {
  const exponents = Float64Array.from(
    tail.suppressions,
    (suppression) =>
      -Math.log(absentAt({ copies: 1, humanShare, suppression }, loop, loop.generations)),
  );
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

/** Steps of the grid that is scanned where T is not proven to rise with alpha. */
const GRID = 200;
/** Halvings of a bracket: the result is exact to 2^-40 of it. */
const HALVINGS = 40;

/** Least share of (low, high] that keeps, given that low does not and high does. */
function bisect(keeps: (share: number) => boolean, low: number, high: number): number {
  let [below, above] = [low, high];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (below + above) / 2;
    if (keeps(middle)) above = middle;
    else below = middle;
  }
  return above;
}

function isRising({ policy, human }: Refresh): boolean {
  return policy === 'accumulate' || (policy === 'replace' && human === 'fresh');
}

/**
 * Critical human share alpha*: the least alpha in [0, 1] from which on T >= threshold; 1 where no share keeps it, as in samples
 * of a pool that holds one fixed set many times over.
 *
 * `threshold` in (0, 1]; the rest as `tailCoverage`. 0 where T keeps it without human text. Error: 1e-12, given that
 * no dip of T is narrower than 1/200 where the grid is scanned. Cost: 40 to 240 coverages. Errors: `USAGE`.
 */
export function criticalShare(loop: TailLoop & { readonly threshold: number }): number {
  assertLoop(loop);
  assertInRange('S0', 'threshold', loop.threshold, { above: 0, max: 1 });
  const tail = tailOf(loop);
  const least = loop.threshold * (1 - ROUNDING);
  const keeps = (share: number) => coverageAt(tail, loop, share) >= least;
  if (isRising(loop)) return keeps(0) ? 0 : bisect(keeps, 0, 1);
  let step = GRID;
  while (step > 0 && keeps((step - 1) / GRID)) step--;
  return step === 0 ? 0 : bisect(keeps, (step - 1) / GRID, step / GRID);
}

/** Rounding of T: at alpha = 1 it is 1 to the last digits, and a threshold of 1 is kept there. */
const ROUNDING = 1e-12;

/**
 * Generations until half of the types with so many copies are absent; null where that never comes.
 *
 * B2 for `replace` with fresh text; in a pool only the planned mix itself (g = 1) can lack them, in its samples absence is searched
 * up to `limit` generations. Errors: `USAGE`.
 */
export function halfLife(line: TypeAt & Refresh, limit = 1000): number | null {
  if (line.policy === 'replace' && line.human === 'fresh') return forgettingMedian(line);
  const last = line.policy === 'accumulate' ? 1 : limit;
  for (let g = 1; g <= last; g++) if (absentAt(line, line, g) >= 0.5) return g;
  return null;
}

/**
 * Size of the human corpus that would hold as many rare types as the corpus of g, over the planned size (B3).
 *
 * fresh: B3 for replace; 1 - e^{-bw} + alpha g for a pool of which the planned mix is the first block, which passes 1
 * as human text comes in. fixed: 1 - e^log + newcomers of `fixed-block.ts`. Samples of a pool: -ln P_absent of one copy. g >= 1. Errors: `USAGE`.
 */
export function effectiveCorpus(
  line: Omit<TypeAt, 'copies'> & Refresh,
  generations: number,
): number {
  assertInRange('B3', 'g', generations, { ...TIME, min: 1 });
  const { humanShare, suppression, human, policy } = line;
  if (human === 'fixed') {
    const { log, newcomers } = fixedBlockLoss(line, policy, generations);
    return newcomers - Math.expm1(log);
  }
  if (policy === 'replace') return effectiveCorpusRatio(line, generations);
  const absent = absentAt({ ...line, copies: 1 }, line, generations);
  if (policy === 'accumulate-subsample') return -Math.log(absent);
  const offspring = -Math.expm1(-(1 - humanShare) * suppression);
  return offspring + humanShare * generations;
}
