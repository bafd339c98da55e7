/** Pictures of a simulation of collapse, as plain data: needed against planned human share, curves, the known table. */
import type { CurvePoint, DomainRisk, RiskReport } from '../schema/risk.js';
import type { ChartBase, ChartSpec } from './charts.js';
import { formatShare, plural } from './format.js';
import { BIN_NAMES, wordsOf } from './risk-tables.js';

const WIDE = 1034;
/** Panels that a picture of domains shows; the tables have all. */
const PANELS = 12;

/** Per domain: the planned human share with its interval, and the critical share with its own. */
export interface ShareRanges extends ChartBase {
  readonly kind: 'share_ranges';
  readonly rows: readonly {
    readonly category: string;
    readonly planned: { readonly point: number; readonly low: number; readonly high: number };
    readonly needed: { readonly point: number; readonly low: number; readonly high: number };
    /** Needed if nothing (optimistic) or everything (floor) rare is missing from synthetic text. */
    readonly optimistic: number;
    readonly floor: number;
    readonly decision: string;
  }[];
}

export interface CurvePanel {
  readonly category: string;
  readonly threshold: number | null;
  /** Panels of one scale share their upright axis. */
  readonly scale: string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { x: number; mean: number; low: number; high: number }[];
  }[];
}

/** Panels of curves with bands over generations (or bins), a threshold as a dashed line. */
export interface CurvesPlot extends ChartBase {
  readonly kind: 'curves';
  readonly xLabel: string;
  /** Names of x = 0, 1, ..; null: numbers. */
  readonly xNames: readonly string[] | null;
  readonly rows: readonly CurvePanel[];
}

/** The pictures of a risk report, in order; none that would be empty. */
export function riskCharts(report: RiskReport | null): ChartSpec[] {
  if (report === null) return [];
  const domains = [...report.domains].sort(
    (a, b) => a.coverage.estimate - b.coverage.estimate || (a.domain < b.domain ? -1 : 1),
  );
  if (domains.length === 0) return [];
  const charts: ChartSpec[] = [rangesChart(report)];
  const curves = coverageChart(report, domains.slice(0, PANELS));
  if (curves.rows.length > 0) charts.push(curves);
  const profile = profileChart(report, domains[0]!);
  if (profile.rows.length > 0) charts.push(profile);
  const suppression = suppressionChart(domains.slice(0, PANELS));
  if (suppression.rows.length > 0) charts.push(suppression);
  if (report.table.length > 0) charts.push(knownChart(report));
  return charts;
}

function rangesChart({ domains }: RiskReport): ShareRanges {
  const short = domains.filter((row) => row.mix.humanShare.point < row.critical.estimate.point);
  return {
    ...{ id: 'risk-shares', kind: 'share_ranges', title: 'Human share: planned against needed' },
    caption: `The dot is the planned human share with its interval, the upright mark the critical share alpha*; the pale bar runs from no suppression to tails cut whole. ${short.length === 0 ? 'Every domain has what it needs' : `${plural(short.length, 'domain')} of ${domains.length} fall short`}.`,
    width: WIDE,
    rows: domains.map((row) => ({
      category: row.domain,
      planned: row.mix.humanShare,
      needed: row.critical.estimate,
      ...{ optimistic: row.critical.optimistic, floor: row.critical.floor },
      decision: row.decision,
    })),
  };
}

const pointsOf = (curves: readonly CurvePoint[], metric: string) =>
  curves
    .filter((point) => point.metric === metric)
    .sort((a, b) => a.g - b.g)
    .map(({ g, mean, low, high }) => ({ x: g, mean, low, high }));

function thresholdOf({ policy }: RiskReport, definition: string): number | null {
  return policy.definitions.find((row) => row.definition === definition)?.threshold ?? null;
}

function coverageChart(report: RiskReport, domains: readonly DomainRisk[]): CurvesPlot {
  const rows = domains.flatMap(({ domain, curves }): CurvePanel[] => {
    const series = ['tailCoverage', 'heterozygosity', 'effectiveVocabulary'].flatMap((metric) => {
      const points = pointsOf(curves, metric);
      return points.length === 0 ? [] : [{ name: wordsOf(metric), points }];
    });
    const threshold = thresholdOf(report, 'tailCoverage');
    return series.length === 0 ? [] : [{ category: domain, threshold, scale: 'coverage', series }];
  });
  const lowest = domains[0];
  return {
    ...{ id: 'risk-coverage', kind: 'curves', title: 'What is left by generation' },
    caption: `Against all-human text of the same size; bands are 95 % intervals, the dashed line is the threshold of tail coverage.${lowest === undefined ? '' : ` Lowest at the horizon: ${lowest.domain}, ${formatShare(lowest.coverage.estimate)} of its rare words.`}`,
    width: WIDE,
    ...{ xLabel: 'generation', xNames: null, rows },
  };
}

/** Every metric of the domain that loses most, a panel each. */
function profileChart(report: RiskReport, { domain, curves }: DomainRisk): CurvesPlot {
  const metrics = [...new Set(curves.map(({ metric }) => metric))].filter(
    (metric) => !['tailCoverage', 'heterozygosity', 'effectiveVocabulary'].includes(metric),
  );
  const survival = metrics.filter((metric) => metric.startsWith('survival:'));
  const others = metrics.filter((metric) => !metric.startsWith('survival:'));
  const rows: CurvePanel[] = others.map((metric) => ({
    category: wordsOf(metric),
    scale: metric,
    threshold: thresholdOf(report, metric),
    series: [{ name: domain, points: pointsOf(curves, metric) }],
  }));
  if (survival.length > 0) {
    const series = survival.map((metric) => ({
      name: `${metric.slice('survival:'.length)} copies`,
      points: pointsOf(curves, metric),
    }));
    rows.unshift({ category: 'survival by copies', threshold: null, scale: 'survival', series });
  }
  return {
    ...{ id: 'risk-profile', kind: 'curves', title: `All metrics of ${domain}` },
    caption: 'The domain that loses most, metric by metric; dashed lines are thresholds.',
    width: WIDE,
    ...{ xLabel: 'generation', xNames: null, rows },
  };
}

function suppressionChart(domains: readonly DomainRisk[]): CurvesPlot {
  const rows = domains.flatMap(({ domain, suppression }): CurvePanel[] => {
    const measured = suppression.filter(({ basis }) => basis === 'measured');
    const families = [...new Set(measured.map(({ family }) => family))];
    const series = families.map((family) => ({
      name: family,
      points: measured
        .filter((row) => row.family === family)
        .sort((a, b) => a.bin - b.bin)
        .map(({ bin, w }) => ({ x: bin, mean: w.point, low: w.low, high: w.high })),
    }));
    return series.length === 0 ? [] : [{ category: domain, threshold: 1, scale: 'w', series }];
  });
  return {
    ...{
      id: 'risk-suppression',
      kind: 'curves',
      title: 'How often synthetic text uses rare words',
    },
    caption:
      'Rate of a word in synthetic text over its rate in human text, by copies of the word in half of the human text. Below the dashed line, rare words are written too rarely.',
    width: WIDE,
    ...{ xLabel: 'copies', xNames: BIN_NAMES, rows },
  };
}

/** The table people know: a panel per metric, policy and number of families; a curve per synthetic share. */
/** The table people know, a panel per metric, policy and number of families. */
export function knownChart({ table }: Pick<RiskReport, 'table'>): CurvesPlot {
  const panels = new Map<
    string,
    Map<string, { x: number; mean: number; low: number; high: number }[]>
  >();
  for (const row of table) {
    const title = `${wordsOf(row.metric)}, ${row.policy}, ${plural(row.families, 'family')}`;
    const panel = panels.get(title) ?? new Map();
    panels.set(title, panel);
    const name = `${formatShare(row.syntheticShare, 0)} synthetic`;
    const points = panel.get(name) ?? [];
    panel.set(name, points);
    points.push({ x: row.g, mean: row.mean, low: row.low, high: row.high });
  }
  return {
    ...{ id: 'risk-table', kind: 'curves', title: 'Synthetic share by generations, on this text' },
    caption:
      'An n-gram model trained on the mix’s own human text, again and again on what it wrote: 10, 30, 60 and 90 % synthetic, replacing or accumulating, one family or several.',
    width: WIDE,
    ...{ xLabel: 'generation', xNames: null },
    rows: [...panels].map(([category, series]) => ({
      ...{ category, threshold: null, scale: category.split(',')[0]! },
      series: [...series].map(([name, points]) => ({ name, points })),
    })),
  };
}
