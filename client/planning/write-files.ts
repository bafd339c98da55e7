/** Files that a plan is asked for: the page, the frontier as CSV, as SVG or as a page. Written whole. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { ChartSpec } from '../../core/report/charts.js';
import type { Frontier } from '../../core/report/frontier.js';
import { frontierPage } from '../../core/report/frontier-page.js';
import { frontierRecords, frontierTable } from '../../core/report/frontier-tables.js';
import { frontierChart } from '../../core/report/plan-charts.js';
import { type PlanPage, planPageCharts, renderPlanReport } from '../../core/report/plan-page.js';
import { Failure } from '../../core/schema/failure.js';
import { renderChart } from '../../engines/plot.js';
import { ioFailure } from '../../storage/io-failure.js';
import { guardShownText } from '../review/formula-guard.js';

const drawAll = (specs: readonly ChartSpec[]) =>
  Object.fromEntries(specs.map((spec) => [spec.id, renderChart(spec)]));

/** Beside the place first, then renamed: nobody sees half a file. */
async function writeWhole(path: string, text: string): Promise<void> {
  const half = `${path}.${process.pid}.half`;
  try {
    await writeFile(half, text);
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw ioFailure(error, path);
  }
}

/** Throws `USAGE` where a file's name does not say what it is to be. */
export function checkName(
  flag: string,
  path: string | undefined,
  endings: readonly string[],
): void {
  if (path === undefined || endings.includes(extname(path).toLowerCase())) return;
  throw new Failure('USAGE', {
    subject: `option --${flag}`,
    expected: `a file that ends in ${endings.join(' or ')}`,
    found: path,
    where: 'command line',
    remedy: `write --${flag} ${flag}${endings[0]}`,
  });
}

export async function writePlanPage(path: string, page: PlanPage): Promise<void> {
  await writeWhole(path, renderPlanReport(page, drawAll(planPageCharts(page))));
}

/** Text cells are guarded: a spreadsheet would run a cap id that looks like a formula. */
export async function writeFrontierCsv(path: string, { points }: Frontier): Promise<void> {
  const rows = frontierRecords(points).map((row) =>
    row.map((cell) => (typeof cell === 'string' ? guardShownText(cell) : String(cell))),
  );
  await writeWhole(path, stringify(rows, { record_delimiter: 'windows' }));
}

export async function writeFrontierPlot(path: string, frontier: Frontier): Promise<void> {
  const spec = frontierChart(frontier);
  const svg = renderChart(spec);
  const isPage = extname(path).toLowerCase() === '.html';
  const table = frontierTable(frontier.swept, frontier.points);
  await writeWhole(path, isPage ? frontierPage(spec, { svg, table }) : `${svg}\n`);
}
