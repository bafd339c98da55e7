/** An advice as one table for spreadsheets: every change that was tried, one a row. */
import type { Advice, AdviceChange, LabelSize, LimitLine, Tried } from '../schema/advice.js';
import type { WayOut } from '../schema/plan.js';
import { type CsvCell, csvText } from './csv.js';

const COLUMNS = [
  ...['part', 'subject', 'change', 'tokens_of_change', 'status', 'tokens', 'gain_tokens'],
  ...['gain_deviation_tokens', 'change_minor_units', 'low', 'high'],
  ...['price', 'price_from', 'price_to'],
];

/** One file, rows in the order of the advice. Money in minor units, deviations in tokens; prices of limits per unit of room. */
export function adviceCsv(advice: Advice): string {
  const { text, labels, limits, money, waysOut } = advice;
  const rows = [
    ...text.flatMap((line) =>
      line.tried.map((one) => rowOf('text', `${line.domain} ${line.label}`, one)),
    ),
    ...labels.flatMap((line) => line.sizes.flatMap((size) => labelRows(line.domain, size))),
    ...limits.flatMap((line) =>
      [line.step, ...(line.without === null ? [] : [line.without])].map((one) =>
        rowOf('limit', line.capId, one, line.price),
      ),
    ),
    ...(money?.tried ?? []).map((one) => rowOf('money', 'licence_budget', one)),
    ...waysOut.map(wayRow),
  ];
  return csvText(COLUMNS, rows);
}

/** Its settings, else its words; the gain is the whole mix, for there is none without it. */
function wayRow(way: WayOut): CsvCell[] {
  const { kind, changes, statement, tokensAllocated: tokens } = way;
  const subject = [...new Set(changes.map(({ capId }) => capId))].join(' ');
  const isFound = kind === 'text' || kind === 'label';
  const change = isFound ? statement : changes.map(({ setting }) => setting).join(' ');
  const amount = isFound ? changes[0]!.amount : null;
  const rest = Array<null>(COLUMNS.length - 7).fill(null);
  return ['way_out', subject, change, amount, 'optimal', tokens, tokens, ...rest];
}

function rowOf(
  part: string,
  subject: string,
  tried: Tried,
  price: LimitLine['price'] = null,
): CsvCell[] {
  const { change, figures, gainTokens, gainDeviation, changeMinorUnits } = tried;
  return [
    ...[part, subject, changeText(change), 'tokens' in change ? change.tokens : null],
    ...[figures.status, figures.tokens, gainTokens, gainDeviation, changeMinorUnits, null, null],
    ...[price?.tokens ?? null, price?.range.from ?? null, price?.range.to ?? null],
  ];
}

/** Both ends, and the expectation where there is one. */
function labelRows(domain: string, size: LabelSize): CsvCell[][] {
  const ends = [size.allHuman, size.noneHuman].map((one) => rowOf('labels', domain, one));
  const { expectedTokens: gain, expectedDeviation: nearer } = size;
  if (gain === null) return ends;
  const change = `label, mean of ${gain.draws} draws`;
  const figures = [
    null,
    null,
    gain.mean,
    nearer?.mean ?? null,
    null,
    gain.low,
    gain.high,
    null,
    null,
    null,
  ];
  return [...ends, ['labels', domain, change, size.tokens, ...figures]];
}

function changeText(change: AdviceChange): string {
  if (change.kind === 'set') return `${change.key}: ${change.from} to ${change.to}`;
  if (change.kind === 'add_text') return `add ${change.label}`;
  const { outcome } = change;
  return outcome.kind === 'all' ? `label, all ${outcome.label}` : `label, draw ${outcome.draw}`;
}
