/**
 * What the grants of a mix cost. A stratum under `A AND B` pays both. What a meter counts:
 * `trained` every token written, `in_mix` each document's tokens once, `ingested` all usable text of
 * the grant as soon as any of it is used. A fee in another currency is converted at the recipe's rate.
 * Exact cents here; the LP's view is in `licence-rows.ts`.
 */
import { feeOf, type Metered, minorUnits } from '../license/fee.js';
import { grantIdsOf } from '../license/resolve.js';
import { Failure } from '../schema/failure.js';
import type { Fee } from '../schema/grant.js';
import type { Stratum } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { exactNumber } from './rational.js';
import { byCode } from './stratum.js';

export interface GrantFee {
  readonly grantId: string;
  readonly fee: Fee;
  /** Units of the budget's currency for one of the fee's; null where it is the same. */
  readonly rate: string | null;
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
  const limit = budget === null ? null : minorUnits(budget.amount, currency);
  const rated = fees.map((fee) => ({ ...fee, rate: rateOf(recipe, fee, currency) }));
  return { currency, budgetMinorUnits: limit, fees: rated };
}

type UnratedFee = Omit<GrantFee, 'rate'>;

/** Money of several currencies is added up only where the recipe says at which rate. */
function rateOf({ licenceBudget }: Recipe, { grantId, fee }: UnratedFee, currency: string) {
  if (fee.currency === currency) return null;
  const rates = licenceBudget?.rates ?? {};
  if (Object.hasOwn(rates, fee.currency)) return rates[fee.currency]!;
  const isLimited = licenceBudget !== null;
  throw new Failure('GRANTS_INVALID', {
    subject: `grant "${grantId}"`,
    expected: `a fee in ${currency}, as ${isLimited ? 'licence_budget' : 'other fees'}`,
    found: fee.currency,
    where: 'fee.currency',
    remedy: isLimited
      ? `add licence_budget.rates.${fee.currency}, or state its fee in ${currency}`
      : `state its fee in ${currency}, or add licence_budget with rates.${fee.currency}`,
  });
}

function feesOf(recipe: Recipe, strata: readonly Stratum[]): UnratedFee[] {
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

/** Most tokens of a stratum that come to no more than so many documents, pro rata. */
export function tokensWithin({ tokens, documents }: Stratum, paidFor: number): number {
  return exactNumber((BigInt(paidFor) * BigInt(tokens)) / BigInt(documents));
}

/** Tokens and documents per stratum, in the order of `strata`. */
export interface Quantities {
  readonly tokens: readonly number[];
  readonly documents: readonly number[];
}

/** Minor units that the grants cost, in the budget's currency. Each grant is rounded once. */
export function licenceCost(
  terms: LicenceTerms,
  strata: readonly Stratum[],
  used: Quantities,
): number {
  return terms.fees.reduce((sum, grant) => {
    const metered = meteredOf(grant, strata, used);
    const into = grant.rate === null ? null : { currency: terms.currency, rate: grant.rate };
    return sum + feeOf(grant.fee, metered, into);
  }, 0);
}

function meteredOf(grant: GrantFee, strata: readonly Stratum[], used: Quantities): Metered {
  const metered = { tokens: 0, documents: 0, epochs: 0 };
  if (!grant.strata.some((i) => used.tokens[i]! > 0)) return metered;
  const { meter } = grant.fee;
  for (const i of grant.strata) {
    const available = strata[i]!;
    const tokens = used.tokens[i]!;
    const documents = used.documents[i]!;
    if (available.tokens > 0)
      metered.epochs = Math.max(metered.epochs, Math.ceil(tokens / available.tokens));
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
