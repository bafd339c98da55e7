/**
 * An advice as tables: what to find, what to label, what limits cost, where money goes. Deviations are
 * changes: a minus is nearer to the targets.
 */
import { minorDigits } from '../license/fee.js';
import type {
  Advice,
  LabelLine,
  LimitLine,
  MoneyAdvice,
  TextLine,
  Tried,
} from '../schema/advice.js';
import { formatChange, formatCount, formatMoney, formatPrice, formatWord, NONE } from './format.js';
import { priceColumns } from './price-cells.js';
import { left, right, type Table, waysTable } from './tables.js';

/** Lines with a gain only; the notes name the others. Of an infeasible recipe the plan's ways out. */
export function adviceTables(advice: Advice): Table[] {
  const currency = advice.currency ?? 'XXX';
  const withMoney = hasMoney(advice);
  const withDeviation = hasDeviation(advice);
  const { text, labels, limits, money, waysOut } = advice;
  if (advice.now.status === 'infeasible') return waysOut.length > 0 ? [waysTable(advice)] : [];
  return [
    textTable(
      text.filter((line) => line.gain !== 'none'),
      { currency, withDeviation, withMoney },
    ),
    labelsTable(
      labels.filter((line) => line.gain !== 'none'),
      withDeviation,
    ),
    limitsTable(
      limits.filter((line) => line.gain !== 'none'),
      { currency, withDeviation, withMoney },
    ),
    ...(money === null || !money.binds ? [] : moneyTables(money)),
  ];
}

/** Whether licences cost anything now, or with a change. */
function hasMoney({ now, text, money }: Advice): boolean {
  return (
    now.minorUnits > 0 ||
    money?.binds === true ||
    text.some((line) => (line.worthMinorUnits ?? 0) !== 0)
  );
}

/** Whether anything that was tried moves the mix nearer to its targets, or away. */
export function hasDeviation({ text, labels, limits, roundingTokens }: Advice): boolean {
  const tried = [
    ...text.flatMap((line) => line.tried),
    ...labels.flatMap((line) => line.sizes.map((size) => size.allHuman)),
    ...limits.flatMap((line) => [line.step, ...(line.without === null ? [] : [line.without])]),
  ];
  return tried.some((one) => Math.abs(one.gainDeviation) > roundingTokens);
}

interface Shown {
  readonly currency: string;
  readonly withDeviation: boolean;
  readonly withMoney: boolean;
}

/** `synthetic of gpt`; a family that is new needs no name. */
function textName({ label, modelFamily }: TextLine): string {
  if (modelFamily === '') return formatWord(label);
  const family = modelFamily.startsWith('new-family') ? 'a new family' : modelFamily;
  return `${formatWord(label)} of ${family}`;
}

const sizeOf = ({ change }: Tried) => ('tokens' in change ? change.tokens : 0);

function textTable(lines: readonly TextLine[], shown: Shown): Table {
  const { currency, withDeviation, withMoney } = shown;
  return {
    title: 'Text to find: what a million tokens of it are worth',
    columns: [
      ...left('domain', 'text'),
      ...right('tokens of mix', ...(withDeviation ? ['deviation'] : [])),
      ...right(...(withMoney ? ['worth in money'] : [])),
      ...right('useful up to', 'gain there', ...(withDeviation ? ['deviation there'] : [])),
      ...left('worth'),
    ],
    rows: lines.map((line) => {
      const useful = line.tried.find((one) => sizeOf(one) === line.tokensUseful) ?? null;
      const { worthMinorUnits: minor } = line;
      return [
        ...[line.domain, textName(line), formatChange(line.worthTokens)],
        ...(withDeviation ? [formatChange(-line.worthDeviation)] : []),
        ...(withMoney ? [minor === null ? NONE : formatMoney(minor, currency)] : []),
        ...[
          formatCount(line.tokensUseful),
          useful === null ? NONE : formatChange(useful.gainTokens),
        ],
        ...(withDeviation ? [useful === null ? NONE : formatChange(-useful.gainDeviation)] : []),
        line.tokensUseful === null ? NONE : line.holds ? 'holds until there' : 'falls before',
      ];
    }),
  };
}

function labelsTable(lines: readonly LabelLine[], withDeviation: boolean): Table {
  return {
    title: 'Unknown text to label first: tokens of mix gained',
    columns: [
      ...left('domain', 'known of its truth'),
      ...right('unknown', 'label first', 'documents', 'expected', '5 % to 95 %'),
      ...right('if all human', 'if none'),
      ...right(...(withDeviation ? ['deviation if all human', 'deviation if none'] : [])),
    ],
    rows: lines.map((line) => {
      const size = line.sizes.find((one) => one.tokens === line.tokensFirst) ?? line.sizes.at(-1)!;
      const range = size.expectedTokens;
      return [
        ...[line.domain, line.basis, formatCount(line.tokensUnknown)],
        ...[formatCount(size.tokens), formatCount(size.documents)],
        range === null ? 'unknown' : formatChange(range.mean),
        range === null ? NONE : `${formatChange(range.low)} to ${formatChange(range.high)}`,
        ...[formatChange(size.allHuman.gainTokens), formatChange(size.noneHuman.gainTokens)],
        ...(withDeviation
          ? [
              formatChange(-size.allHuman.gainDeviation),
              formatChange(-size.noneHuman.gainDeviation),
            ]
          : []),
      ];
    }),
  };
}

function limitsTable(lines: readonly LimitLine[], shown: Shown): Table {
  const { currency, withDeviation, withMoney } = shown;
  const prices = limitPrices(lines, currency);
  return {
    title: 'Limits that cost most: gain when each is loosened',
    columns: [
      ...left('limit', 'binds in'),
      ...prices.columns,
      ...left('small step'),
      ...right('gain', ...(withDeviation ? ['deviation'] : [])),
      ...right(...(withMoney ? ['licences'] : [])),
      ...left('large step'),
      ...right('gain', ...(withDeviation ? ['deviation'] : [])),
      ...left('reason'),
    ],
    rows: lines.map(({ step, without, scopes, reason }, i) => [
      ...[keyOf(step), scopesText(scopes), ...prices.rows[i]!],
      ...[valuesOf(step), formatChange(step.gainTokens)],
      ...(withDeviation ? [formatChange(-step.gainDeviation)] : []),
      ...(withMoney ? [formatMoney(step.changeMinorUnits, currency)] : []),
      without === null ? NONE : valuesOf(without),
      without === null ? NONE : formatChange(without.gainTokens),
      ...(withDeviation ? [without === null ? NONE : formatChange(-without.gainDeviation)] : []),
      reason === '' ? NONE : reason,
    ]),
  };
}

/** The prices of the plan beside what was measured. */
const limitPrices = (lines: readonly LimitLine[], currency: string) =>
  priceColumns(lines, currency, ['price', 'holds']);

const keyOf = ({ change }: Tried) => (change.kind === 'set' ? change.key : change.kind);
const valuesOf = ({ change }: Tried) =>
  change.kind === 'set' ? `${change.from} to ${change.to}` : NONE;

/** Scopes listed in one cell. */
const SCOPES_SHOWN = 3;

function scopesText(scopes: readonly string[]): string {
  if (scopes.length <= SCOPES_SHOWN) return scopes.join(', ');
  return `${scopes.slice(0, SCOPES_SHOWN).join(', ')} and ${scopes.length - SCOPES_SHOWN} more`;
}

function moneyTables({ currency, tried, grants }: MoneyAdvice): Table[] {
  const money = (minor: number) => formatMoney(minor, currency);
  return [
    {
      title: 'More licence money',
      columns: [...left('licence budget'), ...right('gain', 'deviation', 'spent more')],
      rows: tried.map((one) => [
        ...[valuesOf(one), formatChange(one.gainTokens), formatChange(-one.gainDeviation)],
        money(one.changeMinorUnits),
      ]),
    },
    {
      title: 'Where the money of the last line goes',
      columns: [
        ...left('grant'),
        ...right('tokens now', 'cost now', 'more tokens', 'cost more', `tokens per ${currency}`),
      ],
      rows: grants.map((grant) => [
        ...[grant.grantId, formatCount(grant.tokens), money(grant.minorUnits)],
        ...[formatChange(grant.changeTokens), money(grant.changeMinorUnits)],
        formatPrice(
          grant.changeMinorUnits <= 0
            ? null
            : (grant.changeTokens / grant.changeMinorUnits) * 10 ** minorDigits(currency),
        ),
      ]),
    },
  ];
}
