/** Curves with bands in panels: generations across, one colour per name, a threshold as a dashed line. */
import * as Plot from '@observablehq/plot';
import type { CurvePanel, CurvesPlot } from '../core/report/risk-charts.js';
import { BREACH, FONT_SIZE, MUTED } from './plot-ink.js';
import { legendAt } from './plot-share-ranges.js';

const PANELS_PER_ROW = 4;
const PANEL_HEIGHT = 204;
const LEGEND_HEIGHT = 30;
const TITLE_CHARS = 32;

/** Okabe and Ito (2008), in an order that keeps neighbours apart. */
const COLORS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#8c8c8c'];

// biome-ignore lint/suspicious/noExplicitAny: the DOM's types are not part of a server's library.
export function drawCurves(spec: CurvesPlot, document: any): string {
  const names = [...new Set(spec.rows.flatMap(({ series }) => series.map(({ name }) => name)))];
  const colorOf = (name: string) => COLORS[names.indexOf(name) % COLORS.length]!;
  const shownNames = names.length > 1;
  const top = shownNames ? LEGEND_HEIGHT : 0;
  const width = Math.floor(spec.width / PANELS_PER_ROW);
  const panels = spec.rows.map((panel, i) => {
    const svg = drawPanel(spec, { panel, width, colorOf, document });
    for (const style of svg.querySelectorAll('style')) style.remove();
    const x = (i % PANELS_PER_ROW) * width;
    const y = top + Math.floor(i / PANELS_PER_ROW) * PANEL_HEIGHT;
    return String(svg.outerHTML).replace('<svg ', `<svg x="${x}" y="${y}" `);
  });
  const height = top + Math.ceil(spec.rows.length / PANELS_PER_ROW) * PANEL_HEIGHT;
  const legend = shownNames
    ? legendAt(
        44,
        names.map((name) => [
          `<path d="M0,0H14" stroke="${colorOf(name)}" stroke-width="3"></path>`,
          name,
        ]),
      )
    : '';
  return `<svg class="chart" xmlns="http://www.w3.org/2000/svg" fill="currentColor" font-family="inherit" font-size="${FONT_SIZE}" width="${spec.width}" height="${height}" viewBox="0 0 ${spec.width} ${height}">${legend}${panels.join('')}</svg>`;
}

/** From the lowest to the highest value of panels that share a scale. */
function rangeOf(panels: readonly CurvePanel[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { series, threshold } of panels) {
    const points = series.flatMap((own) => own.points);
    low = Math.min(low, threshold ?? low, ...points.map((point) => point.low));
    high = Math.max(high, threshold ?? high, ...points.map((point) => point.high));
  }
  return [low, high];
}

/** At most two lines: broken after the first comma where it is too long for one, then cut. */
function titleLines(name: string): string {
  if (name.length <= TITLE_CHARS) return name;
  const comma = name.indexOf(', ');
  const parts = comma < 0 ? [name] : [name.slice(0, comma), name.slice(comma + 2)];
  return parts.map((part) => part.slice(0, TITLE_CHARS)).join('\n');
}

interface PanelLook {
  readonly panel: CurvePanel;
  readonly width: number;
  readonly colorOf: (name: string) => string;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly document: any;
}

// biome-ignore lint/suspicious/noExplicitAny: as above.
function drawPanel(spec: CurvesPlot, { panel, width, colorOf, document }: PanelLook): any {
  const points = panel.series.flatMap(({ name, points: own }) =>
    own.map((point) => ({ ...point, name })),
  );
  const color = (point: { name: string }) => colorOf(point.name);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const { xNames } = spec;
  const title = titleLines(panel.category);
  return Plot.plot({
    ...{ document, className: 'chart', width, height: PANEL_HEIGHT },
    ...{ marginLeft: 44, marginRight: 12, marginTop: 40, marginBottom: 34 },
    style: { fontSize: '11px', fontFamily: 'inherit', background: 'none' },
    x: {
      ...{ domain: [Math.min(0, ...xs), Math.max(1, ...xs)], label: spec.xLabel },
      ...{ labelAnchor: 'center', labelArrow: 'none', ticks: xNames === null ? 5 : xs },
      tickFormat: (value: number) => xNames?.[value] ?? String(value),
    },
    y: {
      domain: rangeOf(spec.rows.filter(({ scale }) => scale === panel.scale)),
      ...{ label: null, nice: true, ticks: 4 },
    },
    marks: [
      Plot.gridY({ ticks: 4, stroke: MUTED, strokeOpacity: 0.25 }),
      Plot.areaY(points, {
        x: 'x',
        y1: 'low',
        y2: 'high',
        z: 'name',
        fill: color,
        fillOpacity: 0.18,
      }),
      Plot.line(points, { x: 'x', y: 'mean', z: 'name', stroke: color, strokeWidth: 1.8 }),
      Plot.dot(points, {
        ...{ x: 'x', y: 'mean', fill: color, r: 2 },
        title: (point) =>
          `${point.name}, ${spec.xLabel} ${xNames?.[point.x] ?? point.x}: ${point.mean.toPrecision(3)} (${point.low.toPrecision(3)} to ${point.high.toPrecision(3)})`,
      }),
      ...(panel.threshold === null
        ? []
        : [Plot.ruleY([panel.threshold], { stroke: BREACH, strokeDasharray: '5,3' })]),
      Plot.text([title], {
        ...{
          frameAnchor: 'top',
          dy: -32,
          lineHeight: 1.15,
          text: (text: string) => text,
          fontWeight: 600,
        },
        ...{ fontSize: FONT_SIZE, fill: 'currentColor' },
      }),
    ],
  });
}
