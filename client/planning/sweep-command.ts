/** `ballast plan --sweep`: from the flags to a frontier. All values are read before anything is planned. */
import { isSameInventory } from '../../core/plan/inventory-keys.js';
import type { Frontier } from '../../core/report/frontier.js';
import type { Recipe } from '../../core/schema/recipe.js';
import { requireConfig } from '../build/build-command.js';
import { readRecipe } from '../recipe/read-recipe.js';
import { openProblem, type PlannedProblem, type ProblemRequest } from './planned-problem.js';
import { createReplan, withProgress } from './replan.js';
import { edgesToSearch, planPoints, withEdges } from './sweep.js';
import { parseSweep, type SweepFlags, settingOf, sweepValues } from './sweep-range.js';
import { sweptKey } from './swept-key.js';

export interface SweepOutcome {
  readonly problem: PlannedProblem;
  readonly frontier: Frontier;
}

/** The frontier and the plan that it starts from; null where the user left. */
export async function runSweep(
  request: ProblemRequest,
  flags: SweepFlags,
): Promise<SweepOutcome | null> {
  const range = parseSweep(flags);
  const path = requireConfig(request.config, 'plan --sweep');
  const recipeWith = async (setting: string | null): Promise<Recipe> => {
    const set = setting === null ? request.set : [...request.set, setting];
    return (await readRecipe({ path, set: [...set] })).recipe;
  };
  const endSetting = (value: number) => settingOf(range.key, value, 'number');
  const firstSetting = endSetting(range.values[0]!);
  const written = await recipeWith(null);
  const first = await recipeWith(firstSetting);
  const last = await recipeWith(endSetting(range.values.at(-1)!));
  const swept = sweptKey(range, { written, first, last });
  const values = sweepValues(range, swept.kind);
  const recipeAt = (value: number) => recipeWith(settingOf(swept.key, value, swept.kind));
  for (const value of values) await recipeAt(value);
  const set = isSameInventory(written, first) ? request.set : [...request.set, firstSetting];
  const problem = await openProblem({ ...request, set });
  if (problem === null) return null;
  const replan = await createReplan('conflict');
  const options = { ...{ swept, values, recipeAt, replan }, inventory: problem.inventory };
  const points = await withProgress('plan each value', values.length, (step) =>
    planPoints(options, step),
  );
  const edges = edgesToSearch(options, points).length;
  const frontier = await withProgress('search edges', edges, (step) =>
    withEdges(options, points, step),
  );
  return { problem, frontier };
}
