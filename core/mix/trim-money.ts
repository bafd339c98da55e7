/**
 * Licence money on whole documents. They are paid as they are counted, and those of a quota may be more than the plan
 * expected. Money leaves with documents that are paid by the document or token.
 */
import { licenceUsage, type TallyRow } from '../plan/cap-usages.js';
import { licenceTerms } from '../plan/licence.js';
import { LicenceMeter } from '../plan/licence-meter.js';
import { keyText } from '../plan/stratum.js';
import type { Inventory } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import type { TrimRule } from './trim-rules.js';

/** Strata between which the document that leaves for money is chosen. */
const PAID_TRIED = 8;

/** Null where no budget limits the money. */
export function moneyRule(
  recipe: Recipe,
  tally: readonly TallyRow[],
  { strata }: Inventory,
): TrimRule | null {
  const terms = recipe.licenceBudget === null ? null : licenceTerms(recipe, strata);
  if (terms === null) return null;
  const at = new Map(strata.map((stratum, i) => [keyText(stratum), i]));
  const places = tally.map(({ key }) => at.get(keyText(key)));
  const amounts = strata.map(() => ({ tokens: 0, documents: 0 }));
  tally.forEach(({ tokens, documents }, position) => {
    const amount = amounts[places[position] ?? -1];
    if (amount === undefined) return;
    amount.tokens += tokens;
    amount.documents += documents;
  });
  const meter = new LicenceMeter(terms, strata, {
    tokens: amounts.map(({ tokens }) => tokens),
    documents: amounts.map(({ documents }) => documents),
  });
  const paid = new Set(
    terms.fees.flatMap((grant) => (grant.fee.meter === 'ingested' ? [] : grant.strata)),
  );
  const most = new MostDocuments(
    tally.map(({ documents }) => documents),
    (position) => paid.has(places[position] ?? -1),
  );
  return {
    usage: () => licenceUsage(meter.minorUnits, terms.budgetMinorUnits ?? 0),
    need: () => {
      const need = new Map<number, number>();
      for (const position of most.order) {
        const place = places[position]!;
        const { tokens, documents } = amounts[place]!;
        if (need.size === PAID_TRIED || documents === 0) break;
        // Worth it only where the money falls: not under a fee that has reached its cap.
        const less = Math.max(1, Math.floor(tokens / documents));
        const fewer = { tokens: Math.max(0, tokens - less), documents: documents - 1 };
        if (meter.savedBy(place, fewer) > 0) need.set(position, 1);
      }
      return need;
    },
    dropped: (position, less) => {
      const place = places[position];
      if (place === undefined) return;
      const amount = amounts[place]!;
      amount.tokens -= less;
      amount.documents -= 1;
      meter.set(place, { ...amount });
      most.dropped(position);
    },
  };
}

/** Positions by documents, most first, of equals the first; one that loses a document moves back. */
class MostDocuments {
  readonly order: number[];
  private readonly documents: number[];
  private readonly rank = new Map<number, number>();

  constructor(documents: readonly number[], isListed: (position: number) => boolean) {
    this.documents = [...documents];
    this.order = [...documents.keys()].filter(isListed).sort((a, b) => this.compare(a, b));
    this.order.forEach((position, rank) => {
      this.rank.set(position, rank);
    });
  }

  private compare(a: number, b: number): number {
    return this.documents[b]! - this.documents[a]! || a - b;
  }

  dropped(position: number): void {
    let rank = this.rank.get(position);
    if (rank === undefined) return;
    this.documents[position]! -= 1;
    for (; rank + 1 < this.order.length; rank++) {
      const next = this.order[rank + 1]!;
      if (this.compare(position, next) < 0) break;
      this.order[rank] = next;
      this.rank.set(next, rank);
    }
    this.order[rank] = position;
    this.rank.set(position, rank);
  }
}
