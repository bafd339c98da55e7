/**
 * Shares and ratios as plain decimals: no exponent (YAML 1.1 reads `1e-07` as text), always with a
 * point (so that no reader takes a weight for a whole number), and shares that sum to exactly 1.
 */
import { divCeil, ratioOf } from '../../plan/rational.js';
import { assert } from '../../schema/failure.js';

/** 15 decimals: a share of 10^15 tokens is exact to the token, and a double keeps every digit. */
export const SHARE_DECIMALS = 15;
const UNITS = 10n ** BigInt(SHARE_DECIMALS);
/** Decimals of passes over a text. */
const RATIO_DECIMALS = 12;

/**
 * Shares of weights that sum to exactly 1: floors of weight / sum in units of 10^-15, then one unit
 * more for the largest remainders (of equal ones, the first). A weight above 0 never becomes 0: tools refuse
 * such a share, and a stratum would be rounded away. A unit that it gets is the largest share's.
 * `weights`: integers >= 0 with a sum above 0, at most 10^15 of them.
 */
export function decimalShares(weights: readonly bigint[]): string[] {
  return shareUnits(weights).map((units) => unitsText(units, SHARE_DECIMALS));
}

function shareUnits(weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((total, weight) => total + weight, 0n);
  assert(sum > 0n && weights.every((weight) => weight >= 0n), 'shares of weights without a sum');
  const units = weights.map((weight) => (weight * UNITS) / sum);
  const rest = UNITS - units.reduce((total, unit) => total + unit, 0n);
  const remainder = (i: number) => (weights[i]! * UNITS) % sum;
  const order = weights
    .map((_, i) => i)
    .sort((a, b) => compare(remainder(b), remainder(a)) || a - b);
  for (const i of order.slice(0, Number(rest))) units[i]! += 1n;
  const largest = units.reduce((best, unit, i) => (unit > units[best]! ? i : best), 0);
  for (const [i, weight] of weights.entries()) {
    if (weight === 0n || units[i]! > 0n) continue;
    units[i] = 1n;
    units[largest]! -= 1n;
  }
  return units;
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** numerator / denominator, rounded to the nearest of 12 decimals. */
export function decimalRatio(numerator: number, denominator: number): string {
  const [top, bottom] = [BigInt(numerator), BigInt(denominator)];
  const scaled = top * 10n ** BigInt(RATIO_DECIMALS) * 2n + bottom;
  return unitsText(scaled / (bottom * 2n), RATIO_DECIMALS);
}

/** The same, rounded up: a tool that cuts ratio x denominator to a whole number gets the numerator. */
export function decimalRatioUp(numerator: number, denominator: number): string {
  const scaled = BigInt(numerator) * 10n ** BigInt(RATIO_DECIMALS);
  return unitsText(divCeil(scaled, BigInt(denominator)), RATIO_DECIMALS);
}

/** A number as the decimal that it prints as, without an exponent; null stays null. */
export function plainDecimal(value: number): string {
  const { numerator, denominator } = ratioOf(Math.abs(value));
  const sign = value < 0 ? '-' : '';
  return `${sign}${unitsText(numerator, denominator.toString().length - 1)}`;
}

/** Integers in the exact proportion of the decimals that finite numbers >= 0 print as: value x scale. */
export function integersOf(values: readonly number[]): { integers: bigint[]; scale: bigint } {
  const ratios = values.map(ratioOf);
  let scale = 1n;
  // Denominators are powers of ten, so the largest is a multiple of each.
  for (const { denominator } of ratios) if (denominator > scale) scale = denominator;
  const integers = ratios.map(({ numerator, denominator: d }) => numerator * (scale / d));
  return { integers, scale };
}

/** Sum of the decimals that finite numbers >= 0 print as, exact. */
export function decimalSum(values: readonly number[]): string {
  const { integers, scale } = integersOf(values);
  const sum = integers.reduce((total, integer) => total + integer, 0n);
  return unitsText(sum, scale.toString().length - 1);
}

function unitsText(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${whole}.${fraction === '' ? '0' : fraction}`;
}
