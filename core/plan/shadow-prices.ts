/**
 * What a cap costs: the dual of its row in the first stage, d(tokens of the mix) / d(right-hand side).
 * A share cap's right-hand side is tokens of slack (`part - share x whole <= slack`), a token cap's is
 * tokens, the licence budget's minor units; a repetition limit's is tokens of its source's text. A
 * minimum has a price <= 0. At a degenerate optimum a dual is one of several; the solver's is kept.
 */
import type { CapUsage } from '../schema/plan.js';
import { FAMILIES_CAP, LICENCE_CAP, REPETITION_CAP } from './cap-rows.js';
import type { MixModel } from './mix-model.js';
import type { Optimal } from './stage-run.js';

/** Duals nearer to 0 than this are the solver's noise: its dual tolerance is 1e-7. */
const DUAL_NOISE = 1e-6;

/** The price of a usage; null where a row has none, such as a number of families. */
export function shadowPrices(model: MixModel, first: Optimal): (usage: CapUsage) => number | null {
  const { instance, licence } = model;
  const clean = (dual: number) => (Math.abs(dual) < DUAL_NOISE ? 0 : dual);
  const rowPrice = (row: number) => clean(first.rowDuals?.[row] ?? 0);
  const caps = new Map(
    instance.caps.map((cap, i) => [`${cap.capId}\u001f${cap.scope}`, rowPrice(model.capRows[i]!)]),
  );
  return (usage) => {
    if (first.rowDuals === null || first.columnDuals === null) return null;
    if (usage.kind === 'families_min_count' || usage.kind === 'min_budget') return null;
    if (usage.capId === FAMILIES_CAP && usage.kind === 'families_max_share') {
      return Math.max(0, ...(model.familyRows.get(usage.scope) ?? []).map(rowPrice));
    }
    if (usage.kind === 'licence_budget' && usage.capId === LICENCE_CAP) {
      if (licence === null || licence.row === null) return null;
      return (rowPrice(licence.row) * instance.tokensPerUnit) / licence.minorPerUnit;
    }
    const { rules } = model;
    if (usage.kind === 'anchor') return rules.anchor === null ? null : rowPrice(rules.anchor);
    if (usage.kind === 'churn') return rules.churn === null ? null : rowPrice(rules.churn);
    if (usage.kind === 'repetition') {
      const source = usage.capId.slice(REPETITION_CAP.length + 1);
      const duals = instance.strata.map((s, i) =>
        s.source === source && isAtRepetition(model, i) ? first.columnDuals![model.x[i]!]! : 0,
      );
      return clean(Math.max(0, ...duals));
    }
    return caps.get(`${usage.capId}\u001f${usage.scope}`) ?? null;
  };
}

/** The column's bound is the repetition limit, not the budget. */
function isAtRepetition({ instance }: MixModel, i: number): boolean {
  return instance.writable[i]! < instance.recipe.tokenBudget;
}
