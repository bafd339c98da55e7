/** `ballast plan --set .. --compare`: the recipe as written and as changed, each with its plan. */
import { isSameInventory } from '../../core/plan/inventory-keys.js';
import { Failure } from '../../core/schema/failure.js';
import { requireConfig } from '../build/build-command.js';
import { readRecipe } from '../recipe/read-recipe.js';
import { openProblem, type PlannedProblem, type ProblemRequest } from './planned-problem.js';
import { createReplan, withProgress } from './replan.js';

export interface Compared {
  readonly before: PlannedProblem;
  readonly after: PlannedProblem;
}

/**
 * Both plans; null where the user left. A change that only the planner reads is planned here, on the
 * inventory of the first; any other goes through the workflow, which takes the inventory anew.
 */
export async function runCompare(request: ProblemRequest): Promise<Compared | null> {
  const path = requireConfig(request.config, 'plan --compare');
  if (request.set.length === 0) throw nothingToCompare();
  const { recipe: written } = await readRecipe({ path, set: [] });
  const { recipe, fingerprint } = await readRecipe({ path, set: [...request.set] });
  const before = await openProblem({ ...request, set: [] });
  if (before === null) return null;
  if (!isSameInventory(written, recipe)) {
    request.output.progress(
      'the change reaches what there is to plan with: the inventory is taken anew',
    );
    const after = await openProblem({ ...request, planFile: undefined });
    return after === null ? null : { before, after };
  }
  const { inventory } = before;
  const replan = await createReplan();
  const plan = await withProgress('plan the change', 1, async (step) => {
    const made = await replan(recipe, inventory);
    step();
    return made;
  });
  const after = { recipe, inventory, plan, fingerprint, workflowId: null, url: null };
  return { before, after };
}

function nothingToCompare(): Failure {
  return new Failure('USAGE', {
    subject: 'option --compare',
    expected: 'a change to compare with',
    found: 'none',
    where: 'command line',
    remedy: 'add one, for example --set caps.synthetic-health.max_share=0.3',
  });
}
