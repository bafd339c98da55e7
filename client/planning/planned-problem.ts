/**
 * A planned problem: recipe, inventory and plan together, for whoever asks further (prices, what-if,
 * frontiers). It comes from the workflow, whose steps are cached, or from a plan file.
 */
import { Failure } from '../../core/schema/failure.js';
import {
  type Inventory,
  inventory as inventorySchema,
  type Plan,
  plan as planSchema,
} from '../../core/schema/plan.js';
import type { Recipe } from '../../core/schema/recipe.js';
import { readJsonArtifact } from '../../storage/artifact.js';
import { localFolder } from '../../storage/remote/mirror.js';
import type { BuildMixResult } from '../../workflows/build-mix.js';
import { requireConfig, runBuild, sayItGoesOn } from '../build/build-command.js';
import { readRecipe } from '../recipe/read-recipe.js';
import type { Output } from '../terminal/output.js';
import { readPlanFile, refuseOther } from './plan-file.js';

export interface PlannedProblem {
  readonly recipe: Recipe;
  readonly inventory: Inventory;
  readonly plan: Plan;
  readonly fingerprint: string;
  /** The workflow that planned it and its page; both null where it was read from a file. */
  readonly workflowId: string | null;
  readonly url: string | null;
}

export interface ProblemRequest {
  readonly config: string | undefined;
  readonly set: readonly string[];
  readonly workspace: string;
  readonly address: string | undefined;
  /** A plan file to read instead of planning. */
  readonly planFile: string | undefined;
  readonly output: Output;
  /** Command for messages: `plan`, `advise`. */
  readonly command: string;
}

/** The problem with its plan; null where the user left before its end (that was said then). */
export async function openProblem(request: ProblemRequest): Promise<PlannedProblem | null> {
  if (request.planFile !== undefined) return problemOfFile(request.planFile, request);
  const { config, set, workspace, address, output, command } = request;
  requireConfig(config, command);
  const outcome = await runBuild({ config, set, workspace, address, until: 'plan', output });
  const { recipe, build, url, result } = outcome;
  if (result === null) {
    sayItGoesOn(output, outcome);
    return null;
  }
  const planned = await readPlanned(localFolder(workspace), result);
  const { workflowId } = build;
  return { recipe, ...planned, fingerprint: planned.plan.recipeFingerprint, workflowId, url };
}

/** What a planning workflow left in the workspace. */
export async function readPlanned(workspace: string, { plan, inventory }: BuildMixResult) {
  if (plan === null || inventory === null) throw new Error('a plan without its artifacts');
  return {
    plan: await readJsonArtifact(workspace, plan, planSchema),
    inventory: await readJsonArtifact(workspace, inventory, inventorySchema),
  };
}

async function problemOfFile(
  path: string,
  { config, set, command }: ProblemRequest,
): Promise<PlannedProblem> {
  const file = await readPlanFile(path);
  const written =
    config === undefined ? null : (await readRecipe({ path: config, set: [...set] })).recipe;
  const recipe = written ?? file.recipe;
  if (recipe === null) {
    throw new Failure('USAGE', {
      subject: `ballast ${command}`,
      expected: 'the recipe of the plan',
      found: 'a plan file without it',
      where: path,
      remedy: 'name it with -c recipe.yaml',
    });
  }
  if (written !== null) refuseOther(path, { ...file, recipe: written });
  const { plan, inventory } = file;
  const fingerprint = plan.recipeFingerprint;
  return { recipe, inventory, plan, fingerprint, workflowId: null, url: null };
}
