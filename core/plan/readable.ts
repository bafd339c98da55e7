/** Limits that people write: four significant digits, rounded to the side that frees more. */
import { assert } from '../schema/failure.js';

const DIGITS = 4;
/** Relative noise of a solver's number: what lies this near to a readable number is that number. */
const NOISE = 1e-7;

/** The unit of the fourth significant digit; of whole numbers at least 1. */
export function stepOf(value: number, isWhole: boolean): number {
  if (value === 0) return isWhole ? 1 : 1e-4;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value)) + 1e-12) - DIGITS + 1);
  return isWhole ? Math.max(1, step) : step;
}

/** The nearest readable number that is not below `value` (up) or not above it (down). */
export function roundOutwards(
  value: number,
  { up, isWhole }: { readonly up: boolean; readonly isWhole: boolean },
): number {
  assert(Number.isFinite(value), `a limit of ${value}`);
  if (value <= 0) return 0;
  const noise = Math.max(value * NOISE, 1e-9);
  const step = stepOf(value, isWhole);
  const steps = up ? Math.ceil((value - noise) / step) : Math.floor((value + noise) / step);
  return tidy(steps * step);
}

/** One readable number further; down to 0 at least. */
export function stepOutwards(
  value: number,
  { up, isWhole }: { readonly up: boolean; readonly isWhole: boolean },
): number {
  return tidy(Math.max(0, value + (up ? 1 : -1) * stepOf(value, isWhole)));
}

/** Without the dust of a float product. */
const tidy = (value: number) => Number(value.toPrecision(12));
