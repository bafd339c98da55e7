/** What a grant costs: exact decimals, whole tokens, one rounding at the end. */

import { assert } from '../schema/failure.js';
import type { Fee } from '../schema/grant.js';
import { decimal, isLess, plus, product, roundHalfUp, times, ZERO } from './decimal.js';

/** What the grant's meter counted. */
export interface Metered {
  readonly tokens: number;
  readonly documents: number;
  /** May be fractional; a pass begun is a pass owed. */
  readonly epochs: number;
}

/** Currencies whose smallest unit is not a hundredth (ISO 4217). */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BHD: 3,
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  RWF: 0,
  TND: 3,
  UGX: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

/** Digits after the point of a currency's smallest unit. */
export function minorDigits(currency: string): number {
  return MINOR_DIGITS[currency] ?? 2;
}

/** An amount as written, in minor units, rounded half up. */
export function minorUnits(amount: string, currency: string): number {
  return safe(roundHalfUp(decimal(amount), minorDigits(currency)));
}

/** Another currency, and units of it for one of the fee's: a decimal as written. */
export interface Conversion {
  readonly currency: string;
  readonly rate: string;
}

/** Minor units as a recipe writes them: `1212000, USD` -> `12120.00`. Done on digits, never on floats. */
export function moneyText(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(minor).padStart(digits + 1, '0');
  const major = text.slice(0, text.length - digits);
  return digits === 0 ? major : `${major}.${text.slice(-digits)}`;
}

/**
 * Fee in minor units: fixed + per token + per document + per pass begun; then the minimum, then the
 * cap, then the rate into another currency, then one rounding, half up, in the currency that is paid.
 * Nothing used costs nothing.
 */
export function feeOf(
  fee: Fee,
  { tokens, documents, epochs }: Metered,
  into: Conversion | null = null,
): number {
  assert(Number.isSafeInteger(tokens) && tokens >= 0, `tokens ${tokens}`);
  assert(Number.isSafeInteger(documents) && documents >= 0, `documents ${documents}`);
  assert(Number.isFinite(epochs) && epochs >= 0, `epochs ${epochs}`);
  if (tokens === 0 && documents === 0) return 0;
  const items: [string | null, number][] = [
    [fee.fixed, 1],
    [fee.perToken, tokens],
    [fee.perDocument, documents],
    [fee.perEpoch, Math.ceil(epochs)],
  ];
  let total = ZERO;
  for (const [price, count] of items) {
    if (price !== null) total = plus(total, times(decimal(price), count));
  }
  if (fee.minimum !== null && isLess(total, decimal(fee.minimum))) total = decimal(fee.minimum);
  if (fee.cap !== null && isLess(decimal(fee.cap), total)) total = decimal(fee.cap);
  if (into === null) return safe(roundHalfUp(total, minorDigits(fee.currency)));
  return safe(roundHalfUp(product(total, decimal(into.rate)), minorDigits(into.currency)));
}

function safe(units: bigint): number {
  assert(units <= BigInt(Number.MAX_SAFE_INTEGER), `${units} minor units pass 2^53`);
  return Number(units);
}
