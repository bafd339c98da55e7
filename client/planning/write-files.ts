/** Files that a plan is asked for: the page, the frontier as CSV, as SVG or as a page. Written whole. */
import { extname } from 'node:path';
import type { ChartSpec } from '../../core/report/charts.js';
import { csvText } from '../../core/report/csv.js';
import type { Frontier } from '../../core/report/frontier.js';
import { frontierPage } from '../../core/report/frontier-page.js';
import { frontierRecords, frontierTable } from '../../core/report/frontier-tables.js';
import { frontierChart } from '../../core/report/plan-charts.js';
import { type PlanPage, planPageCharts, renderPlanReport } from '../../core/report/plan-page.js';
import { Failure } from '../../core/schema/failure.js';
import { renderChart } from '../../engines/plot.js';
import { writeWhole } from './write-whole.js';

const drawAll = (specs: readonly ChartSpec[]) =>
  Object.fromEntries(specs.map((spec) => [spec.id, renderChart(spec)]));

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

export async function writeFrontierCsv(path: string, { points }: Frontier): Promise<void> {
  const [columns, ...rows] = frontierRecords(points);
  await writeWhole(path, csvText(columns!.map(String), rows));
}

export async function writeFrontierPlot(path: string, frontier: Frontier): Promise<void> {
  const spec = frontierChart(frontier);
  const svg = renderChart(spec);
  const isPage = extname(path).toLowerCase() === '.html';
  const table = frontierTable(frontier.swept, frontier.points);
  await writeWhole(path, isPage ? frontierPage(spec, { svg, table }) : `${svg}\n`);
}
