/**
 * What the grants of a mix cost while its strata change one by one: per grant the sums that its meter has
 * counted, so a change costs what the grants of that one stratum do. The same money as `licenceCost`.
 */
import { feeOf } from '../license/fee.js';
import type { Stratum } from '../schema/plan.js';
import type { GrantFee, LicenceTerms, Quantities } from './licence.js';

/** Sums of one grant. */
interface Sums {
  tokens: number;
  documents: number;
  /** Strata with any tokens. */
  used: number;
  /** Strata by passes begun. */
  readonly passes: Map<number, number>;
}

interface Amount {
  readonly tokens: number;
  readonly documents: number;
}

const NOTHING: Amount = { tokens: 0, documents: 0 };

export class LicenceMeter {
  private readonly terms: LicenceTerms;
  private readonly strata: readonly Stratum[];
  private readonly amounts: Amount[];
  private readonly sums: readonly Sums[];
  private readonly costs: number[];
  /** Positions among the fees, by stratum. */
  private readonly feesAt = new Map<number, number[]>();

  constructor(terms: LicenceTerms, strata: readonly Stratum[], used: Quantities) {
    this.terms = terms;
    this.strata = strata;
    this.amounts = strata.map(() => NOTHING);
    this.sums = terms.fees.map(() => ({ tokens: 0, documents: 0, used: 0, passes: new Map() }));
    terms.fees.forEach((fee, g) => {
      for (const i of fee.strata) this.feesAt.set(i, [...(this.feesAt.get(i) ?? []), g]);
    });
    for (const i of this.feesAt.keys()) {
      this.move(i, { tokens: used.tokens[i]!, documents: used.documents[i]! });
    }
    this.costs = terms.fees.map((_, g) => this.costOf(g));
  }

  /** Minor units that all grants cost now. */
  get minorUnits(): number {
    return this.costs.reduce((sum, cost) => sum + cost, 0);
  }

  set(i: number, amount: Amount): void {
    this.move(i, amount);
    for (const g of this.feesAt.get(i) ?? []) this.costs[g] = this.costOf(g);
  }

  /** Minor units that the mix would cost less with this amount of a stratum. */
  savedBy(i: number, amount: Amount): number {
    const before = this.amounts[i]!;
    const fees = this.feesAt.get(i) ?? [];
    this.move(i, amount);
    const saved = fees.reduce((sum, g) => sum + this.costs[g]! - this.costOf(g), 0);
    this.move(i, before);
    return saved;
  }

  private move(i: number, to: Amount): void {
    for (const g of this.feesAt.get(i) ?? []) {
      this.add(g, i, -1);
    }
    this.amounts[i] = to;
    for (const g of this.feesAt.get(i) ?? []) this.add(g, i, 1);
  }

  private add(g: number, i: number, sign: 1 | -1): void {
    const sums = this.sums[g]!;
    const metered = meteredAt(this.terms.fees[g]!, this.strata[i]!, this.amounts[i]!);
    sums.tokens += sign * metered.tokens;
    sums.documents += sign * metered.documents;
    if (this.amounts[i]!.tokens === 0) return;
    sums.used += sign;
    sums.passes.set(metered.passes, (sums.passes.get(metered.passes) ?? 0) + sign);
    if (sums.passes.get(metered.passes) === 0) sums.passes.delete(metered.passes);
  }

  private costOf(g: number): number {
    const { tokens, documents, used, passes } = this.sums[g]!;
    const { fee, rate, strata } = this.terms.fees[g]!;
    if (used === 0) return 0;
    const all = fee.meter === 'ingested' ? this.ingested(strata) : { tokens, documents };
    const epochs = Math.max(0, ...passes.keys());
    const into = rate === null ? null : { currency: this.terms.currency, rate };
    return feeOf(fee, { ...all, epochs }, into);
  }

  private ingested(strata: readonly number[]): Amount {
    const sum = (of: (stratum: Stratum) => number) =>
      strata.reduce((total, i) => total + of(this.strata[i]!), 0);
    return { tokens: sum((s) => s.tokens), documents: sum((s) => s.documents) };
  }
}

/** What a meter counts of one stratum, and the passes that are begun. */
function meteredAt({ fee }: GrantFee, available: Stratum, { tokens, documents }: Amount) {
  const passes = available.tokens > 0 ? Math.ceil(tokens / available.tokens) : 0;
  if (fee.meter !== 'in_mix') return { tokens, documents, passes };
  return {
    tokens: Math.min(tokens, available.tokens),
    documents: Math.min(documents, available.documents),
    passes,
  };
}
