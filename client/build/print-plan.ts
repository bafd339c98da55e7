/** What a finished plan says on the terminal: the verdict first, then the tables. */
import { infeasibleLines } from '../../core/report/infeasible-lines.js';
import { planTables } from '../../core/report/tables.js';
import { EXIT } from '../../core/schema/failure.js';
import type { Inventory, Plan } from '../../core/schema/plan.js';
import type { Recipe } from '../../core/schema/recipe.js';
import type { Output } from '../terminal/output.js';
import { printTables } from './print-tables.js';

/** The first lines say what is wrong and what to do; the tables follow. */
export function printVerdict(output: Output, plan: Plan): void {
  const { colors } = output;
  if (plan.status === 'infeasible') {
    const lines = infeasibleLines(plan);
    output.line(colors.red(`infeasible: ${lines.wrong}`));
    for (const line of lines.further) output.line(colors.red(line));
    for (const line of lines.ways) output.line(line);
  } else {
    const tokens = `${plan.tokensAllocated.toLocaleString('en-US')} of ${plan.tokenBudget.toLocaleString('en-US')} tokens`;
    output.line(colors.green(`optimal: ${tokens}, every cap kept`));
  }
  for (const note of plan.notes) output.line(`  note: ${note}`);
}

export interface PlanEnd {
  readonly plan: Plan;
  readonly inventory: Inventory;
  /** Null where only the workflow knows it. */
  readonly recipe: Recipe | null;
  readonly workflowId: string | null;
  readonly url: string | null;
}

/** Says what the plan is, as text or JSON; answers the command's exit code. */
export function finishPlan(output: Output, end: PlanEnd): number {
  const { recipe, plan, inventory, workflowId, url } = end;
  printVerdict(output, plan);
  printTables(output, planTables(plan, inventory));
  output.emit({
    ...{ status: plan.status, plan, inventory },
    ...(recipe === null ? {} : { recipe }),
    ...{ workflowId, url },
  });
  return exitCodeOfPlan(plan);
}

export function exitCodeOfPlan(plan: Plan): number {
  return plan.status === 'optimal' ? EXIT.done : EXIT.infeasible;
}
