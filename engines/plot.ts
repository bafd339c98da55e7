/**
 * Chart specs to static SVG: Observable Plot draws into linkedom's document, so no browser is
 * needed and the same spec gives the same bytes. Colours are CSS variables with fallbacks: the page
 * decides light or dark, and a picture taken out of the page still reads.
 */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type {
  CalibrationPlot,
  CapBars,
  ChartSpec,
  FlowPlot,
  FrontierPlot,
  FunnelBars,
  ShareBars,
  ShareMatrix,
  StackedBars,
} from '../core/report/charts.js';
import { formatCompact, formatShare } from '../core/report/format.js';
import type { CurvesPlot, ShareRanges } from '../core/report/risk-charts.js';
import type { Label } from '../core/schema/label.js';
import { drawCalibration } from './plot-calibration.js';
import { drawCapBars } from './plot-cap-bars.js';
import { drawCurves } from './plot-curves.js';
import { drawFlow } from './plot-flow.js';
import { drawFrontier } from './plot-frontier.js';
import { ACCENT, BREACH, CHAR_WIDTH, FONT_SIZE, INK, LINE_HEIGHT, MUTED } from './plot-ink.js';
import { drawShareRanges } from './plot-share-ranges.js';

/** Characters on one line of a name: more where the picture is wide. */
const LABEL_CHARS = { wide: 40, narrow: 26 };

/** @returns one `<svg>` element as text, with a title for screen readers */
export function renderChart(spec: ChartSpec): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const text = svgOf(spec, document);
  const title = document.createElement('title');
  title.textContent = `${spec.title}. ${spec.caption}`;
  const label = document.createElement('i');
  label.setAttribute('aria-label', title.textContent ?? '');
  const attribute = label.outerHTML.slice('<i '.length, -'></i>'.length);
  return rounded(text).replace(
    /^<svg [^>]*>/,
    (tag) => `${tag.slice(0, -1)} role="img" ${attribute}>${title.outerHTML}${legendOf(spec)}`,
  );
}

// biome-ignore lint/suspicious/noExplicitAny: the DOM's types are not part of a server's library.
function svgOf(spec: ChartSpec, document: any): string {
  if (spec.kind === 'flow') return drawFlow(spec);
  if (spec.kind === 'cap_bars') return drawCapBars(spec);
  if (spec.kind === 'frontier') return drawFrontier(spec, document);
  if (spec.kind === 'share_ranges') return drawShareRanges(spec);
  if (spec.kind === 'curves') return drawCurves(spec, document);
  const svg = drawn(spec, document);
  for (const style of svg.querySelectorAll('style')) style.remove();
  return svg.outerHTML;
}

/** Plot writes 15 digits; two are more than a screen shows, and keep the bytes small. */
function rounded(svg: string): string {
  return svg.replace(/<[a-z][^>]*>/g, (tag) =>
    tag.replace(/-?\d+\.\d{3,}(?:e-\d+)?/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: the DOM's types are not part of a server's library.
function drawn(spec: PlotSpec, document: any): any {
  if (spec.kind === 'calibration_plot') return drawCalibration(spec, document);
  const names = spec.rows.map((row) => row.category);
  const shape = layout(spec);
  const parts = partsOf(spec);
  return Plot.plot({
    document,
    className: 'chart',
    width: spec.width,
    height: shape.rowHeight * Math.max(1, names.length) + parts.marginTop + parts.marginBottom,
    marginTop: parts.marginTop,
    marginBottom: parts.marginBottom,
    marginLeft: shape.marginLeft,
    marginRight: parts.marginRight,
    style: { fontSize: `${FONT_SIZE}px`, fontFamily: 'inherit', background: 'none' },
    ...parts.options,
    y: { domain: names, label: null, padding: 0.25 },
    marks: [
      Plot.axisY({
        ...{ tickSize: 0, label: null, fontSize: FONT_SIZE, lineWidth: Infinity },
        ...(spec.kind === 'funnel' || spec.kind === 'share_matrix' ? { x: null } : {}),
        tickFormat: (name: string) => shape.lines.get(name)?.join('\n') ?? name,
      }),
      ...parts.marks,
    ],
  });
}

/** What Observable Plot draws whole. */
type PlotSpec = Exclude<ChartSpec, FlowPlot | CapBars | FrontierPlot | ShareRanges | CurvesPlot>;

interface Parts {
  readonly marginTop: number;
  readonly marginBottom: number;
  readonly marginRight: number;
  readonly options: Plot.PlotOptions;
  readonly marks: Plot.Markish[];
}

function partsOf(spec: Exclude<PlotSpec, CalibrationPlot>): Parts {
  switch (spec.kind) {
    case 'stacked_bars':
      return stackedBars(spec);
    case 'share_bars':
      return shareBars(spec);
    case 'share_matrix':
      return shareMatrix(spec);
    case 'funnel':
      return funnelBars(spec);
  }
}

function stackedBars({ rows, series }: StackedBars): Parts {
  const cells = rows.flatMap((row) =>
    series.map(({ id, name }, i) => ({
      ...{ category: row.category, id, tokens: row.values[i] ?? 0 },
      title: `${row.category}: ${formatCompact(row.values[i] ?? 0)} ${name}`,
    })),
  );
  const ends = rows.map((row) => {
    const total = row.values.reduce((a, b) => a + b, 0);
    return { category: row.category, total, end: Math.max(total, row.target ?? 0) };
  });
  const targets = rows.filter((row) => row.target !== null);
  const end = Math.max(1, ...ends.map((row) => row.end));
  return {
    ...{ marginTop: 40, marginBottom: 28, marginRight: 64, options: { x: tokensAxis(end) } },
    marks: [
      Plot.gridX({ ticks: 6, stroke: MUTED, strokeOpacity: 0.25 }),
      Plot.barX(cells, {
        ...{ x: 'tokens', y: 'category', title: 'title', order: series.map((s) => s.id), z: 'id' },
        fill: (cell: { id: Label }) => INK[cell.id],
      }),
      Plot.tickX(targets, {
        ...{ x: 'target', y: 'category', stroke: 'currentColor', strokeWidth: 2.5 },
        ...{ insetTop: -3, insetBottom: -3 },
        title: (row: StackedBars['rows'][number]) =>
          `${row.category}: target ${formatCompact(row.target ?? 0)}`,
      }),
      Plot.text(ends, {
        ...{ x: 'end', y: 'category', textAnchor: 'start', dx: 7, fontSize: FONT_SIZE },
        text: (row: { total: number }) => formatCompact(row.total),
      }),
    ],
  };
}

function tokensAxis(end: number): Plot.ScaleOptions {
  return { domain: [0, end], label: null, ticks: 6, tickFormat: formatCompact, tickSize: 0 };
}

function shareBars({ rows, series }: ShareBars): Parts {
  const limits = rows.filter((row) => row.limit !== null);
  const end = Math.max(0.01, ...rows.map((row) => Math.max(row.share, row.limit ?? 0)));
  const over = (row: ShareBars['rows'][number]) => row.limit !== null && row.share > row.limit;
  const percent = (share: number) => formatShare(share, end < 0.05 ? 1 : 0);
  return {
    ...{ marginTop: 30, marginBottom: 28, marginRight: 62 },
    options: {
      x: { domain: [0, end], label: null, ticks: 5, tickFormat: percent, tickSize: 0 },
    },
    marks: [
      Plot.gridX({ ticks: 5, stroke: MUTED, strokeOpacity: 0.25 }),
      Plot.barX(rows, {
        ...{ x: 'share', y: 'category' },
        fill: (row: ShareBars['rows'][number]) => (over(row) ? BREACH : INK[series]),
        title: (row: ShareBars['rows'][number]) =>
          `${row.category}: ${formatShare(row.share)}${row.limit === null ? '' : `, cap ${formatShare(row.limit)}`}`,
      }),
      Plot.tickX(limits, {
        ...{ x: 'limit', y: 'category', stroke: 'currentColor', strokeWidth: 1.5 },
        ...{ strokeDasharray: '4,3', insetTop: -4, insetBottom: -4 },
      }),
      ...sharedLimit(rows),
      Plot.text(rows, {
        ...{ y: 'category', textAnchor: 'end', frameAnchor: 'right', dx: 58 },
        fontSize: FONT_SIZE,
        fontVariant: 'tabular-nums',
        text: (row: ShareBars['rows'][number]) => formatShare(row.share),
      }),
    ],
  };
}

/** Names the line where it is one line: every category that has a limit has the same. */
function sharedLimit(rows: ShareBars['rows']): Plot.Markish[] {
  const limits = new Set(rows.flatMap((row) => (row.limit === null ? [] : [row.limit])));
  const [limit] = limits;
  if (limits.size !== 1 || limit === undefined) return [];
  return [
    Plot.text([limit], {
      ...{ x: (share: number) => share, frameAnchor: 'top', textAnchor: 'end', dx: 4, dy: -16 },
      text: (share: number) => `cap ${formatShare(share, Number.isInteger(share * 100) ? 0 : 1)}`,
      fontWeight: 600,
    }),
  ];
}

function shareMatrix({ rows, columns, limit }: ShareMatrix): Parts {
  const cells = rows.flatMap((row) =>
    columns.map((family, i) => ({ category: row.category, family, share: row.shares[i] ?? 0 })),
  );
  type Cell = (typeof cells)[number];
  const full = limit ?? 1;
  const over = (cell: Cell) => limit !== null && cell.share > limit;
  const lines = columns.map((name) => wrap(name, 18));
  const deepest = Math.max(1, ...lines.map((parts) => parts.length));
  return {
    ...{ marginTop: 12 + LINE_HEIGHT * deepest, marginBottom: 6, marginRight: 8 },
    options: { x: { domain: [...columns], label: null, axis: null, padding: 0.06 } },
    marks: [
      Plot.axisX({
        ...{ anchor: 'top', tickSize: 0, label: null, fontSize: FONT_SIZE, lineWidth: Infinity },
        tickFormat: (name: string) => wrap(name, 18).join('\n'),
      }),
      Plot.cell(cells, {
        ...{ x: 'family', y: 'category', rx: 3, insetTop: -1, insetBottom: -1 },
        fill: (cell: Cell) => (over(cell) ? BREACH : INK.synthetic),
        fillOpacity: (cell: Cell) => 0.06 + 0.54 * Math.min(1, cell.share / full),
        title: (cell: Cell) => `${cell.category}, ${cell.family}: ${formatShare(cell.share)}`,
      }),
      Plot.text(cells, {
        ...{ x: 'family', y: 'category', fontSize: FONT_SIZE, fill: 'currentColor' },
        text: (cell: Cell) => formatShare(cell.share),
      }),
    ],
  };
}

function funnelBars({ rows }: FunnelBars): Parts {
  const cells = (['documents', 'tokens'] as const).flatMap((measure) => {
    const most = Math.max(1, ...rows.map((row) => row[measure] ?? 0));
    return rows.map((row) => ({
      ...{ category: row.category, measure, value: row[measure] },
      length: (row[measure] ?? 0) / most,
    }));
  });
  type Cell = (typeof cells)[number];
  return {
    ...{ marginTop: 34, marginBottom: 6, marginRight: 8 },
    options: {
      fx: { domain: ['documents', 'tokens'], label: null, padding: 0.06, axis: null },
      x: { domain: [0, 1.45], axis: null },
    },
    marks: [
      Plot.axisFx({ anchor: 'top', label: null, fontSize: 13, dy: -4 }),
      Plot.barX(cells, {
        ...{ x: 'length', y: 'category', fx: 'measure', rx: 2 },
        fill: ACCENT,
        fillOpacity: (cell: Cell) => (cell.category === 'written' ? 1 : 0.45),
      }),
      Plot.text(cells, {
        ...{ x: 'length', y: 'category', fx: 'measure', textAnchor: 'start', dx: 7 },
        fontSize: FONT_SIZE,
        fill: (cell: Cell) => (cell.value === null ? MUTED : 'currentColor'),
        text: (cell: Cell) =>
          cell.value === null
            ? 'not counted'
            : `${formatCompact(cell.value)}, ${formatShare(cell.length)}`,
      }),
    ],
  };
}

/** Swatches above the bars, laid out from estimated text widths. */
function legendOf(spec: ChartSpec): string {
  if (spec.kind !== 'stacked_bars') return '';
  const left = layout(spec).marginLeft;
  let x = left;
  const items = spec.series.map(({ id, name }) => {
    const item = `<rect x="${x}" y="8" width="12" height="12" rx="2" fill="${INK[id]}"></rect><text x="${x + 18}" y="18">${name}</text>`;
    x += 18 + name.length * CHAR_WIDTH + 18;
    return item;
  });
  const mark = `<path d="M${x + 4},6V22" stroke="currentColor" stroke-width="2.5"></path><text x="${x + 14}" y="18">target</text>`;
  const hasTarget = spec.rows.some((row) => row.target !== null);
  return `<g aria-hidden="true" text-anchor="start">${items.join('')}${hasTarget ? mark : ''}</g>`;
}

/** Room for the longest name, and rows high enough for the name with the most lines. */
function layout(spec: PlotSpec) {
  const width = spec.width > 700 ? LABEL_CHARS.wide : LABEL_CHARS.narrow;
  const names = spec.rows.map((row) => row.category);
  const lines = new Map(names.map((name) => [name, wrap(name, width)]));
  const all = [...lines.values()];
  const widest = Math.max(4, ...all.flat().map((line) => line.length));
  const deepest = Math.max(1, ...all.map((parts) => parts.length));
  return {
    lines,
    marginLeft: Math.round(22 + widest * CHAR_WIDTH),
    rowHeight: Math.max(24, deepest * LINE_HEIGHT + 2),
  };
}

/** Lines of at most `width` characters, broken after a space or hyphen where there is one. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = [...text];
  while (rest.length > width) {
    const head = rest.slice(0, width);
    const gap = Math.max(head.lastIndexOf(' '), head.lastIndexOf('-'), head.lastIndexOf('_')) + 1;
    const cut = gap > width / 3 ? gap : width;
    lines.push(rest.slice(0, cut).join('').trimEnd());
    rest = rest.slice(cut);
  }
  return [...lines, rest.join('')];
}
