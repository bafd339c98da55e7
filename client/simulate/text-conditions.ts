/** `--where field=value`: which rows of a file are read. */
import { usage } from '../terminal/arguments.js';

export interface Condition {
  readonly field: string;
  readonly value: string;
}

/** `field=value,field=value`. */
export function parseConditions(text: string | null): Condition[] {
  if (text === null) return [];
  return text.split(',').map((part) => {
    const at = part.indexOf('=');
    if (at > 0) return { field: part.slice(0, at).trim(), value: part.slice(at + 1).trim() };
    throw usage(
      'ballast simulate --where',
      'field=value',
      part,
      'write for example: --where truth=human',
    );
  });
}
