/** A page with the table of synthetic shares alone: pictures, sentences, table. */
import type { TableRow } from '../schema/risk.js';
import { renderCharts, renderPage } from './html.js';
import { escapeHtml, renderTable } from './markup.js';
import { type CurvesPlot, knownChart } from './risk-charts.js';
import { knownTable } from './risk-tables.js';

/** The picture of the table, on whatever text it was made. */
export function knownTableChart(table: readonly TableRow[]): CurvesPlot {
  const caption =
    'An n-gram model trained on this human text, then again and again on a mix of it and what was written. Bands are 95 % intervals of the mean.';
  return { ...knownChart({ table: [...table] }), caption };
}

/** @param svg as `engines/plot` draws the spec; trusted markup */
export function knownTablePage(
  spec: CurvesPlot,
  { svg, rows }: { readonly svg: string; readonly rows: readonly TableRow[] },
): string {
  const body = `<header class="top"><div class="in"><p class="eyebrow">Simulation</p>
<h1>${escapeHtml(spec.title)}</h1></div></header>
<main>
${renderCharts([spec], { [spec.id]: svg })}
${renderTable(knownTable(rows))}
</main>
<footer>A generation is one full retrain on the last model's output. An n-gram model has statistical error only: no capacity, no optimisation, no meaning.</footer>`;
  return renderPage(spec.title, body);
}
