/** Which caps a written mix would break if some of its rows were taken out, with nothing in their place. */
import { assert } from '../schema/failure.js';
import type { CapUsage, Inventory, StratumKey } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { capUsages, type TallyRow } from './cap-usages.js';
import { keyText, stratumKeyFrom } from './stratum.js';

export interface WithoutOptions {
  readonly recipe: Recipe;
  /** What the version was planned from. */
  readonly inventory: Inventory;
  /** Rows and tokens that were written, by stratum. */
  readonly written: readonly TallyRow[];
  /** Of them, those that are taken out. */
  readonly taken: readonly TallyRow[];
}

/** Usages of the caps that are not kept by the rest; each on exact token sums. */
export function capsBrokenWithout(options: WithoutOptions): CapUsage[] {
  const { recipe, inventory, written, taken } = options;
  return capUsages(recipe, lessOf(written, taken), inventory).filter(({ kept }) => !kept);
}

function lessOf(written: readonly TallyRow[], taken: readonly TallyRow[]): TallyRow[] {
  const gone = new Map<string, { tokens: number; documents: number }>();
  for (const { key, tokens, documents } of taken) {
    const known = gone.get(keyText(key)) ?? { tokens: 0, documents: 0 };
    gone.set(keyText(key), {
      tokens: known.tokens + tokens,
      documents: known.documents + documents,
    });
  }
  return written.map(({ key, tokens, documents }) => {
    const less = gone.get(keyText(key)) ?? { tokens: 0, documents: 0 };
    assert(less.tokens <= tokens && less.documents <= documents, 'no more goes than was written');
    return { key, tokens: tokens - less.tokens, documents: documents - less.documents };
  });
}

/** Strata of a manifest as a tally. */
export function writtenTally(
  strata: readonly (StratumKey & { tokensWritten: number; documentsWritten: number })[],
): TallyRow[] {
  return strata.map((stratum) => ({
    key: stratumKeyFrom(stratum),
    tokens: stratum.tokensWritten,
    documents: stratum.documentsWritten,
  }));
}
