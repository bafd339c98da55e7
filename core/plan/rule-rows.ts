/**
 * Rules on the mix beyond caps, as rows. With total X, tokens x_s of stratum s and, for the anchor, a_s
 * available of it; shares p_g of groups in the previous version:
 *   least budget   X >= least
 *   anchor         y_s <= x_s, y_s <= a_s, sum of y_s >= least    (y_s = x_s where text is not repeated)
 *   churn          m_g >= x_g - p_g X, m_g >= 0, sum of m_g <= churn_max X - room
 * Room is for whole tokens and documents; where it cannot be had the rules stand without it.
 */
import { ANCHOR_CAP, BUDGET_FLOOR, CHURN_CAP } from './cap-rows.js';
import type { Instance } from './instance.js';
import type { ModelDraft } from './model.js';
import { budgetLeast } from './rule-usages.js';

export interface RuleRows {
  readonly anchor: number | null;
  readonly churn: number | null;
  /** Columns of tokens that lie elsewhere than before, by group; empty where there is no rule. */
  readonly moved: readonly number[];
}

export interface RuleBase {
  readonly draft: ModelDraft;
  readonly instance: Instance;
  readonly x: readonly number[];
  readonly total: number;
}

/** Strata up to which an integer program finds the whole tokens, so that churn needs no room. */
const WHOLE_STRATA_MAX = 64;
/** Most of the churn allowed that is left to whole tokens. */
const CHURN_ROOM_SHARE = 0.01;

/**
 * Tokens of churn that the model leaves to whole tokens. Rounding moves each stratum by less than a token,
 * and the total by less than the number of strata: churn moves by less than twice that number.
 */
export function churnRoom({ churn, strata, recipe }: Instance): number {
  if (churn === null || strata.length <= WHOLE_STRATA_MAX) return 0;
  return Math.min(2 * strata.length, CHURN_ROOM_SHARE * churn.churnMax * recipe.tokenBudget);
}

export interface RuleOptions {
  /** Tokens of the anchor to keep, which may be more than the rule asks for. */
  readonly anchored: number | null;
  readonly churnRoom: number;
}

export function addRules(base: RuleBase, { anchored, churnRoom: room }: RuleOptions): RuleRows {
  addBudgetFloor(base);
  const anchor = anchored === null ? null : addAnchor(base, anchored);
  return { anchor, ...addChurn(base, room) };
}

const ofRule = (capId: string) => ({ capId, scope: 'all' }) as const;

function addBudgetFloor({ draft, instance, total }: RuleBase): void {
  const { recipe, tokensPerUnit } = instance;
  if (recipe.minBudgetShare === 0) return;
  const lower = budgetLeast(recipe) / tokensPerUnit;
  draft.addRow([[total, 1]], { lower }, ofRule(BUDGET_FLOOR));
}

function addAnchor({ draft, instance, x }: RuleBase, least: number): number {
  const { anchor, writable, tokensPerUnit } = instance;
  const terms = [...anchor!.available].map(([i, tokens]) => {
    if (writable[i]! <= tokens) return [x[i]!, 1] as const;
    const kept = draft.addColumn(`kept${i}`, 0, tokens / tokensPerUnit);
    draft.addRow([[kept, 1] as const, [x[i]!, -1] as const], { upper: 0 });
    return [kept, 1] as const;
  });
  return draft.addRow(terms, { lower: least / tokensPerUnit }, ofRule(ANCHOR_CAP));
}

function addChurn({ draft, instance, x, total }: RuleBase, room: number): Omit<RuleRows, 'anchor'> {
  const { churn } = instance;
  if (churn === null) return { churn: null, moved: [] };
  const moved = churn.groups.map(({ before, positions }) => {
    const column = draft.addColumn('moved', 0, Infinity);
    const terms = positions.map((i) => [x[i]!, 1] as const);
    draft.addRow([...terms, [total, -before / churn.before], [column, -1]], { upper: 0 });
    return column;
  });
  const sum = moved.map((column) => [column, 1] as const);
  const upper = -room / instance.tokensPerUnit;
  const row = draft.addRow([...sum, [total, -churn.churnMax]], { upper }, ofRule(CHURN_CAP));
  return { churn: row, moved };
}
