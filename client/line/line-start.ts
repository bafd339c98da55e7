/** What starts the line of a mix, out of its recipe file. */

import type { MixLineInput } from '../../core/schema/arrival.js';
import { LIMITS } from '../../core/schema/limits.js';
import type { RecipeRead } from '../recipe/read-recipe.js';

export interface LineStart {
  readonly read: RecipeRead;
  /** As the payloads name it. */
  readonly workspace: string;
  /** `cli:<user>@<host>`. */
  readonly by: string;
}

/** Complete; the line makes of it what the workspace has on record. */
export function lineInput({ read, workspace, by }: LineStart): MixLineInput {
  const { recipe, operations, fingerprint, baseFolder } = read;
  return {
    schemaVersion: 1,
    recipe,
    execution: {
      ...{ workspace, baseFolder, until: 'publish', recipeFingerprint: fingerprint },
      ...{ asOf: new Date().toISOString().slice(0, 10), requestedBy: by },
    },
    settings: operations.line,
    state: { lastPublished: null, pending: [], taken: null, frozen: null },
    turnsPerRun: LIMITS.lineTurnsPerRun,
  };
}
