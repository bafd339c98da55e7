/**
 * Prices as cells of a table: what a unit of a limit is worth, the change in which that holds, what it
 * does to the targets and to licence money. A unit is a token of room; of a licence budget it is one unit
 * of its currency (minor units would be pages of zeros). A column that is empty in all rows is left out.
 */
import { minorDigits } from '../license/fee.js';
import { BUDGET_CAP } from '../plan/cap-rows.js';
import type { CapUsage, OptimalPlan, Price } from '../schema/plan.js';
import { formatChange, formatMoney, formatPrice, NONE } from './format.js';
import type { Table } from './tables.js';

/** What a price is of: `kind` decides its unit. */
export interface Priced {
  readonly kind: CapUsage['kind'];
  readonly shadowPrice?: number | null;
  readonly price?: Price | null;
  readonly slack?: number;
}

/** A smaller change of targets or money per unit is the solver's noise. */
const CHANGE_LEAST = 1e-6;

/** Licence money that a token saves is told per so many tokens. */
const MONEY_TOKENS = 1e6;

const isMoney = ({ kind }: Priced) => kind === 'licence_budget';

/** Minor units in the unit that the price is told per; 1 for tokens. */
const unitOf = (priced: Priced, currency: string) =>
  isMoney(priced) ? 10 ** minorDigits(currency) : 1;

/** `1.11`, `20,000 per USD`; `1.11 less, 0 more` where a unit less and a unit more differ. */
export function priceCell(priced: Priced, currency: string): string {
  const { price = null, shadowPrice = null } = priced;
  const tokens = price?.tokens ?? shadowPrice;
  if (tokens === null) return NONE;
  const unit = unitOf(priced, currency);
  const per = isMoney(priced) ? ` per ${currency}` : '';
  const text = (one: number | null) => (one === null ? 'no mix' : formatPrice(one * unit));
  if (price === null || price.unique)
    return tokens === 0 ? '0' : `${formatPrice(tokens * unit)}${per}`;
  return `${text(price.less)} less, ${text(price.more)} more${per}`;
}

/** `-1,200 to +300`, `USD -2.00 to USD +5.00`, `from -1,200`, `up to +300`, `always`: changes of the limit, in tokens or money. */
export function rangeCell(priced: Priced, currency: string): string {
  const { price = null, slack = 0 } = priced;
  // The range of a limit with room is its slack, which has a column of its own.
  if (price === null || (price.tokens === 0 && price.unique && slack > 0)) return NONE;
  const { from, to } = price.range;
  if (isMoney(priced)) {
    const money = (minor: number) => formatMoney(minor, currency);
    return rangeText(
      from === null ? null : money(Math.ceil(from)),
      to === null ? null : money(Math.floor(to)).replace(' ', ' +'),
    );
  }
  return rangeText(
    from === null ? null : formatChange(Math.ceil(from)),
    to === null ? null : formatChange(Math.floor(to)),
  );
}

function rangeText(from: string | null, to: string | null): string {
  if (from === null) return to === null ? 'always' : `up to ${to}`;
  return to === null ? `from ${from}` : `${from} to ${to}`;
}

/** Tokens off the targets per unit more; a minus is nearer. */
export function deviationCell(priced: Priced, currency: string): string {
  const change = priced.price?.deviation ?? null;
  if (change === null || Math.abs(change) < CHANGE_LEAST) return NONE;
  return formatPrice(change * unitOf(priced, currency));
}

/** `USD 12.00 per M`: licence money saved by a million units more; per unit of money where that is the limit. */
export function savedCell(priced: Priced, currency: string): string {
  const saved = priced.price?.money ?? null;
  if (saved === null || Math.abs(saved) < CHANGE_LEAST) return NONE;
  if (isMoney(priced)) return `${formatPrice(saved)} per ${currency}`;
  return `${formatMoney(saved * MONEY_TOKENS, currency)} per M`;
}

const tokensText = (tokens: number) =>
  `${formatPrice(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`;

export interface PriceColumns {
  readonly columns: Table['columns'];
  /** Cells of the columns, in their order, of each row. */
  readonly rows: readonly (readonly string[])[];
}

/** How the columns are read; of a licence budget a unit is one of its currency. */
export const PRICES_READ =
  'The shadow price is how many more tokens of mix one more unit of room would give, held for that change of the limit.';

const CELLS = [
  { part: 'price', name: 'shadow price', cellOf: priceCell },
  { part: 'holds', name: 'holds for', cellOf: rangeCell },
  { part: 'deviation', name: 'off target', cellOf: deviationCell },
  { part: 'money', name: 'licences saved', cellOf: savedCell },
] as const;

type PricePart = (typeof CELLS)[number]['part'];
const PARTS: readonly PricePart[] = CELLS.map(({ part }) => part);

/** The columns that say something about any of the rows. */
export function priceColumns(
  rows: readonly Priced[],
  currency: string,
  parts: readonly PricePart[] = PARTS,
): PriceColumns {
  const shown = CELLS.filter(({ part }) => parts.includes(part))
    .map(({ name, cellOf }) => ({ name, cells: rows.map((row) => cellOf(row, currency)) }))
    .filter(({ cells }) => cells.some((cell) => cell !== NONE));
  return {
    columns: shown.map(({ name }) => ({ name, align: 'right' as const })),
    rows: rows.map((_, i) => shown.map(({ cells }) => cells[i]!)),
  };
}

/** The token budget as a line of the caps: with its price, where the plan knows one. */
export function budgetLine(plan: OptimalPlan): (CapUsage & Priced)[] {
  const { tokenBudget: limit, tokensAllocated: part, budgetPrice: price } = plan;
  if (price === null) return [];
  return [
    {
      ...{ capId: BUDGET_CAP, scope: 'all', kind: BUDGET_CAP, limit, confidence: null },
      ...{ limitTokens: limit, part, whole: limit, used: part, slack: limit - part, kept: true },
      ...{ reason: 'a mix of this size', shadowPrice: price.tokens, price },
    },
  ];
}

/** `A token more of budget would give 0.9 tokens of mix (..).`; null where that is not known. */
export function budgetPriceText(price: Price | null): string | null {
  if (price === null) return null;
  const budget = { kind: BUDGET_CAP, price };
  const range = rangeCell(budget, '');
  const held = range === NONE ? '' : ` (for a change of ${range} tokens)`;
  if (price.unique || price.more === null)
    return `A token more of budget would give ${tokensText(price.tokens)} of mix${held}.`;
  return `A token more of budget would give ${tokensText(price.more)} of mix, a token less would take ${price.less === null ? 'all of it' : formatPrice(price.less)}${held}.`;
}
