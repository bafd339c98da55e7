/**
 * Types as branching lines (B1, B4-B6, B8). A copy in the corpus of g has a Poisson number of copies in that of g + 1,
 * mean m = b w: b = 1 - alpha is the synthetic share, w the suppression (rate of the type in synthetic text over
 * its rate in human text). Exact for Poisson offspring; for a corpus of n tokens accurate while c << n.
 *
 * u_j = 1 - f_j is the chance that a line is alive after j generations: u_0 = 1, u_(j+1) = 1 - exp(-m u_j). It is
 * stepped by itself (expm1), since 1 - f_j loses its digits as f_j nears 1. Source: Harris, The Theory of
 * Branching Processes, 1963, ch. I; immigration: Heathcote, JRSS B 27, 1965.
 */
import { assertInRange, type Range, SHARE, TIME } from './formula.js';

export interface Line {
  /** Fresh or fixed human share of each generation, alpha in [0, 1]. */
  readonly humanShare: number;
  /** Rate of the type in synthetic text over its rate in human text, w >= 0. */
  readonly suppression: number;
}

export interface TypeLine extends Line {
  /** Copies at g = 0, c >= 0; need not be whole. */
  readonly copies: number;
}

export const COPIES: Range = { min: 0 };
const SUPPRESSION: Range = { min: 0, max: 1000 };

/** m = b w of a line, checked. */
export function offspring(form: string, { humanShare, suppression }: Line): number {
  assertInRange(form, 'alpha', humanShare, SHARE);
  assertInRange(form, 'w', suppression, SUPPRESSION);
  return (1 - humanShare) * suppression;
}

/** One line with offspring mean m >= 0 after g generations: alive share u_g, and u_0 + .. + u_(g-1). Cost: g steps. */
export function lineAfter(m: number, generations: number): { alive: number; sum: number } {
  let [alive, sum] = [1, 0];
  for (let j = 0; j < generations; j++) {
    sum += alive;
    alive = -Math.expm1(-m * alive);
  }
  return { alive, sum };
}

/**
 * What becomes of one copy: `log`, the logarithm of the chance that its own line is lost; `newcomers`, the expected
 * number of later human copies whose lines are alive. Types with c copies have c of both.
 */
export interface Loss {
  readonly log: number;
  readonly newcomers: number;
}

/** Chance that a type with c copies is absent: exp(c (log - newcomers)), 1 for c = 0. */
export function absentBy(copies: number, { log, newcomers }: Loss): number {
  return copies === 0 ? 1 : Math.exp(copies * (log - newcomers));
}

/** Loss by g with fresh human text, replace: log f_g and alpha (u_0 + .. + u_(g-1)). */
export function lossFresh(line: Line, generations: number): Loss {
  const m = offspring('B1', line);
  assertInRange('B1', 'g', generations, TIME);
  const { alive, sum } = lineAfter(m, generations);
  return { log: Math.log1p(-alive), newcomers: line.humanShare * sum };
}

/** Loss by g with one random human block, replace: log b f_g, no newcomers. */
export function lossFixed(line: Line, generations: number): Loss {
  const m = offspring('B6', line);
  assertInRange('B6', 'g', generations, TIME);
  const { alive } = lineAfter(m, generations);
  return { log: Math.log1p(-line.humanShare) + Math.log1p(-alive), newcomers: 0 };
}

/**
 * B1: chance that a type is absent from the corpus of g with fresh human text in each generation.
 *
 * f_g^c exp(-alpha c (u_0 + .. + u_(g-1))). `copies` c >= 0, `humanShare` alpha in [0, 1], `suppression` w >= 0,
 * `generations` g >= 0. In [0, 1]. E for Poisson offspring, A for a multinomial corpus. Errors: `USAGE`.
 */
export function absentFresh(line: TypeLine, generations: number): number {
  assertInRange('B1', 'c', line.copies, COPIES);
  return absentBy(line.copies, lossFresh(line, generations));
}

/**
 * B6: chance that a type is absent from the corpus of g where one random human block of share alpha is in
 * every generation.
 *
 * (b f_g)^c, m = b w: no copy is in the block and every line is lost. Parameters as B1. A. Errors: `USAGE`.
 */
export function absentFixed(line: TypeLine, generations: number): number {
  assertInRange('B6', 'c', line.copies, COPIES);
  return absentBy(line.copies, lossFixed(line, generations));
}

/** B6 for a type with no copy in the block: f_g^c, m = b w. Parameters as B1. A. Errors: `USAGE`. */
export function absentOutsideBlock(line: TypeLine, generations: number): number {
  const m = offspring('B6', line);
  assertInRange('B6', 'c', line.copies, COPIES);
  assertInRange('B6', 'g', generations, TIME);
  const log = Math.log1p(-lineAfter(m, generations).alive);
  return absentBy(line.copies, { log, newcomers: 0 });
}

/** Largest m whose stationary sum is stepped: about 14 / (1 - m) steps. */
const STATIONARY_M_MAX = 0.999_999;

/**
 * Sum of all u_j, j >= 0, for m < 1. Once u is small against 1 - m the rest is u / (1 - m) less its square term.
 * Error: relative 1e-10. Errors: `USAGE` above m = .999999.
 */
export function lineSum(m: number): number {
  assertInRange('B4', 'm = (1 - alpha) w', m, { min: 0, max: STATIONARY_M_MAX });
  let [alive, sum] = [1, 0];
  while (alive > 1e-5 * (1 - m)) {
    sum += alive;
    alive = -Math.expm1(-m * alive);
  }
  return sum + (alive / (1 - m)) * (1 - (m * m * alive) / (2 * (1 - m * m)));
}

/**
 * B4: chance that a type is absent in the long run with fresh human text.
 *
 * exp(-h (u_0 + u_1 + ..)), m < 1. `freshCopies` h >= 0: fresh human copies per generation, n alpha p. Limit of B1
 * at h = alpha c. E for Poisson offspring, A for a multinomial corpus. Errors: `USAGE`, also at m > .999999.
 */
export function absentStationary(line: Line & { readonly freshCopies: number }): number {
  const m = offspring('B4', line);
  assertInRange('B4', 'h', line.freshCopies, COPIES);
  return Math.exp(-line.freshCopies * lineSum(m));
}

/** (1 - m^g) / (1 - m) = 1 + m + .. + m^(g-1). */
function geometricSum(m: number, g: number): number {
  if (g === 0 || m === 0) return g === 0 ? 0 : 1;
  return m === 1 ? g : Math.expm1(g * Math.log(m)) / (m - 1);
}

/**
 * B5: mean frequency of a type at g over its human frequency, fresh or fixed human text.
 *
 * m^g + alpha (1 - m^g) / (1 - m); at w = 0 it is alpha from g = 1 on. Parameters as B1. E. Errors: `USAGE`.
 */
export function meanRatio(line: Line, generations: number): number {
  const m = offspring('B5', line);
  assertInRange('B5', 'g', generations, TIME);
  return m ** generations + line.humanShare * geometricSum(m, generations);
}

/** B5 in the long run: alpha / (1 - m), m < 1. E. Errors: `USAGE`. */
export function meanRatioLimit(line: Line): number {
  const m = offspring('B5', line);
  assertInRange('B5', 'm = (1 - alpha) w', m, { min: 0, below: 1 });
  return line.humanShare / (1 - m);
}

/**
 * B8: lower bound of the chance that a type survives g generations without human text, 1 - exp(-c / g).
 *
 * `copies` c >= 0: expected count; `generations` g >= 1; w = 1. B: B1 is never below it. Errors: `USAGE`.
 * Source: Suresh et al., AISTATS 2025.
 */
export function survivalBound(copies: number, generations: number): number {
  assertInRange('B8', 'c', copies, COPIES);
  assertInRange('B8', 'g', generations, { ...TIME, min: 1 });
  return -Math.expm1(-copies / generations);
}
