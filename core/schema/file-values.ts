/**
 * The values that people write in recipe.yaml and grants.yaml. Each leaf reads one written value
 * into one value of ours, or says in its own words what was expected. What a leaf expects is its
 * `typed` metadata, from which docs/reference is generated.
 */
import { z } from 'zod';
import { isIsoDate } from './calendar.js';
import { nearest } from './nearest.js';

/** Advice for a value that is nearly right; null when there is none. */
type Advise = (value: unknown) => string | null;

/** A leaf: `read` gives the value, or undefined for anything that is not one. */
export function leaf<T>(
  expected: string,
  read: (value: unknown) => T | undefined,
  advise?: Advise,
) {
  return z
    .unknown()
    .transform((value, context): T => {
      const result = read(value);
      if (result !== undefined) return result;
      const remedy = value === undefined ? null : (advise?.(value) ?? null);
      context.addIssue({ code: 'custom', message: expected, params: { remedy } });
      return z.NEVER;
    })
    .meta({ typed: expected });
}

/** A mapping with these keys and no others; the translator suggests the nearest known key. */
export function mapping<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `known keys: ${Object.keys(shape).join(', ')}`
        : 'a mapping',
  });
}

/** A list of between `min` and `max` items. */
export function listOf<Item extends z.ZodType>(item: Item, what: string, min: number, max: number) {
  const expected = min > 0 ? `a list of at least ${min} ${what}` : `a list of ${what}`;
  return z
    .array(item, { error: expected })
    .min(min, { error: expected })
    .max(max, { error: `at most ${max} ${what}` });
}

const QUOTE = 'put it in quotes';
const isScalar = (value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'boolean';

/** Text that is not blank and holds no control character. */
export function text(what: string) {
  return leaf(
    what,
    (value) =>
      typeof value === 'string' && value.trim() !== '' && !/[\u0000-\u001f\u007f]/.test(value)
        ? value
        : undefined,
    (value) => (isScalar(value) ? QUOTE : null),
  );
}

/** Text for people: may run over several lines. */
export function prose(what: string) {
  return leaf(
    what,
    (value) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined),
    (value) => (isScalar(value) ? QUOTE : null),
  );
}

export function pattern(expected: string, regex: RegExp, advise?: Advise) {
  return leaf(
    expected,
    (value) => (typeof value === 'string' && regex.test(value) ? value : undefined),
    (value) => advise?.(value) ?? (isScalar(value) ? QUOTE : null),
  );
}

export function oneOf<const Values extends readonly string[]>(values: Values) {
  return leaf(
    `one of ${values.join(', ')}`,
    (value) => values.find((known): known is Values[number] => known === value),
    (value) => {
      const near = typeof value === 'string' ? nearest(value, values) : null;
      return near === null ? null : `did you mean "${near}"?`;
    },
  );
}

/** A whole number, `20000000` or `20_000_000` (which YAML 1.2 reads as text). */
export function wholeNumber(min: number, max: number) {
  const expected =
    max === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${min}`
      : `a whole number from ${min} to ${max}`;
  return leaf(expected, (value) => {
    const written = typeof value === 'string' && /^\d+(_\d+)*$/.test(value);
    const number = written ? Number(value.replaceAll('_', '')) : value;
    return Number.isSafeInteger(number) && (number as number) >= min && (number as number) <= max
      ? (number as number)
      : undefined;
  });
}

export function decimalNumber(min: number, max: number) {
  const expected = Number.isFinite(max)
    ? `a number from ${min} to ${max}`
    : `a number of at least ${min}`;
  return leaf(expected, (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max
      ? value + 0
      : undefined,
  );
}

/** A fraction of tokens: 0.3, never 30 or "30%". */
export function share() {
  return leaf(
    'a share from 0 to 1',
    (value) => (typeof value === 'number' && value >= 0 && value <= 1 ? value + 0 : undefined),
    (value) => {
      const percent = typeof value === 'string' ? /^([\d.]+)\s*%$/.exec(value)?.[1] : value;
      const number = Number(percent);
      return number > 1 && number <= 100 ? `write ${number / 100} for ${number} %` : null;
    },
  );
}

export const yesNo = () =>
  leaf(
    'true or false',
    (value) => (typeof value === 'boolean' ? value : undefined),
    (value) => (typeof value === 'string' ? 'write true or false, without quotes' : null),
  );

/** A calendar day; a timestamp in UTC counts for its day. */
export function day() {
  return leaf(
    'a real date YYYY-MM-DD (UTC)',
    (value) => {
      const match =
        /^(\d{4}-\d{2}-\d{2})([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s?([Zz]|[+]00:?00)?)?$/.exec(
          typeof value === 'string' ? value : '',
        );
      return match?.[1] !== undefined && isIsoDate(match[1]) ? match[1] : undefined;
    },
    () => 'write year-month-day, for example 2027-03-31',
  );
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A length of time such as 90s, 30m, 72h or 3d, in seconds. */
export function duration() {
  return leaf(
    'a length of time such as 30m, 72h or 3d',
    (value) => {
      const match = /^(\d{1,7})([smhd])$/.exec(typeof value === 'string' ? value : '');
      const seconds = match === null ? 0 : Number(match[1]) * UNIT_SECONDS[match[2]!]!;
      return seconds > 0 ? seconds : undefined;
    },
    () => 'write a whole number and s, m, h or d',
  );
}

export const currency = () =>
  pattern('a currency code such as USD', /^[A-Z]{3}$/, () => 'use the ISO 4217 code in capitals');

/** Money or a price in major units: kept as decimal text, never as a float. */
export function decimalText(decimals: number) {
  const regex = new RegExp(`^\\d{1,15}(\\.\\d{1,${decimals}})?$`);
  return leaf(
    `a decimal amount of at least 0 with up to ${decimals} decimals, such as "12000.00"`,
    (value) => {
      const written = typeof value === 'number' ? String(value) : value;
      return typeof written === 'string' && regex.test(written) ? written : undefined;
    },
    () => 'write digits with an optional decimal point, in quotes',
  );
}

/** ISO 3166 code, a subdivision of one, EU, EEA or WORLD. */
export function territory() {
  return pattern(
    'WORLD, EU, EEA, an ISO 3166 country code such as DE, or a subdivision such as US-CA',
    /^(WORLD|EEA|EU|(?!UK|EU)[A-Z]{2}(-[A-Z0-9]{1,3})?)$/,
    (value) => (value === 'UK' ? 'the code of the United Kingdom is GB' : null),
  );
}

/** `text` for a constant, `{field: name}` for the value of a field of each row. */
export function constantOrField(what: string) {
  return z.union([
    text(what).transform((value) => ({ kind: 'constant' as const, value })),
    mapping({
      field: text('the name of a field').describe('Field of each row that holds it.'),
    }).transform(({ field }) => ({
      kind: 'field' as const,
      field,
    })),
  ]);
}
