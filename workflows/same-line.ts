/** A line is one mix in one workspace for all its life: what it published and took lies there. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { LineSetup } from '../core/schema/arrival.js';

export function assertSameLine(line: LineSetup, wanted: LineSetup): void {
  const found = `${wanted.recipe.name} in ${wanted.execution.workspace}`;
  const expected = `${line.recipe.name} in ${line.execution.workspace}`;
  if (found === expected) return;
  const parts = {
    ...{ subject: `line of ${line.recipe.name}`, expected, found, where: 'recipe and --workspace' },
    remedy: 'stop the line with: ballast line stop, then start it anew',
  };
  const message = `${parts.subject}: expected ${expected}, found ${found}; ${parts.remedy}`;
  throw ApplicationFailure.nonRetryable(message, 'ARRIVAL_INVALID', { parts, details: null });
}
