/**
 * Pictures as plain data: what to draw and what it says, not how. `engines/plot` draws a spec, and
 * the page prints its caption, so picture and sentence come from the same numbers.
 */
import { LABELS, type Label } from '../schema/label.js';
import type { ProvenanceRecord } from '../schema/provenance.js';
import { currencyOf, formatCompact, formatShare, formatWord, plural } from './format.js';
import type { SweptKind } from './frontier.js';
import { capChart, flowChart } from './plan-charts.js';
import type { CurvesPlot, ShareRanges } from './risk-charts.js';
import { shareOf, sumBy } from './tally.js';
import type { DomainRow, ReportView } from './view-types.js';

export interface ChartBase {
  readonly id: string;
  readonly title: string;
  /** One sentence that says what to see. */
  readonly caption: string;
  /** Width in CSS pixels at which the text has its natural size. */
  readonly width: number;
}

/** Bars of tokens, one series stacked on the next, with a mark where the target lies. */
export interface StackedBars extends ChartBase {
  readonly kind: 'stacked_bars';
  readonly series: readonly { readonly id: Label; readonly name: string }[];
  readonly rows: readonly {
    readonly category: string;
    /** Tokens per series, in the order of `series`. */
    readonly values: readonly number[];
    readonly target: number | null;
  }[];
}

/** A share per category, and the cap on it as a line. */
export interface ShareBars extends ChartBase {
  readonly kind: 'share_bars';
  readonly series: Label;
  readonly rows: readonly {
    readonly category: string;
    readonly share: number;
    readonly limit: number | null;
  }[];
}

/** Shares of each row's whole; no cell may pass `limit`. */
export interface ShareMatrix extends ChartBase {
  readonly kind: 'share_matrix';
  readonly columns: readonly string[];
  readonly rows: readonly { readonly category: string; readonly shares: readonly number[] }[];
  readonly limit: number | null;
}

/** Documents and tokens that are left after each step. */
export interface FunnelBars extends ChartBase {
  readonly kind: 'funnel';
  readonly rows: readonly {
    readonly category: string;
    readonly documents: number | null;
    readonly tokens: number | null;
  }[];
}

/** What was predicted against what was so, a panel per domain; the diagonal is perfect. */
export interface CalibrationPlot extends ChartBase {
  readonly kind: 'calibration_plot';
  /** Domains, one panel each. */
  readonly rows: readonly {
    readonly category: string;
    readonly bins: ProvenanceRecord['calibration'][number]['bins'];
  }[];
}

/** Bands from what is available by domain to what is planned by label (and written). */
export interface FlowPlot extends ChartBase {
  readonly kind: 'flow';
  readonly series: readonly { readonly id: Label; readonly name: string }[];
  /** Domains: tokens available, planned per series, and available but not used. */
  readonly rows: readonly {
    readonly category: string;
    readonly available: number;
    readonly planned: readonly number[];
    readonly unused: number;
  }[];
  /** Tokens written per series; null where nothing was written. */
  readonly written: readonly number[] | null;
}

/** How much of each cap is taken, with slack and price in words. */
export interface CapBars extends ChartBase {
  readonly kind: 'cap_bars';
  readonly rows: readonly {
    readonly category: string;
    /** 1 at the limit. */
    readonly tightness: number;
    readonly kept: boolean;
    readonly slack: string;
    readonly price: string;
  }[];
}

/** Panels over one moved value: tokens, shares by label, distance from the targets. */
export interface FrontierPlot extends ChartBase {
  readonly kind: 'frontier';
  readonly axis: { readonly kind: SweptKind; readonly isLog: boolean };
  /** Value of the recipe as it stands. */
  readonly asWritten: number | null;
  readonly breakpoints: readonly number[];
  readonly rows: readonly {
    readonly category: string;
    readonly value: number;
    /** Null where the value is infeasible, like what follows. */
    readonly tokens: number | null;
    /** Of people, synthetic, unknown. */
    readonly shares: readonly (number | null)[];
    readonly targetDeviation: number | null;
  }[];
}

export type ChartSpec =
  | StackedBars
  | ShareBars
  | ShareMatrix
  | FunnelBars
  | CalibrationPlot
  | FlowPlot
  | CapBars
  | FrontierPlot
  | ShareRanges
  | CurvesPlot;

const WIDE = 1034;
const HALF = 490;

/** The pictures of a report, in the order in which they are shown; none that would be empty. */
export function chartSpecs(view: ReportView): ChartSpec[] {
  const charts: ChartSpec[] = [domainChart(view), flowChart(view.strata)];
  for (const label of ['synthetic', 'unknown'] as const) charts.push(shareChart(view, label));
  if (view.families.length > 0) charts.push(familyChart(view));
  if (view.caps.length > 0) charts.push(capChart(view.caps, currencyOf(view.licenceCost)));
  charts.push(funnelChart(view));
  if (view.provenance !== null) charts.push(...provenanceCharts(view.provenance));
  return charts;
}

/** Labels by source, and how well the text statistics are calibrated where they are in use. */
function provenanceCharts(record: ProvenanceRecord): ChartSpec[] {
  const charts: ChartSpec[] = [sourceChart(record)];
  const calibrated = record.calibration.filter((row) => row.inUse && row.bins.length > 0);
  if (calibrated.length > 0) charts.push(calibrationChart(calibrated));
  return charts;
}

function sourceChart({ sources }: ProvenanceRecord): StackedBars {
  const names = [...new Set(sources.map(({ source }) => source))];
  const rows = names.map((category) => {
    const own = sources.filter(({ source }) => source === category);
    const values = LABELS.map((label) => sumBy(own, ({ labels }) => labels[label].tokens));
    return { category, values, target: null };
  });
  const all = sumBy(rows, ({ values }) => sumBy(values, (value) => value));
  const unknown = sumBy(rows, ({ values }) => values[LABELS.indexOf('unknown')] ?? 0);
  return {
    ...{ id: 'labels-by-source', kind: 'stacked_bars', title: 'Labels by source', width: WIDE },
    caption: `Of ${formatCompact(all)} tokens read from ${plural(names.length, 'source')}, ${formatShare(shareOf(unknown, all))} stay unknown.`,
    series: LABELS.map((id) => ({ id, name: formatWord(id) })),
    rows,
  };
}

function calibrationChart(calibration: ProvenanceRecord['calibration']): CalibrationPlot {
  const errors = calibration.flatMap((row) => row.errorAfter ?? []);
  const worst =
    errors.length === 0 ? '' : `; the largest error is ${Math.max(...errors).toFixed(3)}`;
  return {
    ...{ id: 'calibration', kind: 'calibration_plot', title: 'Calibration of the text statistics' },
    caption: `Predicted chance of synthetic text against the share that reviewers found so, in ${plural(calibration.length, 'domain')}${worst}. On the line, a prediction is as good as it says.`,
    width: WIDE,
    rows: calibration.map(({ domain, bins }) => ({ category: domain, bins })),
  };
}

function domainChart(view: ReportView): StackedBars {
  const targets = view.domains.filter((row) => row.targetTokens !== null);
  const largest = view.domains[0];
  const caption =
    largest === undefined
      ? 'Nothing was written.'
      : `${plural(view.domains.length, 'domain')}; the largest, ${largest.domain}, holds ` +
        `${formatShare(largest.share)} of the mix. ${targetSentence(targets)}`;
  return {
    ...{ id: 'domains', kind: 'stacked_bars', title: 'Tokens by domain and provenance', caption },
    width: WIDE,
    series: LABELS.map((id) => ({ id, name: formatWord(id) })),
    rows: view.domains.map((row) => ({
      category: row.domain,
      values: LABELS.map((label) => row.byLabel[label]),
      target: row.targetTokens,
    })),
  };
}

function targetSentence(targets: readonly DomainRow[]): string {
  if (targets.length === 0) return 'No target shares were asked for.';
  const gap = (row: DomainRow) => Math.abs(row.share - (row.targetShare ?? 0));
  const worst = targets.reduce((a, b) => (gap(b) > gap(a) ? b : a));
  const points = (gap(worst) * 100).toFixed(1);
  return `The upright mark is the target; the widest miss is ${worst.domain}, by ${points} percentage points.`;
}

function shareChart(view: ReportView, label: 'synthetic' | 'unknown'): ShareBars {
  const limitOf = (row: DomainRow | ReportView) =>
    label === 'synthetic' ? row.syntheticLimit : row.unknownLimit;
  const rows = view.domains.map((row) => ({
    category: row.domain,
    share: shareOf(row.byLabel[label], row.tokens),
    limit: limitOf(row),
  }));
  const share = shareOf(view.tokensByLabel[label], view.tokensWritten);
  rows.unshift({ category: 'whole mix', share, limit: limitOf(view) });
  return {
    ...{ id: `${label}-share`, kind: 'share_bars', series: label, width: HALF, rows },
    title: `${label === 'synthetic' ? 'Synthetic' : 'Unknown'} share of each domain`,
    caption: limitSentence(rows, label),
  };
}

function limitSentence(rows: ShareBars['rows'], label: string): string {
  const capped = rows.filter((row) => row.limit !== null);
  if (capped.length === 0) return `No cap limits the ${label} share of a domain.`;
  const over = capped.filter((row) => row.share > (row.limit ?? 1)).length;
  const near = capped.filter((row) => row.share >= 0.95 * (row.limit ?? 1)).length;
  if (over > 0) return `${plural(over, 'domain')} pass their cap, the dashed line.`;
  const close = near === 0 ? 'none comes' : near === 1 ? '1 comes' : `${near} come`;
  return `No bar passes its cap, the dashed line; ${close} within 5 % of it.`;
}

function familyChart(view: ReportView): ShareMatrix {
  const limit = view.families[0]?.maxShare ?? null;
  const cells = view.families.flatMap((row) =>
    row.families.map((cell) => ({ ...cell, scope: row.scope })),
  );
  const top = cells.reduce((a, b) => (b.share > a.share ? b : a));
  const where = top.scope === 'all' ? 'the whole mix' : top.scope;
  const rule = limit === null ? 'No limit was set' : `No family may pass ${formatShare(limit, 0)}`;
  return {
    ...{ id: 'families', kind: 'share_matrix', title: 'Who wrote the synthetic text', limit },
    caption: `${rule}; the largest share is ${top.family} in ${where}, with ${formatShare(top.share)} of the synthetic tokens there.`,
    width: WIDE,
    columns: view.familyNames,
    rows: view.families.map((row) => ({
      category: row.scope === 'all' ? 'whole mix' : row.scope,
      shares: view.familyNames.map(
        (name) => row.families.find((cell) => cell.family === name)?.share ?? 0,
      ),
    })),
  };
}

function funnelChart(view: ReportView): FunnelBars {
  const steps = view.funnels[0]?.steps ?? [];
  const read = steps.find((step) => step.name === 'read')?.documents ?? 0;
  const available = steps.find((step) => step.name === 'available')?.documents ?? 0;
  return {
    ...{ id: 'funnel', kind: 'funnel', title: 'From read to written', width: WIDE },
    caption:
      `Of ${formatCompact(read)} documents read, ${formatCompact(available)} were free to use and ` +
      `${formatCompact(view.documentsWritten)} were written; ${plural(view.holdout.documents, 'document')} stay apart as holdout.`,
    rows: steps.map((step) => ({
      category: step.name,
      documents: step.documents,
      tokens: step.tokens,
    })),
  };
}
