/** A page with a frontier alone: picture, sentences, table. */
import type { FrontierPlot } from './charts.js';
import { renderCharts, renderPage } from './html.js';
import { escapeHtml, renderTable } from './markup.js';
import type { Table } from './tables.js';

/** @param svg as `engines/plot` draws the spec; trusted markup */
export function frontierPage(
  spec: FrontierPlot,
  { svg, table }: { readonly svg: string; readonly table: Table },
): string {
  const body = `<header class="top"><div class="in"><p class="eyebrow">Frontier</p>
<h1>${escapeHtml(spec.title)}</h1></div></header>
<main>
${renderCharts([spec], { [spec.id]: svg })}
${renderTable(table)}
</main>
<footer>A whole plan at each value. Between two of them nothing is claimed but the edges that were searched.</footer>`;
  return renderPage(spec.title, body);
}
