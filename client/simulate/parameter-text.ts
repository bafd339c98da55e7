/** A parameter in words, one way for errors, `--list` and the reference page. */
import type { Parameter } from '../../core/simulate/model.js';

/** `a number in (0, 1]`, `a whole number from 2 up`, `one of mle, unbiased`. */
export function expectedOf(parameter: Parameter): string {
  const { kind, choices } = parameter;
  if (kind === 'choice') return `one of ${(choices ?? []).join(', ')}`;
  const range = rangeOf(parameter);
  if (kind === 'text') return range === '' ? 'a text' : `ascending whole numbers ${range}`;
  const noun = kind === 'integer' ? 'a whole number' : 'a number';
  return range === '' ? noun : `${noun} ${range}`;
}

/** `in [0, 1]`, `of at least 2`, '' where there is none. */
export function rangeOf({ min, exclusiveMin = false, max }: Parameter): string {
  if (min === undefined && max === undefined) return '';
  if (min === undefined) return `of at most ${max}`;
  if (max === undefined) return exclusiveMin ? `above ${min}` : `of at least ${min}`;
  return `in ${exclusiveMin ? '(' : '['}${min}, ${max}]`;
}

/** What holds where none is given. */
export function fallbackOf({ fallback }: Parameter): string {
  if (fallback === undefined) return 'required';
  return fallback === null ? '-' : String(fallback);
}
