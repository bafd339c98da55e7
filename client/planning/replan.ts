/**
 * Plans again on an inventory that is at hand, in this process: the same planner and certificate as
 * the workflow's, so the same recipe gets the same plan. For changes that leave the inventory as it is.
 */
import { certify } from '../../core/plan/certificate.js';
import type { Explain } from '../../core/plan/infeasible.js';
import { planMix } from '../../core/plan/plan-mix.js';
import { assert } from '../../core/schema/failure.js';
import type { Inventory, Plan } from '../../core/schema/plan.js';
import type { Recipe } from '../../core/schema/recipe.js';
import { createHighs } from '../../engines/highs.js';
import { fingerprintOf } from '../recipe/fingerprint.js';
import { createProgress } from '../terminal/progress.js';

/** The certified plan of a recipe on an inventory; for changed inventories too. */
export type Replan = (recipe: Recipe, inventory: Inventory) => Promise<Plan>;

/**
 * One solver for many plans. A solve blocks; between two of them the terminal gets its turn. `conflict`
 * leaves out the ways out of infeasible ones.
 */
export async function createReplan(explain: Explain = 'ways'): Promise<Replan> {
  const solver = await createHighs();
  return async (recipe, inventory) => {
    await new Promise((turn) => setImmediate(turn));
    const plan = await planMix(recipe, inventory, fingerprintOf(recipe), solver, {
      explain,
    });
    const complaints = certify(recipe, inventory, plan);
    assert(complaints.length === 0, `the certificate refuses the plan: ${complaints.join('; ')}`);
    return plan;
  };
}

/** Runs `work` with a progress bar on stderr; `step` counts one of `total` pieces (0: no bar). */
export async function withProgress<T>(
  label: string,
  total: number,
  work: (step: (note?: string) => void) => Promise<T>,
): Promise<T> {
  const progress = createProgress(total === 0 ? [] : [{ name: label }]);
  let done = 0;
  progress.update(label, 0, total);
  try {
    return await work((note) => {
      done++;
      progress.update(label, Math.min(done, total), total, note);
    });
  } finally {
    progress.stop();
  }
}
