/** `risk.json` with its page: where they stand, what the attempts in it added, and a line to end a report by. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { riskCharts } from '../core/report/risk-charts.js';
import { renderRiskReport } from '../core/report/risk-page.js';
import type { ArtifactRef } from '../core/schema/artifact.js';
import { canonicalJson } from '../core/schema/canonical.js';
import type { Cap, Recipe } from '../core/schema/recipe.js';
import type { RiskReport, RiskRound } from '../core/schema/risk.js';
import { renderChart } from '../engines/plot.js';
import { fileOf, makeArtifact } from '../storage/artifact.js';
import { sha256 } from '../storage/digest.js';
import type { BuildContext } from './build-context.js';

export const RISK_FILE = 'risk.json';
export const RISK_PAGE = 'risk.html';
const RISK_VERSION = 'risk@1';

/** Caps of all attempts; a later one of the same id stands for the earlier. */
export function capsAddedBy(rounds: readonly RiskRound[]): Cap[] {
  const caps = new Map<string, Cap>();
  for (const { capsAdded } of rounds) for (const cap of capsAdded) caps.set(cap.id, cap);
  return [...caps.values()];
}

/** Whether a cap only changes the limit of another. */
function isTighter(cap: Cap, known: Cap): boolean {
  const what = (row: Cap) => canonicalJson({ ...row, limit: row.limit.kind, reason: '' });
  return what(cap) === what(known);
}

/** The caps under ids of their own: a written cap that happens to have one, and means something else, stays. */
export function withOwnIds(recipe: Recipe, added: readonly Cap[], before: readonly Cap[]): Cap[] {
  const gates = new Set(before.map(({ id }) => id));
  return added.map((cap) => {
    const known = recipe.caps.find(({ id }) => id === cap.id);
    if (known === undefined || gates.has(cap.id) || isTighter(cap, known)) return cap;
    return { ...cap, id: `${cap.id}-gate` };
  });
}

/** Keeps a report with its page, addressed by its content. */
export async function writeRiskReport(
  { workspace, buildId }: BuildContext,
  report: RiskReport,
): Promise<{ ref: ArtifactRef; page: string }> {
  const text = canonicalJson(report);
  const madeOf = { activity: RISK_VERSION, content: sha256(text) };
  const address = { workspace, buildId, kind: 'risk', madeOf };
  const { record } = await makeArtifact(address, async (folder) => {
    const charts = riskCharts(report).map((spec) => [spec.id, renderChart(spec)] as const);
    await writeFile(join(folder, RISK_FILE), text);
    await writeFile(join(folder, RISK_PAGE), renderRiskReport(report, Object.fromEntries(charts)));
    return { rows: { [RISK_FILE]: report.domains.length, [RISK_PAGE]: 1 }, summary: null };
  });
  return { ref: fileOf(record, RISK_FILE), page: fileOf(record, RISK_PAGE).path };
}
