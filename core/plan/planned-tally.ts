/** Documents that go with planned tokens. */
import type { Allocation, Inventory } from '../schema/plan.js';
import type { TallyRow } from './cap-usages.js';
import { documentsPlanned, keyText } from './stratum.js';

/** The tally that a plan promises, with documents pro rata; for `capUsages` and the certificate. */
export function plannedTally(allocations: readonly Allocation[], inventory: Inventory): TallyRow[] {
  const strata = new Map(inventory.strata.map((stratum) => [keyText(stratum), stratum]));
  return allocations.map((key) => {
    const stratum = strata.get(keyText(key));
    const known = stratum !== undefined && stratum.tokens > 0;
    const documents = known ? documentsPlanned(stratum, key.tokensAllocated) : 0;
    return { key, tokens: key.tokensAllocated, documents };
  });
}
