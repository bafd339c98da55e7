/**
 * What a closed form is: its id, what it says, where it holds and who found it; and the one guard of all of
 * them. A value outside a form's domain is a `USAGE` failure that names the form, the parameter and the range;
 * no form answers outside its domain.
 */
import { Failure } from '../../schema/failure.js';
import type { TheoryKind } from '../model.js';

export interface Formula {
  /** Id in the method notes, such as G1. */
  readonly id: string;
  readonly says: string;
  /** In plain characters, symbols as in the docstrings of the file. */
  readonly formula: string;
  /** Where it holds, in one sentence. */
  readonly validity: string;
  readonly kind: TheoryKind;
  readonly source: string;
}

/** Ends are included unless they stand in `above` or `below`. */
export interface Range {
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
  readonly below?: number;
  readonly whole?: boolean;
}

export const SHARE: Range = { min: 0, max: 1 };
/** Refits t or generations g: the recursions step through each of them. */
export const TIME: Range = { min: 0, max: 10_000_000, whole: true };

function inRange(value: number, { min, above, max, below, whole }: Range): boolean {
  if (!Number.isFinite(value) || (whole === true && !Number.isSafeInteger(value))) return false;
  if (min !== undefined && value < min) return false;
  if (above !== undefined && value <= above) return false;
  if (max !== undefined && value > max) return false;
  return below === undefined || value < below;
}

function describeRange({ min, above, max, below, whole }: Range): string {
  const low = min !== undefined ? `[${min}` : above !== undefined ? `(${above}` : '(-infinity';
  const high = max !== undefined ? `${max}]` : below !== undefined ? `${below})` : 'infinity)';
  return `a ${whole === true ? 'whole ' : ''}number in ${low}, ${high}`;
}

/** Refuses a value outside the domain of a form. */
export function assertInRange(form: string, name: string, value: number, range: Range): void {
  if (!inRange(value, range)) refuse(form, name, describeRange(range), String(value));
}

/** The failure of a parameter that a form has no answer for. */
export function refuse(form: string, name: string, expected: string, found: string): never {
  throw new Failure('USAGE', {
    subject: `closed form ${form}`,
    expected: `${name} to be ${expected}`,
    found,
    where: name,
    remedy: `give ${name} inside the domain of the formula`,
  });
}

/**
 * Human share that a quota draw really has: round(alpha n) / n.
 *
 * `n`: size of a generation, at least 1; `alpha`: share in [0, 1]. Errors: `USAGE` where alpha > 0 rounds to no
 * human sample at all.
 */
export function quotaShare(n: number, alpha: number): number {
  assertInRange('quota', 'n', n, { min: 1, whole: true });
  assertInRange('quota', 'alpha', alpha, SHARE);
  const quota = Math.round(alpha * n);
  if (alpha > 0 && quota === 0) {
    refuse('quota', 'alpha', `0 or large enough for a human sample of ${n}`, String(alpha));
  }
  return quota / n;
}
