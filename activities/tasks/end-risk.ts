/** The end of a gate whose tightened caps no mix keeps: a final FAIL that names what is short. */
import type { ArtifactRef } from '../../core/schema/artifact.js';
import { type RiskReport, riskReport } from '../../core/schema/risk.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import type { BuildContext } from '../build-context.js';
import { writeRiskReport } from '../risk-report.js';
import type { Judged } from './judge-risk.js';

export interface EndRiskInput {
  readonly context: BuildContext;
  readonly judged: Judged;
  /** The plan that cannot be, and what it says. */
  readonly plan: ArtifactRef;
  readonly wrong: string;
  readonly todo: readonly string[];
}

export async function run(input: EndRiskInput): Promise<Judged> {
  const { context, judged, plan, wrong, todo } = input;
  const report = await readJsonArtifact(context.workspace, judged.ref, riskReport);
  const short = `no mix keeps the caps that attempt ${report.rounds.length} added: ${wrong}`;
  const ended: RiskReport = { ...report, why: [short, ...report.why] };
  const { ref, page } = await writeRiskReport(context, ended);
  const found = `${judged.parts.found}; planned again under ${judged.changes}: ${wrong}`;
  const remedy = [...todo, judged.parts.remedy].filter((part) => part !== '').join('; or: ');
  const parts = { ...judged.parts, found, remedy, where: `risk, plan ${plan.sha256.slice(0, 12)}` };
  return { ...judged, ref, page, recipe: null, why: ended.why, parts };
}
