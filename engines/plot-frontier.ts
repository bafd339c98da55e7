/** A frontier: panels below each other over one axis; infeasible values as crosses, edges as lines. */
import * as Plot from '@observablehq/plot';
import type { FrontierPlot } from '../core/report/charts.js';
import { formatCompact, formatShare } from '../core/report/format.js';
import { sweptText } from '../core/report/frontier-tables.js';
import { ACCENT, BREACH, FONT_SIZE, INK, MUTED } from './plot-ink.js';

const MARGIN = { marginLeft: 74, marginRight: 120, marginTop: 26 };
const SERIES = [
  { name: 'people', color: INK.human_authored },
  { name: 'synthetic', color: INK.synthetic },
  { name: 'unknown', color: INK.unknown },
];

type Row = FrontierPlot['rows'][number];

interface Panel {
  readonly title: string;
  readonly height: number;
  readonly y: Plot.ScaleOptions;
  readonly marks: Plot.Markish[];
}

// biome-ignore lint/suspicious/noExplicitAny: the DOM's types are not part of a server's library.
export function drawFrontier(spec: FrontierPlot, document: any): string {
  const panels = [
    tokensPanel(spec),
    sharesPanel(spec),
    ...(spec.rows.some((row) => row.targetDeviation !== null) ? [deviationPanel(spec)] : []),
  ];
  let y = 0;
  const parts = panels.map((panel, i) => {
    const svg = draw(spec, { panel, isLast: i === panels.length - 1, document });
    for (const style of svg.querySelectorAll('style')) style.remove();
    const text = String(svg.outerHTML).replace('<svg ', `<svg y="${y}" `);
    y += Number(svg.getAttribute('height'));
    return text;
  });
  return `<svg class="chart" xmlns="http://www.w3.org/2000/svg" fill="currentColor" width="${spec.width}" height="${y}" viewBox="0 0 ${spec.width} ${y}">${parts.join('')}</svg>`;
}

function draw(
  spec: FrontierPlot,
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  { panel, isLast, document }: { panel: Panel; isLast: boolean; document: any },
  // biome-ignore lint/suspicious/noExplicitAny: as above.
): any {
  const { axis, rows } = spec;
  const values = rows.map((row) => row.value);
  const ticks = axis.isLog ? {} : { ticks: 8 };
  const format = (value: number) =>
    axis.kind === 'tokens' ? formatCompact(value) : sweptText(value, axis);
  return Plot.plot({
    ...{ document, className: 'chart', width: spec.width, height: panel.height, ...MARGIN },
    marginBottom: isLast ? 34 : 12,
    style: { fontSize: `${FONT_SIZE}px`, fontFamily: 'inherit', background: 'none' },
    x: {
      ...{ type: axis.isLog ? 'log' : 'linear', label: null, tickSize: 0, ...ticks },
      domain: [Math.min(...values), Math.max(...values)],
      ...(isLast ? { tickFormat: logFormat(axis.isLog, format) } : { axis: null }),
    },
    y: { ...panel.y, label: null, tickSize: 0 },
    marks: [
      Plot.gridY({ ticks: 4, stroke: MUTED, strokeOpacity: 0.25 }),
      ...edgeMarks(spec),
      ...panel.marks,
      Plot.text([panel.title], {
        ...{ frameAnchor: 'top-left', dy: -18, fontWeight: 600, fontSize: FONT_SIZE },
      }),
    ],
  });
}

/** On a log axis only 1, 2 and 5 times a power of ten are named. */
function logFormat(isLog: boolean, format: (value: number) => string) {
  return (value: number): string => {
    const lead = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
    const isNamed = !isLog || [1, 2, 5].some((digit) => Math.abs(lead - digit) < 1e-6);
    return isNamed ? format(value) : '';
  };
}

function edgeMarks({ breakpoints, asWritten, rows }: FrontierPlot): Plot.Markish[] {
  const values = rows.map((row) => row.value);
  const isInside = (value: number) => value >= Math.min(...values) && value <= Math.max(...values);
  const written = asWritten !== null && isInside(asWritten) ? [asWritten] : [];
  const infeasible = rows.filter((row) => row.tokens === null).map((row) => row.value);
  return [
    Plot.ruleX(breakpoints, { stroke: MUTED, strokeDasharray: '4,3' }),
    Plot.ruleX(written, { stroke: ACCENT, strokeOpacity: 0.5, strokeWidth: 4 }),
    Plot.text(infeasible, {
      ...{ x: (value: number) => value, frameAnchor: 'bottom', dy: -4, fontSize: 15 },
      ...{ text: () => '×', fill: BREACH, fontWeight: 700 },
    }),
  ];
}

function tokensPanel({ rows, asWritten, axis }: FrontierPlot): Panel {
  const tokens = rows.map((row) => row.tokens ?? 0);
  const most = Math.max(1, ...tokens);
  const solved = rows.filter((row) => row.tokens !== null);
  const crossed = rows.some((row) => row.tokens === null) ? ', × infeasible' : '';
  const values = rows.map((row) => row.value);
  const isShown = asWritten !== null && asWritten >= values[0]! && asWritten <= values.at(-1)!;
  const written = isShown ? ', broad line: the recipe as written' : '';
  return {
    ...{ title: `tokens planned${crossed}${written}`, height: 220 },
    y: { domain: [0, most], ticks: 4, tickFormat: formatCompact, zero: true },
    marks: [
      Plot.areaY(rows, {
        ...{ x: 'value', y1: 0, y2: 'tokens', fill: ACCENT, fillOpacity: 0.12 },
      }),
      Plot.lineY(rows, { x: 'value', y: 'tokens', stroke: ACCENT, strokeWidth: 2 }),
      Plot.dot(solved, {
        ...{ x: 'value', y: 'tokens', fill: ACCENT, r: 3.5 },
        title: (row: Row) => `${sweptText(row.value, axis)}: ${formatCompact(row.tokens ?? 0)}`,
      }),
    ],
  };
}

function sharesPanel({ rows, axis }: FrontierPlot): Panel {
  const points = SERIES.flatMap(({ name, color }, i) =>
    rows.map((row) => ({ ...{ name, color, value: row.value }, share: row.shares[i] ?? null })),
  );
  type Point = (typeof points)[number];
  const most = Math.max(0.01, ...points.map((point) => point.share ?? 0));
  const last = SERIES.flatMap(({ name }) =>
    points.filter((point) => point.name === name && point.share !== null).slice(-1),
  );
  return {
    ...{ title: 'share of the mix', height: 160 },
    y: { domain: [0, most], ticks: 4, tickFormat: (n: number) => formatShare(n, 0) },
    marks: [
      Plot.line(points, { x: 'value', y: 'share', z: 'name', stroke: 'color', strokeWidth: 2 }),
      Plot.dot(
        points.filter((point) => point.share !== null),
        {
          ...{ x: 'value', y: 'share', fill: 'color', r: 3 },
          title: (point: Point) =>
            `${point.name} at ${sweptText(point.value, axis)}: ${formatShare(point.share)}`,
        },
      ),
      Plot.text(spread(last, most), {
        ...{ frameAnchor: 'right', textAnchor: 'start', dx: 12, y: 'at', fontSize: FONT_SIZE },
        text: (point: Point) => `${point.name} ${formatShare(point.share)}`,
      }),
    ],
  };
}

/** Names beside the ends of lines, moved apart where they would overlap. */
function spread<T extends { readonly share: number | null }>(points: readonly T[], most: number) {
  const least = most * 0.13;
  const sorted = [...points].sort((a, b) => a.share! - b.share!);
  let below = -Infinity;
  return sorted.map((point) => {
    below = Math.max(point.share!, below + least);
    return { ...point, at: below };
  });
}

function deviationPanel({ rows, axis }: FrontierPlot): Panel {
  const most = Math.max(0.001, ...rows.map((row) => row.targetDeviation ?? 0));
  return {
    ...{ title: 'part of the mix away from its target', height: 140 },
    y: {
      domain: [0, most],
      ticks: 3,
      tickFormat: (n: number) => formatShare(n, most < 0.05 ? 1 : 0),
    },
    marks: [
      Plot.lineY(rows, {
        x: 'value',
        y: 'targetDeviation',
        stroke: 'currentColor',
        strokeWidth: 1.5,
      }),
      Plot.dot(
        rows.filter((row) => row.targetDeviation !== null),
        {
          ...{ x: 'value', y: 'targetDeviation', fill: 'currentColor', r: 3 },
          title: (row: Row) => `${sweptText(row.value, axis)}: ${formatShare(row.targetDeviation)}`,
        },
      ),
    ],
  };
}
