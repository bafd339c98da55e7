/**
 * Shares as exact fractions. 0.3 in a recipe means three tenths, not the double nearest to it, so a
 * cap is judged on integers: part x denominator against whole x numerator.
 */
import { assert } from '../schema/failure.js';

/** numerator / denominator, denominator > 0; not necessarily in lowest terms. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** The decimal that a finite non-negative number prints as, as a fraction. Exact. */
export function ratioOf(value: number): Ratio {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  assert(match !== null, `not a finite non-negative number: ${value}`);
  const fraction = match[2] ?? '';
  const exponent = Number(match[3] ?? '0') - fraction.length;
  const digits = BigInt(`${match[1]}${fraction}`);
  return exponent >= 0
    ? { numerator: digits * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-exponent) };
}

/** floor(a / b) for a >= 0, b > 0. */
export function divFloor(a: bigint, b: bigint): bigint {
  assert(a >= 0n && b > 0n, `divFloor(${a}, ${b})`);
  return a / b;
}

/** ceil(a / b) for a >= 0, b > 0. */
export function divCeil(a: bigint, b: bigint): bigint {
  assert(a >= 0n && b > 0n, `divCeil(${a}, ${b})`);
  return (a + b - 1n) / b;
}

/** A bigint as a number, asserted to be exact. */
export function exactNumber(value: bigint): number {
  const number = Number(value);
  assert(Number.isSafeInteger(number), `${value} passes 2^53`);
  return number;
}

/** floor(share x whole), the most tokens that a maximum share allows. */
export function floorShare(share: number, whole: number): number {
  const { numerator, denominator } = ratioOf(share);
  return exactNumber(divFloor(BigInt(whole) * numerator, denominator));
}

/** ceil(share x whole), the fewest tokens that keep a minimum share. */
export function ceilShare(share: number, whole: number): number {
  const { numerator, denominator } = ratioOf(share);
  return exactNumber(divCeil(BigInt(whole) * numerator, denominator));
}
