/** Pictures of a plan as plain data: where the text goes, what the caps cost, a frontier. */
import { LABELS, type Label } from '../schema/label.js';
import type { CapUsage, Inventory, Plan } from '../schema/plan.js';
import type { CapBars, FlowPlot, FrontierPlot } from './charts.js';
import {
  currencyOf,
  formatCompact,
  formatCount,
  formatMoney,
  formatPrice,
  formatShare,
  formatWord,
  plural,
} from './format.js';
import type { Frontier } from './frontier.js';
import { frontierSentences } from './frontier-tables.js';
import { priceCell } from './price-cells.js';
import { capSlack, plannedStrata } from './tables.js';
import { byText, shareOf, sumBy, totals } from './tally.js';
import { tightnessOf } from './view-caps.js';
import type { StratumRow } from './view-types.js';

const WIDE = 1034;
/** Domains with a band of their own; the rest is one band. */
const DOMAINS_SHOWN = 12;
const CAPS_SHOWN = 16;

/** From what is available by domain to what is planned by label, and to what was written. */
export function flowChart(strata: readonly StratumRow[]): FlowPlot {
  const domains = shownDomains(strata);
  const other = (row: StratumRow) => !domains.includes(row.domain);
  const isWritten = strata.some((row) => row.written !== null);
  const rowOf = (category: string, own: readonly StratumRow[]) => ({
    ...{ category, available: sumBy(own, (row) => row.available) },
    planned: byLabel(own, (row) => row.planned ?? 0),
    unused: sumBy(own, (row) => Math.max(0, row.available - (row.planned ?? 0))),
  });
  const others = new Set(strata.filter(other).map((row) => row.domain)).size;
  const rows = domains.map((domain) =>
    rowOf(
      domain,
      strata.filter((row) => row.domain === domain),
    ),
  );
  if (others > 0) rows.push(rowOf(`${plural(others, 'further domain')}`, strata.filter(other)));
  return {
    ...{ id: 'flow', kind: 'flow', title: 'From available to planned', width: WIDE },
    caption: flowCaption(strata, isWritten),
    ...(isWritten ? { title: 'From available to written' } : {}),
    series: LABELS.map((id) => ({ id, name: formatWord(id) })),
    rows,
    written: isWritten ? byLabel(strata, (row) => row.written ?? 0) : null,
  };
}

function byLabel(rows: readonly StratumRow[], tokens: (row: StratumRow) => number): number[] {
  return LABELS.map((label: Label) =>
    sumBy(
      rows.filter((row) => row.label === label),
      tokens,
    ),
  );
}

/** Most planned first; all of them where one band for the rest would hold only one. */
function shownDomains(strata: readonly StratumRow[]): string[] {
  const planned = new Map(
    totals(
      strata,
      (row) => row.domain,
      (row) => row.planned ?? 0,
    ),
  );
  const available = totals(
    strata,
    (row) => row.domain,
    (row) => row.available,
  );
  const size = (name: string) => planned.get(name) ?? 0;
  const names = available.map(([name]) => name).sort((a, b) => size(b) - size(a) || byText(a, b));
  return names.length <= DOMAINS_SHOWN + 1 ? names : names.slice(0, DOMAINS_SHOWN);
}

function flowCaption(strata: readonly StratumRow[], isWritten: boolean): string {
  const available = sumBy(strata, (row) => row.available);
  const planned = sumBy(strata, (row) => row.planned ?? 0);
  const unused = sumBy(strata, (row) => Math.max(0, row.available - (row.planned ?? 0)));
  const repeated = sumBy(strata, (row) => Math.max(0, (row.planned ?? 0) - row.available));
  const again = repeated === 0 ? '' : `, ${formatCompact(repeated)} of them a further time`;
  const written = sumBy(strata, (row) => row.written ?? 0);
  const end = isWritten ? ` and ${formatCompact(written)} written` : '';
  return `Of ${formatCompact(available)} usable tokens ${formatCompact(planned)} are planned${again}${end}; ${formatCompact(unused)} (${formatShare(shareOf(unused, available))}) stay unused.`;
}

/** A cap with what the plan knows of it. */
export type PricedCap = CapUsage & {
  readonly shadowPrice?: number | null;
  /** Where the plan states it: how far the price holds, and what a unit more does to the targets. */
  readonly price?: {
    readonly range: { readonly to: number | null };
    readonly deviation: number | null;
  } | null;
};

/** The tightest caps: how much of each limit is taken, its slack and its price. */
export function capChart(caps: readonly PricedCap[], currency: string): CapBars {
  const price = (cap: PricedCap) => Math.abs(cap.shadowPrice ?? 0);
  // A number of families is met or not: a bar of it would say nothing.
  const sorted = caps
    .filter(({ kind }) => kind !== 'families_min_count')
    .sort(
      (a, b) =>
        Number(a.kept) - Number(b.kept) ||
        price(b) - price(a) ||
        tightnessOf(b) - tightnessOf(a) ||
        byText(a.capId, b.capId) ||
        byText(a.scope, b.scope) ||
        byText(a.kind, b.kind),
    );
  const priced = caps.filter((cap) => price(cap) > 0);
  const shown = sorted.slice(0, CAPS_SHOWN);
  return {
    ...{ id: 'caps', kind: 'cap_bars', title: 'Caps: what is taken, slack and price', width: WIDE },
    caption: capCaption(sorted.length, priced.length, shown.length),
    rows: shown.map((cap) => ({
      category: capName(cap),
      tightness: Math.min(1, tightnessOf(cap)),
      kept: cap.kept,
      slack: `slack ${capSlack(cap, currency)}`,
      price: priceWord(cap, currency),
    })),
  };
}

/** `price 1.11 for 12,300 more`, `price 20,000 per USD`, `targets 0.30 nearer`, `costs nothing`; '' where there is no price. */
function priceWord(cap: PricedCap, currency: string): string {
  const { shadowPrice, price, kind } = cap;
  if (shadowPrice === null || shadowPrice === undefined) return '';
  const deviation = Math.abs(price?.deviation ?? 0);
  if (shadowPrice !== 0) {
    const to = price?.range.to ?? null;
    const isMoney = kind === 'licence_budget';
    const worth = priceCell({ kind, shadowPrice: Math.abs(shadowPrice) }, currency);
    const room = isMoney
      ? formatMoney(Math.floor(to ?? 0), currency)
      : formatCount(Math.floor(to ?? 0));
    return `price ${worth}${to === null ? '' : ` for ${room} more`}`;
  }
  return deviation > DEVIATION_LEAST ? `targets ${formatPrice(deviation)} nearer` : 'costs nothing';
}

/** A smaller change of the targets per unit is the solver's noise. */
const DEVIATION_LEAST = 1e-6;

const capName = ({ capId, scope }: CapUsage) => (scope === 'all' ? capId : `${capId} in ${scope}`);

function capCaption(count: number, priced: number, shown: number): string {
  const rest = shown < count ? ` The ${shown} dearest and tightest of ${formatCount(count)}.` : '';
  if (count === 0) return 'No caps were asked for.';
  if (priced === 0)
    return `No cap costs a token of the mix: what is full is full without loss.${rest}`;
  return `${plural(priced, 'cap')} cost tokens: the price is how many more tokens of mix one more unit of room would give.${rest}`;
}

/** The frontier: tokens, shares by label and distance from the targets over the moved value. */
export function frontierChart({ swept, points, breakpoints }: Frontier): FrontierPlot {
  const sentences = frontierSentences(swept, points, breakpoints);
  return {
    ...{ id: 'frontier', kind: 'frontier', title: `The mix over ${swept.key}`, width: WIDE },
    caption: sentences.join(' '),
    axis: { kind: swept.kind, isLog: swept.spacing === 'log' },
    asWritten: swept.asWritten,
    breakpoints: breakpoints.map(({ from, to }) => (from + to) / 2),
    rows: points.map((point) => ({
      ...{ category: String(point.value), value: point.value, tokens: point.tokens },
      shares: [point.humanShare, point.syntheticShare, point.unknownShare],
      targetDeviation: point.targetDeviation,
    })),
  };
}

/** Flow and caps of a plan without a mix; no flow where nothing is planned. */
export function planCharts(plan: Plan, inventory: Inventory): (FlowPlot | CapBars)[] {
  if (plan.status === 'infeasible') return [];
  const flow = flowChart(plannedStrata(plan, inventory));
  if (plan.caps.length === 0) return [flow];
  return [flow, capChart(plan.caps, currencyOf(plan.licenceCost))];
}
