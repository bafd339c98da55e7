/** Numbers of a simulation for people and for JSON. */

const DIGITS = 5;

/** Five significant digits, without an exponent between 1e-4 and 1e6. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return infinite(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) return value.toExponential(DIGITS - 1);
  const places = Math.max(0, DIGITS - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(places, 8));
}

/** z with two places; what cannot be is written out. */
export function formatZ(z: number): string {
  return Number.isFinite(z) ? z.toFixed(2) : infinite(z);
}

function infinite(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** JSON knows no infinity: it is written as the text `Infinity`, `-Infinity` or `NaN`, never as null. */
export function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : infinite(value);
}
