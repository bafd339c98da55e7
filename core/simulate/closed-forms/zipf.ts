/**
 * Power laws of types, p_i = C i^-beta (Z1-Z3): how much a corpus misses, exactly by sums over types and by
 * Karlin's asymptotics. Mass is probability under the true law; n counts tokens.
 */
import { logGamma } from '../../stats/beta.js';
import { assertInRange, type Range, SHARE } from './formula.js';

const EXPONENT: Range = { min: 0, max: 50 };
const TYPES: Range = { min: 1, max: 50_000_000, whole: true };
const TOKENS: Range = { min: 0, max: 1e15 };
/** Exponents for which the sum over all ranks is finite and the asymptotics hold. */
const HEAVY: Range = { min: 1.01, max: 50 };

/** Shares of K types, p_i = i^-beta / sum, most frequent first. `beta` in [0, 50], `types` K in [1, 5e7]. */
export function zipfShares(types: number, beta: number): Float64Array {
  assertInRange('Z1', 'K', types, TYPES);
  assertInRange('Z1', 'beta', beta, EXPONENT);
  const shares = new Float64Array(types);
  let sum = 0;
  for (let i = types; i >= 1; i--) {
    shares[i - 1] = i ** -beta;
    sum += shares[i - 1]!;
  }
  for (let i = 0; i < types; i++) shares[i]! /= sum;
  return shares;
}

/** Ranks that are summed before the rest is integrated. */
const SUMMED = 64;

/**
 * Sum of i^-beta over i > k (k = 0: Riemann's zeta), by Euler and Maclaurin. `beta` >= 1.01. Error: relative 1e-14.
 * Source: DLMF 25.2.9.
 */
export function zipfTail(beta: number, k: number): number {
  assertInRange('Z3', 'beta', beta, HEAVY);
  assertInRange('Z3', 'k', k, { min: 0, max: 1e15, whole: true });
  const start = Math.max(k + 1, SUMMED);
  const x = start ** -beta;
  const ends = [
    1 / 12,
    -(beta + 1) * (beta + 2),
    (beta + 1) * (beta + 2) * (beta + 3) * (beta + 4),
  ];
  const corrections =
    (ends[0]! + ends[1]! / (720 * start ** 2) + ends[2]! / (30_240 * start ** 4)) / start;
  let sum = (x * start) / (beta - 1) + x / 2 + beta * x * corrections;
  for (let i = start - 1; i > k; i--) sum += i ** -beta;
  return sum;
}

/** C of p_i = C i^-beta: over K types, or over all ranks where `types` is null (beta >= 1.01). */
export function zipfConstant(beta: number, types: number | null): number {
  if (types === null) return 1 / zipfTail(beta, 0);
  assertInRange('Z1', 'K', types, TYPES);
  assertInRange('Z1', 'beta', beta, EXPONENT);
  let sum = 0;
  for (let i = types; i >= 1; i--) sum += i ** -beta;
  return 1 / sum;
}

export interface ZipfLaw {
  readonly beta: number;
  /** K; null: all ranks. */
  readonly types: number | null;
}

function karlin({ beta, types }: ZipfLaw, n: number): [gamma: number, scale: number] {
  assertInRange('Z1', 'beta', beta, HEAVY);
  assertInRange('Z1', 'n', n, { ...TOKENS, min: 1 });
  const constant = zipfConstant(beta, types);
  return [Math.exp(logGamma(1 - 1 / beta)), (constant * n) ** (1 / beta)];
}

/**
 * Z1: mass that n tokens miss, about C^{1/beta} Gamma(1 - 1/beta) n^{-(1 - 1/beta)} / beta.
 *
 * `beta` >= 1.01, `n` >= 1; with K types it needs C n K^-beta << 1. A. Errors: `USAGE`. Source:
 * Karlin, J. Math. Mech. 17, 1967.
 */
export function missingMass(law: ZipfLaw, n: number): number {
  const [gamma, scale] = karlin(law, n);
  return (gamma * scale) / (law.beta * n);
}

/** Z1: distinct types in n tokens, about Gamma(1 - 1/beta) (C n)^{1/beta}. Domain, source as above. A. Errors: `USAGE`. */
export function distinctTypes(law: ZipfLaw, n: number): number {
  const [gamma, scale] = karlin(law, n);
  return gamma * scale;
}

/** (1 - p)^n without loss at small p. */
function missed(share: number, n: number): number {
  return share >= 1 ? (n === 0 ? 1 : 0) : Math.exp(n * Math.log1p(-share));
}

/** Expected mass that n independent tokens miss: sum of p (1 - p)^n. E for any law. `n` >= 0. Errors: `USAGE`. */
export function missingMassOf(shares: ArrayLike<number>, n: number): number {
  assertInRange('Z1', 'n', n, TOKENS);
  let sum = 0;
  for (let i = shares.length - 1; i >= 0; i--) sum += shares[i]! * missed(shares[i]!, n);
  return sum;
}

/** Expected number of distinct types in n independent tokens: sum of 1 - (1 - p)^n. E for any law. Errors: `USAGE`. */
export function distinctTypesOf(shares: ArrayLike<number>, n: number): number {
  assertInRange('Z1', 'n', n, TOKENS);
  let sum = 0;
  for (let i = shares.length - 1; i >= 0; i--) {
    const share = shares[i]!;
    sum -= share >= 1 ? (n === 0 ? 0 : -1) : Math.expm1(n * Math.log1p(-share));
  }
  return sum;
}

/**
 * Z2: true mass that the corpus of g misses where each generation has n tokens, sum of p exp(-n p T_eff / T_0).
 *
 * `effectiveCorpus` T_eff / T_0 >= 0: B3, which is 1 - f_g without human text. A, Poisson counts. Errors: `USAGE`.
 */
export function missingMassAfter(
  shares: ArrayLike<number>,
  n: number,
  effectiveCorpus: number,
): number {
  assertInRange('Z2', 'n', n, TOKENS);
  assertInRange('Z2', 'T_eff / T_0', effectiveCorpus, { min: 0 });
  let sum = 0;
  for (let i = shares.length - 1; i >= 0; i--) {
    sum += shares[i]! * Math.exp(-n * shares[i]! * effectiveCorpus);
  }
  return sum;
}

/** Z3: mass above rank k over all ranks, C sum_{i>k} i^-beta: what a cut there loses for ever. E. Errors: `USAGE`. */
export function cutFloor(beta: number, k: number): number {
  return zipfTail(beta, k) / zipfTail(beta, 0);
}

/** Z3: the same, about C k^{1 - beta} / (beta - 1). `k` >= 1. A. Errors: `USAGE`. Source: Dohmatob et al. 2024, ICML. */
export function cutFloorApproximation(beta: number, k: number): number {
  assertInRange('Z3', 'k', k, { min: 1, max: 1e15 });
  return k ** (1 - beta) / (beta - 1) / zipfTail(beta, 0);
}

/**
 * Z3: mass that is missing where types above rank k are in human tokens alone: a share alpha of n tokens acts as alpha n.
 *
 * sum_{i<=k} p (1-p)^n + sum_{i>k} p (1-p)^{alpha n}. `humanShare` in [0, 1], `k` >= 0 ranks. A. Errors: `USAGE`.
 */
export function missingMassCut(
  shares: ArrayLike<number>,
  cut: { readonly n: number; readonly k: number; readonly humanShare: number },
): number {
  const { n, k, humanShare } = cut;
  assertInRange('Z3', 'n', n, TOKENS);
  assertInRange('Z3', 'k', k, { min: 0, whole: true });
  assertInRange('Z3', 'alpha', humanShare, SHARE);
  let sum = 0;
  for (let i = shares.length - 1; i >= 0; i--) {
    sum += shares[i]! * missed(shares[i]!, i < k ? n : humanShare * n);
  }
  return sum;
}
