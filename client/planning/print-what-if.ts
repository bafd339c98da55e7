/** What a comparison and a frontier say on the terminal and as JSON. */

import { formatCount } from '../../core/report/format.js';
import type { Frontier } from '../../core/report/frontier.js';
import { frontierSentences, frontierTable, sparkText } from '../../core/report/frontier-tables.js';
import { type PlanSide, planDifference } from '../../core/report/plan-diff.js';
import { planDiffTables } from '../../core/report/plan-diff-tables.js';
import { verdictText } from '../../core/report/plan-figures.js';
import { EXIT } from '../../core/schema/failure.js';
import type { Plan } from '../../core/schema/plan.js';
import { exitCodeOfPlan } from '../build/print-plan.js';
import { printTables } from '../build/print-tables.js';
import type { Output } from '../terminal/output.js';
import type { Compared } from './compare-command.js';
import type { PlannedProblem } from './planned-problem.js';
import { EDGE_STRATA_MAX } from './sweep.js';
import type { SweepOutcome } from './sweep-command.js';

/** Rows of a long table that a terminal shows. */
export const ROWS_MOST = 20;

export const sideOf = (name: string, { plan, recipe }: PlannedProblem): PlanSide => {
  return { name, plan, recipe };
};

/** Both verdicts, then what differs; the exit code is that of the changed plan. */
export function printCompared(output: Output, { before, after }: Compared): number {
  const [a, b] = [sideOf('as written', before), sideOf('changed', after)];
  const difference = planDifference(a, b);
  for (const { name, plan } of [a, b])
    output.line(`${name.padEnd(10)}  ${verdictLine(output, plan)}`);
  printTables(output, planDiffTables(a, b, difference, { rowsMost: ROWS_MOST }));
  const { plan, inventory, recipe } = after;
  output.emit({
    ...{ status: plan.status, plan, inventory, recipe, difference },
    before: { plan: before.plan, inventory: before.inventory, recipe: before.recipe },
  });
  return exitCodeOfPlan(plan);
}

function verdictLine({ colors }: Output, plan: Plan): string {
  if (plan.status === 'infeasible') return colors.red(verdictText(plan));
  const { tokensAllocated, tokenBudget } = plan;
  const tokens = `${formatCount(tokensAllocated)} of ${formatCount(tokenBudget)} tokens`;
  return colors.green(`optimal: ${tokens}, every cap kept`);
}

/** Edges in sentences, the shape in one line, the table; infeasible only where no value gives a mix. */
export function printFrontier(output: Output, { problem, frontier }: SweepOutcome): number {
  const { swept, points, breakpoints, isSearched } = frontier;
  const sentences = sentencesOf(frontier);
  for (const sentence of sentences) output.line(sentence);
  output.line();
  output.line(`  ${sparkText(points)}`);
  printTables(output, [frontierTable(swept, points)]);
  const { plan, inventory, recipe } = problem;
  output.emit({
    ...{ status: plan.status, swept, points, breakpoints, sentences, isSearched },
    ...{ plan, inventory, recipe },
  });
  return points.some(({ status }) => status === 'optimal') ? EXIT.done : EXIT.infeasible;
}

export function sentencesOf({ swept, points, breakpoints, isSearched }: Frontier): string[] {
  const say = frontierSentences(swept, points, breakpoints);
  if (isSearched) return say;
  return [
    ...say,
    `More than ${EDGE_STRATA_MAX} strata: edges between the points were not searched.`,
  ];
}
