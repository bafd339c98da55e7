/**
 * How long a type lasts (B2) and what size of human corpus would hold as many rare types (B3). Lines as in
 * `branching.ts`.
 */
import {
  absentBy,
  COPIES,
  type Line,
  type Loss,
  lineSum,
  lossFixed,
  lossFresh,
  offspring,
  type TypeLine,
} from './branching.js';
import { assertInRange, SHARE } from './formula.js';

/** Copies up to which the half-life is stepped: 2 c / ln 2 steps. */
const STEPPED_COPIES_MAX = 1_000_000;

/**
 * B2: half-life of a type, the first g at which it is absent with chance 1/2 or more.
 *
 * First g with B1 (fresh) or B6 (fixed) >= 1/2; null where that never happens. `copies` in [0, 1e6] is stepped
 * exactly; above that 2 c / ln 2 at alpha = 0, w = 1 (relative error under 1e-5), refused otherwise.
 * Parameters as B1, w <= 1. E for Poisson offspring. Errors: `USAGE`.
 */
export function forgettingMedian(
  line: TypeLine & { readonly human?: 'fresh' | 'fixed' },
): number | null {
  const m = offspring('B2', line);
  assertInRange('B2', 'w', line.suppression, SHARE);
  assertInRange('B2', 'c', line.copies, COPIES);
  if (m === 1 && line.copies > STEPPED_COPIES_MAX)
    return Math.ceil(forgettingMedianLimit(line.copies));
  assertInRange('B2', 'c', line.copies, { min: 0, max: STEPPED_COPIES_MAX });
  const isFixed = line.human === 'fixed';
  if (line.humanShare > 0 && longRunAbsence(line, m, isFixed) < 0.5) return null;
  return firstHalf(line, m, isFixed);
}

function longRunAbsence({ copies, humanShare }: TypeLine, m: number, isFixed: boolean): number {
  if (isFixed) return copies === 0 ? 1 : Math.exp(copies * Math.log1p(-humanShare));
  return Math.exp(-humanShare * copies * lineSum(m));
}

/** Below this no line is alive to any digit. */
const SETTLED = 1e-300;

function firstHalf({ copies, humanShare }: TypeLine, m: number, isFixed: boolean): number | null {
  const block = isFixed ? Math.log1p(-humanShare) : 0;
  let [alive, sum] = [1, 0];
  for (let g = 0; ; g++) {
    const newcomers = isFixed ? 0 : humanShare * sum;
    if (absentBy(copies, { log: block + Math.log1p(-alive), newcomers }) >= 0.5) return g;
    if (alive < SETTLED) return null;
    sum += alive;
    alive = -Math.expm1(-m * alive);
  }
}

/** B2, large c at alpha = 0, w = 1: about 2 c / ln 2. A. `copies` c >= 0. */
export function forgettingMedianLimit(copies: number): number {
  assertInRange('B2', 'c', copies, COPIES);
  return (2 * copies) / Math.LN2;
}

/**
 * B3: size of the human corpus that would hold as many rare types as the corpus of g, over the size at g = 0.
 *
 * 1 - e^log + newcomers of a loss: a type with c copies expected at g = 0 is absent at g with chance exp(-c T_eff / T_0).
 * Fresh: 1 - f_g + alpha (u_0 + .. + u_(g-1)), which is 1 - f_g at alpha = 0 and alpha at w = 0; fixed: 1 - b f_g. In [0, 1] for
 * replace and w <= 1; a pool passes 1 as human text comes in. E for Poisson counts.
 */
export function lossCorpus({ log, newcomers }: Loss): number {
  return newcomers - Math.expm1(log);
}

/** B3 under replace, at g >= 0: `lossCorpus` of B1 (fresh) or of B6 (fixed). Parameters as B1. Errors: `USAGE`. */
export function effectiveCorpusRatio(
  line: Line & { readonly human?: 'fresh' | 'fixed' },
  generations: number,
): number {
  const loss = line.human === 'fixed' ? lossFixed : lossFresh;
  return lossCorpus(loss(line, generations));
}
