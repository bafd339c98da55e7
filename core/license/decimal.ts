/** Exact decimals for money: an integer of units of 10^-scale. Written text in, no float between. */

export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { units: 0n, scale: 0 };

/** `12000.50`, `0`, `.5` is refused: digits, optionally a point and digits. */
export function decimal(text: string): Decimal {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw new TypeError(`not a decimal amount: ${text}`);
  const fraction = match[2] ?? '';
  return { units: BigInt(`${match[1]}${fraction}`), scale: fraction.length };
}

function toScale(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}

export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: toScale(a, scale) + toScale(b, scale), scale };
}

/** Times a whole number. */
export function times(value: Decimal, count: number): Decimal {
  return { units: value.units * BigInt(count), scale: value.scale };
}

/** Exact: the scales add up. */
export function product(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

export function isLess(a: Decimal, b: Decimal): boolean {
  const scale = Math.max(a.scale, b.scale);
  return toScale(a, scale) < toScale(b, scale);
}

/** Rounded half up to `decimals`, as a whole number of the smallest unit. */
export function roundHalfUp(value: Decimal, decimals: number): bigint {
  if (value.scale <= decimals) return toScale(value, decimals);
  const divisor = 10n ** BigInt(value.scale - decimals);
  return (value.units + divisor / 2n) / divisor;
}
