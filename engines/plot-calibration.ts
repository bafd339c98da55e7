/** A calibration plot: one panel per domain, predicted chance across, observed share upwards. */
import * as Plot from '@observablehq/plot';
import type { CalibrationPlot } from '../core/report/charts.js';
import { formatShare } from '../core/report/format.js';
import { ACCENT, MUTED } from './plot-ink.js';

const PANELS_PER_ROW = 4;
const PANEL_HEIGHT = 190;

interface Point {
  readonly predicted: number;
  readonly observed: number;
  readonly documents: number;
  readonly fx: number;
  readonly fy: number;
  readonly category: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the DOM's types are not part of a server's library.
export function drawCalibration(spec: CalibrationPlot, document: any): any {
  const place = (i: number) => ({ fx: i % PANELS_PER_ROW, fy: Math.floor(i / PANELS_PER_ROW) });
  const points = spec.rows.flatMap(({ category, bins }, i): Point[] =>
    bins.map((bin) => ({ ...bin, ...place(i), category })),
  );
  const names = spec.rows.map(({ category }, i) => ({ category, ...place(i) }));
  const columns = Math.min(PANELS_PER_ROW, Math.max(1, spec.rows.length));
  const panelRows = Math.max(1, Math.ceil(spec.rows.length / PANELS_PER_ROW));
  const share = { domain: [0, 1], ticks: 3, tickFormat: (n: number) => formatShare(n, 0) };
  return Plot.plot({
    document,
    className: 'chart',
    width: Math.round((spec.width * columns) / PANELS_PER_ROW) + 40,
    height: panelRows * PANEL_HEIGHT + 60,
    ...{ marginLeft: 56, marginBottom: 44, marginTop: 28 },
    style: { fontSize: '12px', fontFamily: 'inherit', background: 'none' },
    x: { ...share, label: 'predicted', labelAnchor: 'center' },
    y: { ...share, label: 'observed', labelAnchor: 'center' },
    fx: { axis: null, padding: 0.12 },
    fy: { axis: null, padding: 0.22 },
    r: { range: [2, 7] },
    marks: [
      Plot.frame({ stroke: MUTED, strokeOpacity: 0.4 }),
      Plot.link(names, {
        ...{ x1: 0, y1: 0, x2: 1, y2: 1, fx: 'fx', fy: 'fy' },
        ...{ stroke: MUTED, strokeDasharray: '4,3' },
      }),
      Plot.line(points, {
        ...{ x: 'predicted', y: 'observed', z: 'category', fx: 'fx', fy: 'fy', stroke: ACCENT },
      }),
      Plot.dot(points, {
        ...{ x: 'predicted', y: 'observed', r: 'documents', fx: 'fx', fy: 'fy', fill: ACCENT },
        title: (point: Point) =>
          `${point.category}: predicted ${formatShare(point.predicted)}, observed ${formatShare(point.observed)}, ${point.documents} documents`,
      }),
      Plot.text(names, {
        ...{ x: 0.5, y: 1, dy: -12, fx: 'fx', fy: 'fy', text: 'category', fontSize: 12 },
        ...{ fontWeight: 600, fill: 'currentColor' },
      }),
    ],
  });
}
