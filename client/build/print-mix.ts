/** What a finished build says on the terminal: domains, caps, what was left out, where it stands. */
import { join } from 'node:path';
import { RISK_FILE } from '../../activities/risk-report.js';
import { benchmarksTable, evaluationTable } from '../../core/report/benchmark-tables.js';
import { currencyOf, plural } from '../../core/report/format.js';
import { capsTable, funnelTable, leftOutTable, type Table } from '../../core/report/tables.js';
import { reportView } from '../../core/report/view.js';
import { domainsTable, familiesTable } from '../../core/report/view-tables.js';
import type { Manifest } from '../../core/schema/manifest.js';
import { plan as planSchema } from '../../core/schema/plan.js';
import { readJson } from '../../storage/workspace.js';
import type { Output } from '../terminal/output.js';
import { printRisk } from './print-risk.js';
import { printTables } from './print-tables.js';
import type { WrittenMix } from './written-mix.js';

/** A table with more rows than this is cut on the terminal; the report has them all. */
const ROWS_SHOWN = 40;

/** Columns of the families' table before those of single families, which the report shows. */
const FAMILY_COLUMNS = 7;

function firstColumns(table: Table): Table {
  const { title, columns, rows } = table;
  return {
    title,
    columns: columns.slice(0, FAMILY_COLUMNS),
    rows: rows.map((row) => row.slice(0, FAMILY_COLUMNS)),
  };
}

export interface MixPlace extends WrittenMix {
  readonly manifest: Manifest;
  readonly url: string | null;
}

export function printMix(output: Output, mix: MixPlace): void {
  const { manifest, folder, local, risk, url } = mix;
  const { plan } = readJson(join(local, 'plan.json')) as { plan: unknown };
  const parsed = planSchema.parse(plan);
  const view = reportView(manifest, parsed.status === 'optimal' ? parsed : null);
  const funnel = view.funnels[0];
  const caps = capsTable(view.caps, currencyOf(view.licenceCost));
  printTables(output, [
    ...(funnel === undefined ? [] : [funnelTable(funnel)]),
    leftOutTable(manifest.leftOut),
    benchmarksTable(manifest),
    evaluationTable(manifest),
    domainsTable(view),
    firstColumns(familiesTable(view)),
    { ...caps, rows: caps.rows.slice(0, ROWS_SHOWN) },
  ]);
  if (caps.rows.length > ROWS_SHOWN)
    output.line(`.. and ${caps.rows.length - ROWS_SHOWN} more caps in the report`);
  if (risk !== null) printRisk(output, risk, `${folder}/${RISK_FILE}`);
  const { colors } = output;
  const kept = manifest.caps.filter((usage) => usage.kept).length;
  output.line();
  output.line(
    colors.green(
      `${plural(kept, 'cap')} kept, ${manifest.caps.length - kept} breached, counted from the written files by a second reader`,
    ),
  );
  output.line(`mix     ${colors.cyan(folder)}`);
  output.line(`report  ${colors.cyan(`${folder}/report.html`)}`);
  if (url !== null) output.line(`run     ${colors.cyan(url)}`);
}
