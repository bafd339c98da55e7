/** What a finished plan says on the terminal: the verdict first, then the tables. */
import { infeasibleLines } from '../../core/report/infeasible-lines.js';
import { planTables } from '../../core/report/tables.js';
import { EXIT } from '../../core/schema/failure.js';
import {
  inventory as inventorySchema,
  type Plan,
  plan as planSchema,
} from '../../core/schema/plan.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import type { BuildMixResult } from '../../workflows/build-mix.js';
import type { Output } from '../terminal/output.js';
import { printTables } from './print-tables.js';

async function readPlan(workspace: string, { plan, inventory }: BuildMixResult) {
  if (plan === null || inventory === null) throw new Error('a plan without its artifacts');
  return {
    plan: await readJsonArtifact(workspace, plan, planSchema),
    inventory: await readJsonArtifact(workspace, inventory, inventorySchema),
  };
}

/** The first lines say what is wrong and what to do; the tables follow. */
function printVerdict(output: Output, plan: Plan): void {
  const { colors } = output;
  if (plan.status === 'infeasible') {
    const { wrong, todo } = infeasibleLines(plan);
    output.line(colors.red(`infeasible: ${wrong}`));
    const [cheapest, other] = todo;
    output.line(
      cheapest === undefined
        ? 'no single change frees it: ask for less, or add text'
        : `cheapest way out: ${cheapest}`,
    );
    if (other !== undefined) output.line(`or: ${other}`);
  } else {
    const tokens = `${plan.tokensAllocated.toLocaleString('en-US')} of ${plan.tokenBudget.toLocaleString('en-US')} tokens`;
    output.line(colors.green(`optimal: ${tokens}, every cap kept`));
  }
  for (const note of plan.notes) output.line(`  note: ${note}`);
}

export interface PlanEnd {
  readonly output: Output;
  readonly workspace: string;
  readonly result: BuildMixResult;
  readonly workflowId: string;
  readonly url: string | null;
}

/** Says what the plan is, as text or JSON; answers the command's exit code. */
export async function finishPlan(end: PlanEnd): Promise<number> {
  const { output, workspace, result, workflowId, url } = end;
  const { plan, inventory } = await readPlan(workspace, result);
  printVerdict(output, plan);
  printTables(output, planTables(plan, inventory));
  output.emit({ status: plan.status, plan, inventory, workflowId, url });
  return plan.status === 'optimal' ? EXIT.done : EXIT.infeasible;
}
