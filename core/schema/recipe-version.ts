/** The version of a mix: `YYYY.MM.DD` with an optional `.N`, a real day; or `dev`. */
import { isRealDate } from './calendar.js';
import { leaf } from './file-values.js';

function readVersion(value: unknown): string | undefined {
  if (value === 'dev') return value;
  const match = /^(\d{4})\.(\d{2})\.(\d{2})(\.\d+)?$/.exec(typeof value === 'string' ? value : '');
  if (match === null) return undefined;
  const real = isRealDate(Number(match[1]), Number(match[2]), Number(match[3]));
  return real ? match[0] : undefined;
}

export function versionText() {
  return leaf(
    'a version YYYY.MM.DD of a real day, with an optional .N, or dev',
    readVersion,
    (value) =>
      typeof value === 'number'
        ? 'YAML read it as a number: write year, month and day, for example 2026.11.23'
        : 'for example 2026.11.23, or 2026.11.23.2 for the second of that day',
  );
}
