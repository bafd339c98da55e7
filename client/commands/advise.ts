/** `ballast advise`: what to find, label or loosen to reach more of the recipe; each line solved again. */
import { defineCommand } from 'citty';
import { advise } from '../../core/plan/advise/advise.js';
import { adviceCsv } from '../../core/report/advice-csv.js';
import { adviceTables, hasDeviation } from '../../core/report/advice-tables.js';
import { infeasibleLines } from '../../core/report/infeasible-lines.js';
import type { Advice } from '../../core/schema/advice.js';
import { EXIT } from '../../core/schema/failure.js';
import { LIMITS } from '../../core/schema/limits.js';
import type { InfeasiblePlan } from '../../core/schema/plan.js';
import { EXIT_INTERRUPTED } from '../build/build-command.js';
import { printTables } from '../build/print-tables.js';
import { workspaceOf } from '../build/workspace-option.js';
import { adviceProgress } from '../planning/advice-progress.js';
import { openProblem } from '../planning/planned-problem.js';
import { createReplan } from '../planning/replan.js';
import { writeWhole } from '../planning/write-whole.js';
import { buildArgs, planFileArgs, usage, valuesOf } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';

const adviceArgs = {
  replans: {
    type: 'string',
    valueHint: 'number',
    description: `Plan again at most so often (${LIMITS.adviceReplans})`,
  },
  csv: {
    type: 'string',
    valueHint: 'advice.csv',
    description: 'Write every change that was tried as CSV, too',
  },
} as const;

function replansOf(written: string | undefined): number {
  if (written === undefined) return LIMITS.adviceReplans;
  if (/^\d{1,7}$/.test(written) && Number(written) > 0) return Number(written);
  throw usage('ballast advise', '--replans with a number above 0', written);
}

export default defineCommand({
  meta: {
    name: 'advise',
    description: 'Say what to find, label or loosen, each line solved again',
  },
  args: { ...buildArgs, ...planFileArgs, ...adviceArgs },
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const replansMax = replansOf(args.replans);
    const problem = await openProblem({
      ...{ config: args.config, set: valuesOf(rawArgs, 'set'), address: args.address },
      ...{ workspace: workspaceOf(args.workspace), planFile: args.plan },
      ...{ output, command: 'advise' },
    });
    if (problem === null) return EXIT_INTERRUPTED;
    const { recipe, inventory, plan } = problem;
    const infeasible = plan.status === 'infeasible' ? plan : null;
    const replan = await createReplan('conflict');
    const progress = adviceProgress();
    let advice: Advice;
    try {
      advice = await advise({
        ...{ problem: { recipe, inventory }, replan, replansMax, infeasible },
        onProgress: progress.update,
      });
    } finally {
      progress.stop();
    }
    if (args.csv !== undefined) await writeWhole(args.csv, adviceCsv(advice));
    if (infeasible === null) printAdvice(output, advice);
    else printWaysOut(output, advice, infeasible);
    output.emit(advice);
    return advice.now.status === 'optimal' ? EXIT.done : EXIT.infeasible;
  },
});

/** What frees the recipe first, then what is wrong, in the words of `ballast plan`. */
function printWaysOut(output: Output, advice: Advice, plan: InfeasiblePlan): void {
  const lines = infeasibleLines(plan);
  for (const line of lines.ways) output.line(output.colors.green(line));
  for (const line of [`infeasible: ${lines.wrong}`, ...lines.further]) output.line(line);
  for (const note of advice.notes) output.line(`  note: ${note}`);
  printTables(output, adviceTables(advice));
  output.line();
  output.line('  `ballast plan` shows the rules in conflict, with the proof that each is needed');
}

function printAdvice(output: Output, advice: Advice): void {
  const { now, tokenBudget, headline, notes, replans } = advice;
  const count = (value: number) => Math.round(value).toLocaleString('en-US');
  output.line(output.colors.green(headline));
  const reached =
    now.status === 'infeasible'
      ? 'now: infeasible, no token can be written'
      : `now: ${count(now.tokens)} of ${count(tokenBudget)} tokens, ${count(now.deviationTokens)} tokens off the targets`;
  output.line(`  ${reached}`);
  if (advice.dearestLimit !== null) output.line(`  ${advice.dearestLimit}`);
  printTables(output, adviceTables(advice));
  output.line();
  if (hasDeviation(advice))
    output.line('  deviation: change of the tokens off the targets; minus is nearer');
  for (const note of notes) output.line(`  note: ${note}`);
  output.line(`  every figure is a plan solved again and certified: ${count(replans)} of them`);
}
