/** A frontier as people and programs read it: sentences, a table, CSV rows, one line of blocks. */
import { LICENCE_CAP } from '../plan/cap-rows.js';
import {
  currencyOf,
  formatCompact,
  formatCount,
  formatMoney,
  formatShare,
  NONE,
  plural,
} from './format.js';
import {
  type Breakpoint,
  type FrontierPoint,
  isGrowingAtEnd,
  isGrowth,
  type Swept,
} from './frontier.js';
import { priceCell } from './price-cells.js';
import { left, right, type Table } from './tables.js';

/** A value in the unit of what is moved. */
export function sweptText(value: number, { kind }: Pick<Swept, 'kind'>): string {
  if (kind === 'tokens' || kind === 'count') return formatCount(value);
  if (kind === 'share') return `${Number((value * 100).toPrecision(6))} %`;
  return kind === 'money' ? value.toFixed(2) : String(Number(value.toPrecision(6)));
}

/** What the frontier shows, in sentences: edges first, then where the recipe stands. */
export function frontierSentences(
  swept: Swept,
  points: readonly FrontierPoint[],
  breakpoints: readonly Breakpoint[],
): string[] {
  const say = breakpoints.map((edge) => breakpointSentence(swept, edge));
  say.push(...whyInfeasible(swept, points));
  const infeasible = points.filter(({ status }) => status === 'infeasible').length;
  if (infeasible === points.length) say.push('No value of the range gives a mix.');
  const tokens = points.flatMap((point) => (point.tokens === null ? [] : [point.tokens]));
  const [least, most] = [Math.min(...tokens), Math.max(...tokens)];
  if (tokens.length > 1 && !isGrowth(least, most)) {
    say.push(`Every feasible value gives the same ${formatCount(most)} tokens.`);
  } else if (tokens.length > 1 && !breakpoints.some(({ tokens: level }) => level !== null)) {
    say.push(
      `The mix changes over the whole range: ${formatCount(least)} to ${formatCount(most)} tokens.`,
    );
  }
  if (isGrowingAtEnd(points)) {
    const last = points.filter(({ isEdge }) => !isEdge).at(-1)!;
    say.push(`At ${sweptText(last.value, swept)}, the end of the range, the mix still grows.`);
  }
  return say;
}

/** One sentence per set of caps that conflict, at the value nearest to a mix. */
function whyInfeasible(swept: Swept, points: readonly FrontierPoint[]): string[] {
  const nearest = new Map<string, FrontierPoint>();
  points.forEach((point, i) => {
    if (point.status === 'optimal') return;
    const isBefore = points.slice(i + 1).some(({ status }) => status === 'optimal');
    const caps = capIdsOf(point);
    if (isBefore || !nearest.has(caps)) nearest.set(caps, point);
  });
  return [...nearest.values()].map(
    (point) => `At ${sweptText(point.value, swept)} these conflict: ${statementsOf(point)}.`,
  );
}

function breakpointSentence(swept: Swept, edge: Breakpoint): string {
  const { kind, from, to, tokens } = edge;
  const between = `between ${sweptText(from, swept)} and ${sweptText(to, swept)}`;
  switch (kind) {
    case 'feasible_from':
      return `Infeasible up to ${sweptText(from, swept)}; a mix exists from ${sweptText(to, swept)} on (the edge lies between the two).`;
    case 'feasible_until':
      return `A mix exists up to ${sweptText(from, swept)}; infeasible from ${sweptText(to, swept)} on (the edge lies between the two).`;
    case 'grows_until':
      return `The mix stops growing at ${formatCount(tokens ?? 0)} tokens, ${between}; a higher value adds none.`;
    case 'shrinks_from':
      return `Up to a value ${between} the mix keeps its ${formatCount(tokens ?? 0)} tokens; above, it shrinks.`;
  }
}

/** The frontier as a table: one row per value, infeasible ones with their reason. */
export function frontierTable(swept: Swept, points: readonly FrontierPoint[]): Table {
  const has = (value: (point: FrontierPoint) => unknown) => points.some((p) => value(p) !== null);
  const [money, price] = [has((p) => p.licenceCost), has((p) => p.price)];
  const targets = has((p) => p.targetDeviation);
  const edges = points.filter((point) => point.isEdge).length;
  const found = edges === 0 ? '' : `, and ${plural(edges, 'value')} beside an edge`;
  const asked = plural(points.length - edges, 'value');
  return {
    title: `${swept.key}: ${asked}${spacingText(swept)}${found}`,
    columns: [
      ...right('value', 'tokens', 'of budget', ...(targets ? ['off target'] : [])),
      ...right('people', 'synthetic', 'unknown', ...(money ? ['licences'] : [])),
      ...(price ? right('price') : []),
      ...left('what binds'),
    ],
    rows: points.map((point) => [
      ...[sweptText(point.value, swept), formatCount(point.tokens)],
      ...[
        formatShare(point.budgetShare),
        ...(targets ? [formatShare(point.targetDeviation, 2)] : []),
      ],
      ...[point.humanShare, point.syntheticShare, point.unknownShare].map((s) => formatShare(s)),
      ...(money ? [moneyText(point)] : []),
      ...(price ? [sweptPrice(swept, point)] : []),
      point.status === 'optimal' ? point.binds : `infeasible: ${capIdsOf(point)}`,
    ]),
  };
}

/** Of a licence budget per unit of its currency, else per token. */
function sweptPrice({ kind }: Swept, { price, licenceCost }: FrontierPoint): string {
  const priced = { kind: kind === 'money' ? LICENCE_CAP : '', shadowPrice: price };
  return priceCell(priced, currencyOf(licenceCost));
}

const capIdsOf = ({ conflict }: FrontierPoint) =>
  [...new Set(conflict.map(({ capId }) => capId))].join(', ');

const statementsOf = ({ conflict }: FrontierPoint) =>
  conflict.map(({ statement }) => statement).join('; ');

const moneyText = ({ licenceCost: cost }: FrontierPoint) =>
  cost === null ? NONE : formatMoney(cost.minorUnits, cost.currency);

function spacingText({ spacing }: Swept): string {
  if (spacing === 'listed') return '';
  return spacing === 'log' ? ', spaced by equal factors' : ', evenly spaced';
}

const CSV_COLUMNS = [
  ...['value', 'status', 'tokens', 'budget_share', 'target_deviation'],
  ...['human_share', 'synthetic_share', 'unknown_share', 'licence_minor_units'],
  ...['licence_currency', 'price', 'binds', 'conflict'],
] as const;

/** Rows for a CSV, head first: plain numbers, '' where there is none. */
export function frontierRecords(points: readonly FrontierPoint[]): (string | number)[][] {
  const rows = points.map((p) => [
    ...[p.value, p.status, p.tokens, p.budgetShare, p.targetDeviation],
    ...[p.humanShare, p.syntheticShare, p.unknownShare, p.licenceCost?.minorUnits],
    ...[p.licenceCost?.currency, p.price, p.binds === NONE ? '' : p.binds, statementsOf(p)],
  ]);
  return [[...CSV_COLUMNS], ...rows.map((row) => row.map((cell) => cell ?? ''))];
}

const BARS = '▁▂▃▄▅▆▇█';

/** Tokens over the range as one line of blocks; `×` is infeasible. */
export function sparkLine(points: readonly FrontierPoint[]): string {
  const most = Math.max(0, ...points.map(({ tokens }) => tokens ?? 0));
  return points
    .filter((point) => !point.isEdge)
    .map(({ tokens }) => {
      if (tokens === null) return '×';
      const step = most === 0 ? 0 : Math.round((tokens / most) * (BARS.length - 1));
      return BARS[step]!;
    })
    .join('');
}

/** `▁▃▅█  1.0 M to 8.0 M tokens`. */
export function sparkText(points: readonly FrontierPoint[]): string {
  const tokens = points.flatMap((point) => (point.tokens === null ? [] : [point.tokens]));
  if (tokens.length === 0) return sparkLine(points);
  const [least, most] = [Math.min(...tokens), Math.max(...tokens)];
  return `${sparkLine(points)}  ${formatCompact(least)} to ${formatCompact(most)} tokens`;
}
