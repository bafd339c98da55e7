/** What was chosen, stratum by stratum, and which strata came out empty though the plan gave them tokens. */
import { emptyNote, smallestText } from '../plan/empty-strata.js';
import { keyText } from '../plan/stratum.js';
import type { Inventory, Stratum } from '../schema/plan.js';
import type { StratumSelection } from '../schema/selection.js';
import type { StratumChoice } from './choose.js';
import { stratumKeyFrom } from './stratum-table.js';

export function selectedStrata(choices: readonly StratumChoice[]): StratumSelection[] {
  return choices.map((choice) => ({
    ...stratumKeyFrom(choice.source.key),
    fullPasses: choice.fullPasses,
    ...choice.result(),
    tokensAvailable: choice.source.available.tokens,
    tokensPlanned: choice.source.quota,
    tokensSelected: choice.tokens,
    documentsSelected: choice.documents,
    tokensTrimmed: choice.tokensTrimmed,
    documentsTrimmed: choice.documentsTrimmed,
  }));
}

/** A sentence per stratum that was planned and holds no document, in the order of strata. */
export function emptyStrata(
  strata: readonly StratumSelection[],
  inventory: Pick<Inventory, 'strata'>,
): string[] {
  const known = new Map(inventory.strata.map((stratum) => [keyText(stratum), stratum]));
  return strata.flatMap((selected) => {
    if (selected.tokensPlanned === 0 || selected.documentsSelected > 0) return [];
    const why = whyEmpty(selected, known.get(keyText(selected)));
    return [emptyNote(selected, selected.tokensPlanned, why)];
  });
}

function whyEmpty(selected: StratumSelection, stratum: Stratum | undefined): string {
  if (selected.documentsTrimmed > 0)
    return 'its documents left so that caps hold on whole documents';
  if (stratum !== undefined && stratum.tokensMin > selected.tokensPlanned)
    return smallestText(stratum.tokensMin);
  return 'no document of the first ranks fits';
}
