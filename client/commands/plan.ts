/** `ballast plan`: reads the sources and decides how much of what goes in; writes no mix. */
import { defineCommand } from 'citty';
import { EXIT_INTERRUPTED } from '../build/build-command.js';
import { finishPlan } from '../build/print-plan.js';
import { workspaceOf } from '../build/workspace-option.js';
import { openProblem } from '../planning/planned-problem.js';
import { buildArgs, planFileArgs, valuesOf } from '../terminal/arguments.js';
import { createOutput } from '../terminal/output.js';

export default defineCommand({
  meta: {
    name: 'plan',
    description: 'Read the sources and decide how much of what goes in; write nothing',
  },
  args: { ...buildArgs, ...planFileArgs },
  run: async ({ args, rawArgs }) => {
    const output = createOutput({ json: args.json === true });
    const problem = await openProblem({
      config: args.config,
      set: valuesOf(rawArgs, 'set'),
      workspace: workspaceOf(args.workspace),
      address: args.address,
      planFile: args.plan,
      output,
      command: 'plan',
    });
    return problem === null ? EXIT_INTERRUPTED : finishPlan(output, problem);
  },
});
