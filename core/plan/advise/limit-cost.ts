/**
 * What the limits of a recipe cost: each one that binds (by its slack, or by its price) is loosened by
 * a small step, and taken away, and the problem is planned again. A cap for `each` domain is one line:
 * it has one value in the recipe. Steps: a hundredth of what a share is of, 1 % of tokens or money, a
 * hundredth of a pass, one model family.
 */
import { minorUnits, moneyText } from '../../license/fee.js';
import type { LimitLine, SetChange } from '../../schema/advice.js';
import type { OptimalPlan, Price } from '../../schema/plan.js';
import type { Cap, Recipe } from '../../schema/recipe.js';
import {
  ANCHOR_CAP,
  BUDGET_CAP,
  CHURN_CAP,
  FAMILIES_CAP,
  LICENCE_CAP,
  REPETITION_CAP,
} from '../cap-rows.js';
import { capLimitKey, repetitionKey, type SettingValue, settingValue } from '../settings.js';
import { byCode, repetitionFactors } from '../stratum.js';
import type { Replans } from './replans.js';

const SHARE_STEP = 0.01;
const AMOUNT_STEP = 0.01;
const PASS_STEP = 0.01;

/** Re-plans that one line takes. */
export const LIMIT_REPLANS_MAX = 2;

/** Kind of the usage that says how much of the budget must be reached. */
const MIN_BUDGET = 'min_budget';

export interface LimitQuestion {
  readonly capId: string;
  readonly kind: string;
  readonly scopes: readonly string[];
  readonly shadowPrice: number | null;
  readonly price: Price | null;
  readonly reason: string;
  readonly step: SetChange;
  readonly without: SetChange | null;
}

type Usage = Pick<OptimalPlan['caps'][number], 'capId' | 'kind' | 'scope'> & {
  readonly shadowPrice: number | null;
  readonly price: Price | null;
  readonly reason: string;
};

/** A price, or no room for a unit more: a dual may be 0 where several limits meet. */
export function bindingUsages({
  caps,
  budgetPrice,
  tokensAllocated,
  tokenBudget,
}: OptimalPlan): Usage[] {
  const binding: Usage[] = caps
    .filter(({ shadowPrice, slack, whole, kind }) => {
      const room = kind === 'families_min_count' ? 0 : SLACK_SHARE * whole;
      return (shadowPrice ?? 0) !== 0 || slack <= room;
    })
    .map(({ capId, kind, scope, shadowPrice, price, reason }) => {
      return { capId, kind, scope, shadowPrice, price, reason };
    });
  if (tokensAllocated < tokenBudget) return binding;
  const price = { shadowPrice: budgetPrice?.tokens ?? null, price: budgetPrice };
  return [...binding, { capId: BUDGET_CAP, kind: BUDGET_CAP, scope: 'all', ...price, reason: '' }];
}

/** Slack below this share of the whole is the rounding of whole tokens. */
const SLACK_SHARE = 1e-5;

/**
 * The limits that are worth a try, dearest first. Rules that look back are tried always, and so is that on
 * families: where it keeps synthetic text out altogether, no usage is left to show it.
 */
export function limitQuestions(recipe: Recipe, binding: readonly Usage[]): LimitQuestion[] {
  const usages = [...binding];
  const always = (capId: string, kind: string, reason: string) => {
    if (usages.some((usage) => usage.capId === capId && usage.kind === kind)) return;
    usages.push({ capId, kind, scope: 'all', shadowPrice: null, price: null, reason });
  };
  if (recipe.anchor !== null)
    always(ANCHOR_CAP, ANCHOR_CAP, 'human text of an earlier version stays');
  if (recipe.churnMax !== null)
    always(CHURN_CAP, CHURN_CAP, 'stability against the version before');
  if (recipe.modelFamilies !== null) {
    const reason = 'synthetic text of too few families is not used at all';
    always(FAMILIES_CAP, 'families_min_count', reason);
    always(FAMILIES_CAP, 'families_max_share', 'no family may be too large');
  }
  const lines = new Map<string, LimitQuestion>();
  for (const usage of usages) {
    for (const { step, without } of changesOf(recipe, usage)) {
      const before = lines.get(step.key);
      lines.set(step.key, joined(before, { ...usage, step, without }));
    }
  }
  return [...lines.values()].sort(
    (a, b) => priceOf(b) - priceOf(a) || byCode(a.step.key, b.step.key),
  );
}

const priceOf = ({ shadowPrice }: LimitQuestion) => Math.abs(shadowPrice ?? 0);

function joined(
  before: LimitQuestion | undefined,
  { scope, ...usage }: Usage & Pick<LimitQuestion, 'step' | 'without'>,
): LimitQuestion {
  const scopes = [...new Set([...(before?.scopes ?? []), scope])].sort(byCode);
  const dearer =
    before !== undefined && priceOf(before) >= Math.abs(usage.shadowPrice ?? 0) ? before : usage;
  return { ...usage, ...dearer, scopes };
}

interface Loosened {
  readonly step: SetChange;
  readonly without: SetChange | null;
}

const OPEN: Readonly<Record<Cap['limit']['kind'], (recipe: Recipe) => number>> = {
  max_share: () => 1,
  min_share: () => 0,
  max_tokens: (recipe) => recipe.tokenBudget,
  min_tokens: () => 0,
};

/** How a usage's limit is loosened in the recipe; nothing for what has no looser value. */
function changesOf(recipe: Recipe, { capId, kind }: Usage): Loosened[] {
  const change = (key: string, to: SettingValue): SetChange | null => {
    const from = settingValue(recipe, key);
    return from === to ? null : { kind: 'set', key, from, to };
  };
  const pair = (key: string, step: SettingValue, without: SettingValue | undefined) => {
    const small = change(key, step);
    if (small === null) return [];
    const large = without === undefined ? null : change(key, without);
    return [{ step: small, without: large }];
  };
  const cap = recipe.caps.find((one) => one.id === capId);
  if (cap !== undefined) {
    return pair(capLimitKey(recipe, cap), looserLimit(cap.limit), OPEN[cap.limit.kind](recipe));
  }
  const { modelFamilies: rule, licenceBudget: money } = recipe;
  if (capId === FAMILIES_CAP && rule !== null && kind === 'families_max_share')
    return pair('model_families.max_share', more(rule.maxShare), 1);
  if (capId === FAMILIES_CAP && rule !== null)
    return pair('model_families.min_count', Math.max(1, rule.minCount - 1), 1);
  if (capId === LICENCE_CAP && money !== null)
    return pair('licence_budget.amount', moreMoney(money, AMOUNT_STEP), undefined);
  if (capId === BUDGET_CAP) {
    const floor =
      recipe.minBudgetShare > 0 ? pair('min_budget_share', less(recipe.minBudgetShare), 0) : [];
    if (kind === MIN_BUDGET) return floor;
    return [...pair('token_budget', grown(recipe.tokenBudget), undefined), ...floor];
  }
  if (capId === ANCHOR_CAP && recipe.anchor !== null)
    return pair('anchor.min_share', less(recipe.anchor.minShare), 0);
  if (capId === CHURN_CAP && recipe.churnMax !== null)
    return pair('churn_max', more(recipe.churnMax), 1);
  if (capId.startsWith(`${REPETITION_CAP}:`)) return repetition(recipe, capId, pair);
  return [];
}

/** Of the source where it has a factor of its own, else of all. One whole pass more is the large step. */
function repetition(
  recipe: Recipe,
  capId: string,
  pair: (key: string, step: SettingValue, without: SettingValue) => Loosened[],
): Loosened[] {
  const name = capId.slice(REPETITION_CAP.length + 1);
  const factor = repetitionFactors(recipe)(name);
  return pair(repetitionKey(recipe, name), tidy(factor + PASS_STEP), tidy(factor + 1));
}

/** Sums of decimals without float dust: 0.3 + 0.01 is 0.31. */
const tidy = (value: number) => Number(value.toFixed(9));
const more = (share: number) => Math.min(1, tidy(share + SHARE_STEP));
const less = (share: number) => Math.max(0, tidy(share - SHARE_STEP));
const grown = (tokens: number) =>
  Math.min(Number.MAX_SAFE_INTEGER, tokens + Math.max(1, Math.round(tokens * AMOUNT_STEP)));
const shrunk = (tokens: number) =>
  Math.max(0, tokens - Math.max(1, Math.round(tokens * AMOUNT_STEP)));

function looserLimit(limit: Cap['limit']): number {
  switch (limit.kind) {
    case 'max_share':
      return more(limit.share);
    case 'min_share':
      return less(limit.share);
    case 'max_tokens':
      return grown(limit.tokens);
    case 'min_tokens':
      return shrunk(limit.tokens);
  }
}

type Money = NonNullable<Recipe['licenceBudget']>;

/** A share of the budget more, at least one minor unit, as the recipe writes it. */
export function moreMoney({ amount, currency }: Money, share: number): string {
  const now = minorUnits(amount, currency);
  return moneyText(now + Math.max(1, Math.round(now * share)), currency);
}

export async function limitCost(replans: Replans, question: LimitQuestion): Promise<LimitLine> {
  const { step, without, scopes, ...line } = question;
  const small = await replans.measure(step);
  const large = without === null ? null : await replans.measure(without);
  const gains = [small, ...(large === null ? [] : [large])].map((one) => replans.gainOf(one));
  const gain = (['tokens', 'deviation'] as const).find((one) => gains.includes(one)) ?? 'none';
  return { ...line, scopes: [...scopes], gain, step: small, without: large };
}
