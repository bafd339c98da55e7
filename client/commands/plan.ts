/** `ballast plan`: reads the sources and decides how much of what goes in; writes no mix. */
import { defineCommand } from 'citty';
import { carryOut, sayItGoesOn } from '../build/build-command.js';
import { finishPlan } from '../build/print-plan.js';
import { buildArgs } from '../terminal/arguments.js';

export default defineCommand({
  meta: {
    name: 'plan',
    description: 'Read the sources and decide how much of what goes in; write nothing',
  },
  args: buildArgs,
  run: async (context) => {
    const { output, workspace, outcome } = await carryOut('plan', context);
    const { result, build, url } = outcome;
    if (result === null) return sayItGoesOn(output, outcome);
    return finishPlan({ output, workspace, result, workflowId: build.workflowId, url });
  },
});
