/**
 * The parts of recipe.yaml that state wishes and rules of the plan beyond caps: tolerances, diversity,
 * the anchor, stability, money. Read by `recipe-file.ts`.
 */
import { z } from 'zod';
import {
  currency,
  decimalText,
  leaf,
  listOf,
  mapping,
  oneOf,
  pattern,
  share,
} from './file-values.js';
import { DIVERSITY } from './recipe.js';

/** One tolerance for all targets, or one per domain. */
const tolerance = z.union([
  share().transform((all) => ({ kind: 'all' as const, all })),
  z
    .record(z.string(), share(), { error: 'a share, or a mapping of domains to shares' })
    .transform((domains) => ({ kind: 'each' as const, domains })),
]);
export type WrittenTolerance = z.output<typeof tolerance>;

export const planningFile = {
  target_tolerance: tolerance
    .prefault(0)
    .describe(
      'Distance from a target, in shares of the mix, that costs nothing: one number, or one per domain.',
    ),
  min_budget_share: share()
    .prefault(0)
    .describe('Share of token_budget that must be reached; a mix that cannot is infeasible.'),
  diversity: listOf(oneOf(DIVERSITY), 'of families, sources', 0, DIVERSITY.length)
    .prefault(['families'])
    .describe(
      'What is spread where nothing above decides: `families` of synthetic text, `sources` of a domain.',
    ),
  anchor: mapping({
    keep_human_of: pattern(
      '`previous` or a version YYYY.MM.DD',
      /^(previous|\d{4}\.\d{2}\.\d{2}(\.\d+)?)$/,
    )
      .prefault('previous')
      .describe('`previous`, or a published version of this mix.'),
    min_share: share()
      .prefault(1)
      .describe('At least this share of its human tokens that may still be used.'),
  })
    .transform((a) => ({ keepHumanOf: a.keep_human_of, minShare: a.min_share }))
    .nullable()
    .prefault(null)
    .describe('Human text of an earlier version stays, unless its grant is gone.'),
  churn_max: share()
    .nullable()
    .prefault(null)
    .describe(
      'Most that the mix may move against the previous version: half the sum of the changes of shares.',
    ),
};

const rates = z
  .record(
    z.string().regex(/^[A-Z]{3}$/, { error: 'a currency code such as EUR' }),
    leaf('a positive decimal rate in quotes, such as "1.085"', (value) => {
      const written = typeof value === 'number' ? String(value) : value;
      const isRate = typeof written === 'string' && /^\d{1,9}(\.\d{1,12})?$/.test(written);
      return isRate && Number(written) > 0 ? written : undefined;
    }),
    { error: 'a mapping of currency codes to rates' },
  )
  .prefault({});

export const licenceBudgetFile = mapping({
  currency: currency().describe('ISO 4217 code.'),
  amount: decimalText(6).describe('Amount in major units, in quotes.'),
  rates: rates.describe(
    'Units of this currency for one unit of another, so that fees in it can be added.',
  ),
});

/** Tolerances per domain with a target. */
export function tolerancesOf(
  written: WrittenTolerance,
  targets: Readonly<Record<string, number>>,
): Record<string, number> {
  if (written.kind === 'each') return written.domains;
  const domains = written.all === 0 ? [] : Object.keys(targets);
  return Object.fromEntries(domains.map((domain) => [domain, written.all]));
}
