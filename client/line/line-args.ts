/** What the line's commands share: the recipe that starts one. */
import { Failure } from '../../core/schema/failure.js';
import { identity } from '../build/session.js';
import { workspaceOf } from '../build/workspace-option.js';
import { readRecipe } from '../recipe/read-recipe.js';
import type { LineStart } from './line-start.js';

interface LineArgs {
  readonly config?: string | undefined;
  readonly workspace?: string | undefined;
  readonly set: readonly string[];
  /** Name of the mix, where the command says it. */
  readonly name?: string | undefined;
}

/** Null where no recipe is named. */
export async function startFrom({
  config,
  workspace,
  set,
  name,
}: LineArgs): Promise<LineStart | null> {
  if (config === undefined || config === '') return null;
  const read = await readRecipe({ path: config, set });
  if (name !== undefined && read.recipe.name !== name)
    throw new Failure('ARRIVAL_INVALID', {
      subject: `line of ${name}`,
      expected: `a recipe of ${name}`,
      found: `one of ${read.recipe.name}`,
      where: config,
      remedy: `write: ballast arrive ${read.recipe.name} .., or name another recipe`,
    });
  return { read, workspace: workspaceOf(workspace), by: identity() };
}
