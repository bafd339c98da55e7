/**
 * A plan in a file: what `ballast plan --json` printed, or `plan.json` of a published version, whose
 * recipe stands in `mix.json` beside it. Another program could have written it, so it is parsed whole
 * and, where its recipe is known, certified.
 */
import { dirname, join } from 'node:path';
import { MANIFEST_FILE } from '../../activities/published-version.js';
import { certify } from '../../core/plan/certificate.js';
import { Failure } from '../../core/schema/failure.js';
import { foundText, pathText, problemsOf } from '../../core/schema/file-problems.js';
import {
  type Inventory,
  inventory as inventorySchema,
  type Plan,
  plan as planSchema,
} from '../../core/schema/plan.js';
import { type Recipe, recipe as recipeSchema } from '../../core/schema/recipe.js';
import { isThere, readJson } from '../../storage/workspace.js';
import { fingerprintOf } from '../recipe/fingerprint.js';
import { readText } from '../recipe/read-text.js';

export interface PlanFile {
  readonly plan: Plan;
  readonly inventory: Inventory;
  /** Null where neither the file nor a `mix.json` beside it says it. */
  readonly recipe: Recipe | null;
}

const REMEDY = 'write one with: ballast plan -c recipe.yaml --json > plan.json';

function refuse(path: string, expected: string, found: string, remedy = REMEDY): Failure {
  return new Failure('USAGE', { subject: 'plan file', expected, found, where: path, remedy });
}

/** Reads a plan file. Throws `USAGE` where it is none, or is of another release. */
export async function readPlanFile(path: string): Promise<PlanFile> {
  const text = await readText({ path, subject: 'plan file', code: 'USAGE', missingCode: 'USAGE' });
  const tree = parseJson(path, text);
  const plan = parsed(path, 'plan', planSchema.safeParse(tree.plan));
  const inventory = parsed(path, 'inventory', inventorySchema.safeParse(tree.inventory));
  const recipe = recipeBeside(path, tree.recipe);
  if (recipe !== null) refuseOther(path, { plan, inventory, recipe });
  return { plan, inventory, recipe };
}

function parseJson(path: string, text: string): Record<string, unknown> {
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch (error) {
    throw refuse(path, 'JSON', (error as Error).message.slice(0, 120));
  }
  const isPlan = typeof tree === 'object' && tree !== null && 'plan' in tree && 'inventory' in tree;
  if (!isPlan) throw refuse(path, 'a plan with its inventory', foundText(tree));
  return tree as Record<string, unknown>;
}

type Result<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly error: Parameters<typeof problemsOf>[0] };

function parsed<T>(path: string, what: string, result: Result<T>): T {
  if (result.success) return result.data;
  const [first] = problemsOf(result.error, null);
  const key = first === undefined ? what : `${what}.${pathText(first.path)}`;
  const expected = `a ${what} of this release`;
  throw refuse(path, expected, `${key}: ${first?.expected ?? 'another shape'} expected there`);
}

function recipeBeside(path: string, written: unknown): Recipe | null {
  if (written !== undefined) return parsed(path, 'recipe', recipeSchema.safeParse(written));
  const manifest = join(dirname(path), MANIFEST_FILE);
  if (!isThere(manifest)) return null;
  const { recipe } = readJson(manifest) as { recipe?: unknown };
  return parsed(manifest, 'recipe', recipeSchema.safeParse(recipe));
}

/** Throws `USAGE` where the plan is not one of this recipe, or does not keep what it promises. */
export function refuseOther(path: string, file: PlanFile & { readonly recipe: Recipe }): void {
  const { plan, inventory, recipe } = file;
  const wanted = fingerprintOf(recipe);
  if (plan.recipeFingerprint !== wanted) {
    const expected = `the plan of recipe ${wanted.slice(0, 12)} (${recipe.name}@${recipe.version})`;
    throw refuse(path, expected, `one of recipe ${plan.recipeFingerprint.slice(0, 12)}`);
  }
  const [complaint] = certify(recipe, inventory, plan);
  if (complaint === undefined) return;
  throw refuse(path, 'a plan that keeps its recipe', complaint.slice(0, 200));
}
