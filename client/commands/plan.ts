/** `ballast plan`: reads the sources and decides how much of what goes in; writes no mix. */
import { defineCommand } from 'citty';
import { planTables } from '../../core/report/tables.js';
import { EXIT } from '../../core/schema/failure.js';
import {
  inventory as inventorySchema,
  type Plan,
  plan as planSchema,
} from '../../core/schema/plan.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import type { BuildMixResult } from '../../workflows/build-mix.js';
import { runBuild, sayItGoesOn } from '../build/build-command.js';
import { printTables } from '../build/print-tables.js';
import { workspaceOf } from '../build/workspace-option.js';
import { buildArgs, valuesOf } from '../terminal/arguments.js';
import { createOutput, type Output } from '../terminal/output.js';

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
    output.line(colors.red('infeasible: these cannot hold together'));
    for (const { statement } of plan.conflict) output.line(`  ${statement}`);
    output.line('loosen one of them, or add text that the others ask for');
  } else {
    const tokens = `${plan.tokensAllocated.toLocaleString('en-US')} of ${plan.tokenBudget.toLocaleString('en-US')} tokens`;
    output.line(colors.green(`optimal: ${tokens}, every cap kept`));
  }
  for (const note of plan.notes) output.line(`  note: ${note}`);
}

export default defineCommand({
  meta: {
    name: 'plan',
    description: 'Read the sources and decide how much of what goes in; write nothing',
  },
  args: buildArgs,
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const workspace = workspaceOf(args.workspace);
    const outcome = await runBuild({
      workspace,
      set: valuesOf(rawArgs, 'set'),
      until: 'plan',
      output,
      config: args.config,
      address: args.address,
    });
    if (outcome.result === null) return sayItGoesOn(output, outcome);
    const { plan, inventory } = await readPlan(workspace, outcome.result);
    printVerdict(output, plan);
    printTables(output, planTables(plan, inventory));
    output.emit({
      status: plan.status,
      plan,
      inventory,
      workflowId: outcome.build.workflowId,
      url: outcome.url,
    });
    return plan.status === 'optimal' ? EXIT.done : EXIT.infeasible;
  },
});
