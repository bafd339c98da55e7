/**
 * Decoders as maps of a law of types (D1-D3): temperature, top-p, and the fixed point of mixing with human text. One
 * generation: p_{g+1} = alpha p_0 + b decode(p_g), a deterministic map without sampling noise. Shares sum to 1, in any order.
 */
import { assertInRange, type Range, refuse, SHARE, TIME } from './formula.js';

export interface Decoder {
  /** tau > 0: shares to the power 1/tau; 1 changes nothing. */
  readonly temperature: number;
  /** The smallest head of mass >= p, in (0, 1]; 1 keeps all. Applied after the temperature. */
  readonly topP: number;
}

const TEMPERATURE: Range = { min: 0.01, max: 100 };

/** D1: exponent of a power law after g generations at temperature tau and no human text, beta tau^-g. E. Errors: `USAGE`. */
export function zipfExponentAfter(beta: number, temperature: number, generations: number): number {
  assertInRange('D1', 'beta', beta, { min: 0 });
  assertInRange('D1', 'tau', temperature, TEMPERATURE);
  assertInRange('D1', 'g', generations, TIME);
  return beta * temperature ** -generations;
}

/** D1: factor of the log-odds of any two types after g generations, tau^-g. E. Errors: `USAGE`. */
export function logOddsFactor(temperature: number, generations: number): number {
  return zipfExponentAfter(1, temperature, generations);
}

/** Entropy in nats, -sum p ln p; 0 ln 0 = 0. */
export function entropyOf(shares: ArrayLike<number>): number {
  let sum = 0;
  for (let i = shares.length - 1; i >= 0; i--) {
    if (shares[i]! > 0) sum -= shares[i]! * Math.log(shares[i]!);
  }
  return sum;
}

/** D1: shares to the power 1/tau, normalised; stepped in logs from the largest, so no share overflows. E. */
export function tempered(shares: Float64Array, temperature: number): Float64Array {
  assertInRange('D1', 'tau', temperature, TEMPERATURE);
  const powers = new Float64Array(shares.length);
  let largest = 0;
  for (let i = 0; i < shares.length; i++) largest = Math.max(largest, shares[i]!);
  for (let i = 0; i < shares.length; i++) {
    powers[i] = shares[i]! > 0 ? Math.exp(Math.log(shares[i]! / largest) / temperature) : 0;
  }
  return normalised(powers);
}

/** In place. Laws mostly descend, so the sum runs from the last: small shares before large ones. */
function normalised(values: Float64Array): Float64Array {
  let sum = 0;
  for (let i = values.length - 1; i >= 0; i--) sum += values[i]!;
  for (let i = 0; i < values.length; i++) values[i]! /= sum;
  return values;
}

/** Rounding of a running sum: a head whose mass is p up to this is whole. */
const MASS_ROUNDING = 1e-12;

/**
 * D2: the smallest head of mass >= p, normalised; the others 0. Ties go by position, first first. E.
 *
 * `topP` in (0, 1]. Errors: `USAGE`. Source of the decoder: Holtzman et al. 2020, ICLR.
 */
export function headOf(shares: Float64Array, topP: number): Float64Array {
  assertInRange('D2', 'p', topP, { above: 0, max: 1 });
  if (topP === 1) return shares.slice();
  const order = descending(shares);
  const head = new Float64Array(shares.length);
  let mass = 0;
  for (const i of order) {
    if (mass >= topP - MASS_ROUNDING) break;
    head[i] = shares[i]!;
    mass += shares[i]!;
  }
  return normalised(head);
}

function descending(shares: Float64Array): Uint32Array {
  const order = new Uint32Array(shares.length).map((_, i) => i);
  let isSorted = true;
  for (let i = 1; i < shares.length && isSorted; i++) isSorted = shares[i]! <= shares[i - 1]!;
  return isSorted ? order : order.sort((i, j) => shares[j]! - shares[i]! || i - j);
}

/** One text of a model that has the law `shares`: temperature, then top-p. */
export function decoded(shares: Float64Array, { temperature, topP }: Decoder): Float64Array {
  return headOf(temperature === 1 ? shares : tempered(shares, temperature), topP);
}

/**
 * Law of the corpus of g: p_{g+1} = alpha p_0 + b decode(p_g), p_0 at g = 0.
 *
 * `humanShare` alpha in [0, 1]. Exact for the map. Cost: g x types. Errors: `USAGE`.
 */
export function decodedLaw(
  law: Float64Array,
  decoder: Decoder & { readonly humanShare: number },
  generations: number,
): Float64Array {
  assertInRange('D3', 'alpha', decoder.humanShare, SHARE);
  assertInRange('D3', 'g', generations, TIME);
  let shares = Float64Array.from(law);
  for (let g = 0; g < generations; g++)
    shares = mixed(law, decoded(shares, decoder), decoder.humanShare);
  return shares;
}

function mixed(law: Float64Array, text: Float64Array, humanShare: number) {
  const out = new Float64Array(law.length);
  for (let i = 0; i < out.length; i++) out[i] = humanShare * law[i]! + (1 - humanShare) * text[i]!;
  return out;
}

/** Largest change of a share. */
function changeOf(before: Float64Array, after: Float64Array): number {
  let most = 0;
  for (let i = 0; i < after.length; i++) most = Math.max(most, Math.abs(after[i]! - before[i]!));
  return most;
}

/** D2: true mass of the types that p_g still has, no human text: at least p^g, and nearly that. */
export function keptMass(law: Float64Array, shares: Float64Array): number {
  let sum = 0;
  for (let i = law.length - 1; i >= 0; i--) if (shares[i]! > 0) sum += law[i]!;
  return sum;
}

/** D2: lower bound of the true mass that is kept after g generations, p^g. B. Errors: `USAGE`. */
export function keptMassBound(topP: number, generations: number): number {
  assertInRange('D2', 'p', topP, { above: 0, max: 1 });
  assertInRange('D2', 'g', generations, TIME);
  return topP ** generations;
}

/** Generations after which a law that still moves is refused. */
const FIXED_POINT_LIMIT = 10_000;
const FIXED_POINT_CHANGE = 1e-15;

/**
 * D3: fixed point of p = alpha p_0 + b decode(p), reached from p_0; a type that every text cuts has the share alpha p_0.
 *
 * `humanShare` alpha in (0, 1]. Error: the largest change of a step is under 1e-15. E. Errors: `USAGE`, also where
 * the law does not settle in 1e4 generations.
 */
export function decodedFixedPoint(
  law: Float64Array,
  decoder: Decoder & { readonly humanShare: number },
): Float64Array {
  assertInRange('D3', 'alpha', decoder.humanShare, { above: 0, max: 1 });
  let shares = Float64Array.from(law);
  for (let g = 0; g < FIXED_POINT_LIMIT; g++) {
    const next = mixed(law, decoded(shares, decoder), decoder.humanShare);
    const change = changeOf(shares, next);
    shares = next;
    if (change < FIXED_POINT_CHANGE) return shares;
  }
  return refuse('D3', 'alpha', 'large enough for the law to settle', String(decoder.humanShare));
}

/** Share of the type at `rank` (from 1) over its true share. */
export function tailRatio(law: Float64Array, shares: Float64Array, rank: number): number {
  assertInRange('D3', 'rank', rank, { min: 1, max: law.length, whole: true });
  return shares[rank - 1]! / law[rank - 1]!;
}
