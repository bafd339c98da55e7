/**
 * `ballast plan`: reads the sources and decides how much of what goes in; writes no mix. `--compare`
 * and `--sweep` ask what a change would do.
 */
import { defineCommand } from 'citty';
import { EXIT_INTERRUPTED } from '../build/build-command.js';
import { finishPlan } from '../build/print-plan.js';
import { workspaceOf } from '../build/workspace-option.js';
import { runCompare } from '../planning/compare-command.js';
import { checkPlanFlags, type PlanFlags, whatIfArgs } from '../planning/plan-flags.js';
import { openProblem, type ProblemRequest } from '../planning/planned-problem.js';
import { printCompared, printFrontier, sideOf } from '../planning/print-what-if.js';
import { runSweep } from '../planning/sweep-command.js';
import { writeFrontierCsv, writeFrontierPlot, writePlanPage } from '../planning/write-files.js';
import { buildArgs, planFileArgs, valuesOf } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

export default defineCommand({
  meta: {
    name: 'plan',
    description: 'Read the sources and decide how much of what goes in; write nothing',
  },
  args: { ...buildArgs, ...planFileArgs, ...whatIfArgs },
  run: async ({ args, rawArgs }) => {
    const flags: PlanFlags = {
      ...{ compare: args.compare === true, sweep: args.sweep, points: args.points },
      ...{ steps: args.steps, csv: args.csv, plot: args.plot, report: args.report },
    };
    checkPlanFlags(flags);
    const request: ProblemRequest = {
      config: args.config,
      set: valuesOf(rawArgs, 'set'),
      workspace: workspaceOf(args.workspace),
      address: args.address,
      planFile: args.plan,
      output: createOutput({ json: args.json === true }),
      command: 'plan',
    };
    if (flags.compare) return compare(request, flags);
    return flags.sweep === undefined
      ? planOnce(request, flags)
      : sweep(request, { ...flags, sweep: flags.sweep });
  },
});

async function planOnce(request: ProblemRequest, { report }: PlanFlags): Promise<number> {
  const problem = await openProblem(request);
  if (problem === null) return EXIT_INTERRUPTED;
  if (report !== undefined) await writePlanPage(report, problem);
  return finishPlan(request.output, problem);
}

async function compare(request: ProblemRequest, { report }: PlanFlags): Promise<number> {
  const compared = await runCompare(request);
  if (compared === null) return EXIT_INTERRUPTED;
  const { before, after } = compared;
  const page = { ...after, before: sideOf('as written', before) };
  if (report !== undefined) await writePlanPage(report, page);
  return printCompared(request.output, compared);
}

async function sweep(
  request: ProblemRequest,
  flags: PlanFlags & { readonly sweep: string },
): Promise<number> {
  const outcome = await runSweep(request, flags);
  if (outcome === null) return EXIT_INTERRUPTED;
  const { problem, frontier } = outcome;
  if (flags.csv !== undefined) await writeFrontierCsv(flags.csv, frontier);
  if (flags.plot !== undefined) await writeFrontierPlot(flags.plot, frontier);
  if (flags.report !== undefined) await writePlanPage(flags.report, { ...problem, frontier });
  return printFrontier(request.output, outcome);
}
