/** What the simulation of collapse says on the terminal: verdict, attempts, what would change it, where all of it stands. */
import { join } from 'node:path';
import { RISK_FILE } from '../../activities/risk-report.js';
import { riskSummaryTable } from '../../core/report/risk-summary.js';
import { leversTable, roundsTable } from '../../core/report/risk-tables.js';
import { Failure } from '../../core/schema/failure.js';
import { type RiskReport, riskReport } from '../../core/schema/risk.js';
import { haveFile, localFolder } from '../../storage/remote/mirror.js';
import { readJson } from '../../storage/workspace.js';
import type { Output } from '../terminal/output.js';
import { asFailure } from '../terminal/report-failure.js';
import { printTables } from './print-tables.js';

/** Levers that the terminal shows; risk.json has all. */
const LEVERS_SHOWN = 10;

/** `path`: of risk.json, absolute. */
export function printRisk(output: Output, report: RiskReport, path: string): void {
  const { decision, why, rounds } = report;
  const { colors } = output;
  const paint = decision === 'PASS' ? colors.green : colors.red;
  output.line();
  output.line(paint(`collapse: ${decision}`));
  for (const line of why) output.line(`  ${line}`);
  const levers = leversTable(report);
  printTables(output, [
    riskSummaryTable(report),
    ...(rounds.length > 1 || rounds.some(({ capsAdded }) => capsAdded.length > 0)
      ? [roundsTable(report)]
      : []),
    ...(decision === 'PASS' ? [] : [{ ...levers, rows: levers.rows.slice(0, LEVERS_SHOWN) }]),
  ]);
  output.line(`risk       ${colors.cyan(path)}`);
}

/** The report of a published version; null where its recipe asked for none. */
export async function riskOfMix(folder: string): Promise<RiskReport | null> {
  const path = join(folder, RISK_FILE);
  return (await haveFile(path)) ? riskReport.parse(readJson(path)) : null;
}

interface GateDetails {
  readonly risk: { readonly path: string };
  readonly page: string;
}

/**
 * Runs `work`. Where the gate ended it, prints its report first, and the failure says where the file stands and,
 * in JSON, all that it says.
 */
export async function tellingRisk<T>(
  output: Output,
  workspace: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = asFailure(error);
    if (failure?.code !== 'RISK_GATE_FAILED' && failure?.code !== 'RISK_INCONCLUSIVE') throw error;
    const details = failure.details as GateDetails;
    const folder = localFolder(workspace);
    const path = join(folder, details.risk.path);
    const report = (await haveFile(path)) ? riskReport.parse(readJson(path)) : null;
    if (report !== null) printRisk(output, report, path);
    const page = join(folder, details.page);
    await haveFile(page);
    const parts = { ...failure.parts, where: `${failure.parts.where}: ${path}` };
    throw new Failure(failure.code, parts, { ...details, riskPath: path, page, report });
  }
}
