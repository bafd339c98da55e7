/**
 * Churn while whole tokens are moved one by one. Floats say how far the rule is from breaking; within
 * their error of the limit integers decide. With g_h = x_h - p_h X / P the excess in tokens is
 *   sum over h of max(0, g_h) - churn_max X
 * and one token more of group k changes g_k by 1 - p_k / P, every other g_h by -p_h / P.
 */
import { type ChurnTerms, gainsOf, movedSum } from './churn.js';
import type { Effect, ExactRule } from './exact-rows.js';
import type { ModelDraft } from './model.js';
import { ratioOf } from './rational.js';
import { sumAt, sumOf } from './sums.js';

/** Floats are trusted farther from the limit than this share of the mix: some thousand roundings of 1e-16. */
const TRUST = 1e-12;

export function churnRule(terms: ChurnTerms): (tokens: readonly number[]) => ExactRule {
  return (tokens) => new ChurnRule(terms, tokens);
}

class ChurnRule implements ExactRule {
  private readonly terms: ChurnTerms;
  private readonly tokens: readonly number[];
  private readonly groupAt: readonly number[];
  private readonly shares: readonly number[];
  private readonly now: number[];
  private whole: number;
  /** Excess in tokens, and what one token elsewhere takes off the groups above their share. */
  private distance = 0;
  private diluted = 0;

  constructor(terms: ChurnTerms, tokens: readonly number[]) {
    this.terms = terms;
    this.tokens = tokens;
    const groupAt = tokens.map(() => -1);
    terms.groups.forEach(({ positions }, g) => {
      for (const i of positions) groupAt[i] = g;
    });
    this.groupAt = groupAt;
    this.shares = terms.groups.map(({ before }) => before / terms.before);
    this.now = terms.groups.map(({ positions }) => sumAt(tokens, positions));
    this.whole = sumOf(tokens);
    this.measure();
  }

  private gainOf(group: number): number {
    return this.now[group]! - this.shares[group]! * this.whole;
  }

  private measure(): void {
    let [sum, diluted] = [0, 0];
    for (let g = 0; g < this.now.length; g++) {
      const gain = this.gainOf(g);
      if (gain <= 0) continue;
      sum += gain;
      diluted += Math.min(gain, this.shares[g]!);
    }
    this.distance = sum - this.terms.churnMax * this.whole;
    this.diluted = diluted;
  }

  excess(): bigint {
    return excessOf(this.terms, this.tokens);
  }

  effects(): Effect[] {
    const { terms } = this;
    const { numerator, denominator } = ratioOf(terms.churnMax);
    const before = BigInt(terms.before);
    const gains = gainsOf(terms, this.tokens);
    let diluted = 0n;
    gains.forEach((gain, g) => {
      if (gain > 0n) diluted += BigInt(terms.groups[g]!.before);
    });
    return terms.groups.flatMap(({ positions }, g) => {
      const own = gains[g]! > 0n ? before : 0n;
      const effect = (own - diluted) * denominator - numerator * before;
      return positions.map((stratum) => ({ stratum, effect }));
    });
  }

  allows(stratum: number, delta: number): boolean {
    const then = delta === 1 ? this.distanceWithOneMore(this.groupAt[stratum]!) : null;
    const noise = TRUST * this.whole + 1e-6;
    if (then !== null && then < -noise) return true;
    if (then !== null && then > noise && then > this.distance + noise) return false;
    const after = [...this.tokens];
    after[stratum]! += delta;
    const excess = excessOf(this.terms, after);
    return excess <= 0n || excess <= this.excess();
  }

  private distanceWithOneMore(group: number): number {
    const [gain, share] = [this.gainOf(group), this.shares[group]!];
    const own = Math.max(0, gain + 1 - share) - Math.max(0, gain);
    const others = this.diluted - Math.max(0, Math.min(gain, share));
    return this.distance + own - others - this.terms.churnMax;
  }

  moved(stratum: number, delta: number): void {
    this.now[this.groupAt[stratum]!]! += delta;
    this.whole += delta;
    this.measure();
  }

  addSteps(draft: ModelDraft, steps: readonly number[]): void {
    const { terms, whole } = this;
    const gains = terms.groups.map(({ positions }, g) => {
      const share = this.shares[g]!;
      const gain = draft.addColumn('gain', 0, Infinity);
      const own = positions.map((i) => [steps[i]!, 1] as const);
      const all = steps.map((step) => [step, -share] as const);
      draft.addRow([...own, ...all, [gain, -1]], { upper: share * whole - this.now[g]! });
      return [gain, 1] as const;
    });
    const allowed = steps.map((step) => [step, -terms.churnMax] as const);
    draft.addRow([...gains, ...allowed], { upper: terms.churnMax * whole });
  }
}

function excessOf(terms: ChurnTerms, tokens: readonly number[]): bigint {
  const { numerator, denominator } = ratioOf(terms.churnMax);
  const whole = BigInt(sumOf(tokens));
  const allowed = numerator * BigInt(terms.before) * whole;
  return movedSum(gainsOf(terms, tokens)) * denominator - allowed;
}
