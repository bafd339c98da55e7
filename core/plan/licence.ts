/**
 * What the grants of a mix cost. A stratum under `A AND B` pays both. What a meter counts:
 * `trained` every token written, `in_mix` each document's tokens once, `ingested` all usable text of
 * the grant as soon as any of it is used. Exact cents here; the LP's view is in `licence-rows.ts`.
 */
import { feeOf, type Metered, minorUnits } from '../license/fee.js';
import { grantIdsOf } from '../license/resolve.js';
import { Failure } from '../schema/failure.js';
import type { Fee } from '../schema/grant.js';
import type { Stratum } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { byCode } from './stratum.js';

export interface GrantFee {
  readonly grantId: string;
  readonly fee: Fee;
  /** Positions of the strata that it covers. */
  readonly strata: readonly number[];
}

export interface LicenceTerms {
  readonly currency: string;
  /** null: fees are added up, but not limited. */
  readonly budgetMinorUnits: number | null;
  readonly fees: readonly GrantFee[];
}

/** Fees on the strata at hand; null where nothing costs and nothing is limited. */
export function licenceTerms(recipe: Recipe, strata: readonly Stratum[]): LicenceTerms | null {
  const fees = feesOf(recipe, strata);
  const budget = recipe.licenceBudget;
  const currency = budget?.currency ?? fees[0]?.fee.currency;
  if (currency === undefined) return null;
  for (const { grantId, fee } of fees) {
    if (fee.currency === currency) continue;
    throw new Failure('GRANTS_INVALID', {
      subject: `grant "${grantId}"`,
      expected: `a fee in ${currency}, as ${budget === null ? 'other fees' : 'licence_budget'}`,
      found: fee.currency,
      where: 'fee.currency',
      remedy: `state its fee in ${currency}`,
    });
  }
  const limit = budget === null ? null : minorUnits(budget.amount, currency);
  return { currency, budgetMinorUnits: limit, fees };
}

function feesOf(recipe: Recipe, strata: readonly Stratum[]): GrantFee[] {
  const grants = new Map(recipe.grants.map((grant) => [grant.grantId, grant]));
  const covered = new Map<string, number[]>();
  strata.forEach((stratum, i) => {
    for (const grantId of grantIdsOf(stratum.grantId)) {
      if ((grants.get(grantId)?.fee ?? null) === null) continue;
      const list = covered.get(grantId);
      if (list === undefined) covered.set(grantId, [i]);
      else list.push(i);
    }
  });
  return [...covered.keys()].sort(byCode).map((grantId) => ({
    grantId,
    fee: grants.get(grantId)!.fee!,
    strata: covered.get(grantId)!,
  }));
}

/** Tokens and documents per stratum, in the order of `strata`. */
export interface Quantities {
  readonly tokens: readonly number[];
  readonly documents: readonly number[];
}

/** Minor units that the grants cost. Each grant is rounded once. */
export function licenceCost(
  terms: LicenceTerms,
  strata: readonly Stratum[],
  used: Quantities,
): number {
  return terms.fees.reduce((sum, g) => sum + feeOf(g.fee, meteredOf(g, strata, used)), 0);
}

function meteredOf(grant: GrantFee, strata: readonly Stratum[], used: Quantities): Metered {
  const metered = { tokens: 0, documents: 0, epochs: 0 };
  if (!grant.strata.some((i) => used.tokens[i]! > 0)) return metered;
  const { meter } = grant.fee;
  for (const i of grant.strata) {
    const available = strata[i]!;
    const tokens = used.tokens[i]!;
    const documents = used.documents[i]!;
    if (available.tokens > 0) metered.epochs = Math.max(metered.epochs, tokens / available.tokens);
    if (meter === 'ingested') {
      metered.tokens += available.tokens;
      metered.documents += available.documents;
    } else if (meter === 'in_mix') {
      metered.tokens += Math.min(tokens, available.tokens);
      metered.documents += Math.min(documents, available.documents);
    } else {
      metered.tokens += tokens;
      metered.documents += documents;
    }
  }
  return metered;
}
