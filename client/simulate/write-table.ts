/** The table of synthetic shares as a file: a picture, or a page with picture and table. */
import { extname } from 'node:path';
import { knownTableChart, knownTablePage } from '../../core/report/known-table-page.js';
import type { TableRow } from '../../core/schema/risk.js';
import { renderChart } from '../../engines/plot.js';
import { writeWhole } from '../planning/write-whole.js';

export async function writeTable(path: string, rows: readonly TableRow[]): Promise<void> {
  const spec = knownTableChart(rows);
  const svg = renderChart(spec);
  const isPage = extname(path).toLowerCase() === '.html';
  await writeWhole(path, isPage ? knownTablePage(spec, { svg, rows }) : `${svg}\n`);
}
