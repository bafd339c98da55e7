/**
 * The limits of a recipe that can be loosened, one by one. A knob knows the groups that it moves, which way
 * frees more, how far it can go, the key of the recipe, and the recipe with another value.
 */
import { minorUnits, moneyText } from '../license/fee.js';
import { LIMITS } from '../schema/limits.js';
import type { WayOut } from '../schema/plan.js';
import type { Cap, Recipe } from '../schema/recipe.js';
import {
  ANCHOR_CAP,
  BUDGET_CAP,
  BUDGET_FLOOR,
  CHURN_CAP,
  FAMILIES_CAP,
  LICENCE_CAP,
  REPETITION_CAP,
} from './cap-rows.js';
import type { RelaxedModel } from './relaxed-model.js';
import { count, percent } from './rule-statement.js';
import { capLimitKey, repetitionKey, withSetting } from './settings.js';

/** How the least value is found; see `least-change.ts`. */
export type Search = 'shift' | 'share' | 'repetition' | 'reach' | 'rebuild';

export interface Knob {
  readonly kind: WayOut['kind'];
  readonly search: Search;
  readonly capId: string;
  /** Groups of the model that it moves. */
  readonly groups: readonly number[];
  readonly key: string;
  readonly from: number;
  /** True where a larger value frees more. */
  readonly up: boolean;
  readonly isWhole: boolean;
  /** The furthest value. */
  readonly furthest: number;
  readonly unit: string;
  readonly apply: (recipe: Recipe, value: number) => Recipe;
  readonly written: (value: number) => string;
  /** `raise max_share of cap a from 30 % to 40 %`. */
  readonly statement: (value: number) => string;
}

type Draft = Omit<Knob, 'statement' | 'written' | 'apply'> & Partial<Pick<Knob, 'written'>>;

const wordOf = (unit: string, value: number): string => {
  if (unit === 'share') return percent(value);
  if (unit === 'passes') return `${value}`;
  return unit === 'tokens' || unit === 'families' ? count(value) : `${value} ${unit}`;
};

function knob(what: string, draft: Draft): Knob {
  const { up, from, unit, key, written } = draft;
  return {
    written: String,
    ...draft,
    apply: (recipe, value) => withSetting(recipe, key, written?.(value) ?? value),
    statement: (value) =>
      `${up ? 'raise' : 'lower'} ${what} from ${wordOf(unit, from)} to ${wordOf(unit, value)}`,
  };
}

/** Every knob that moves one of the groups. */
export function knobsOf(model: RelaxedModel, groups: readonly number[]): Knob[] {
  const { recipe } = model.instance;
  const ids = [...new Set(groups.map((g) => model.groups[g]!.capId))];
  return ids.flatMap((capId) => {
    const own = model.groups.flatMap((group, g) => (group.capId === capId ? [g] : []));
    const cap = recipe.caps.find(({ id }) => id === capId);
    if (cap !== undefined) return [capKnob(recipe, cap, own)];
    return ruleKnobs(recipe, capId, own);
  });
}

/** Keys and present values of what can be loosened of a rule, in units as they are written. */
export function limitsOf(recipe: Recipe, capId: string): { key: string; from: number }[] {
  const cap = recipe.caps.find(({ id }) => id === capId);
  const knobs = cap === undefined ? ruleKnobs(recipe, capId, []) : [capKnob(recipe, cap, [])];
  return knobs.map(({ key, kind, from, written }) => {
    return { key, from: kind === 'licence_budget' ? Number(written(from)) : from };
  });
}

function capKnob(recipe: Recipe, cap: Cap, groups: readonly number[]): Knob {
  const { kind } = cap.limit;
  const isShare = 'share' in cap.limit;
  const up = kind.startsWith('max');
  return knob(`${kind} of cap ${cap.id}`, {
    ...{ kind: 'cap', search: isShare ? 'share' : 'shift', capId: cap.id, groups, up },
    key: capLimitKey(recipe, cap),
    from: 'share' in cap.limit ? cap.limit.share : cap.limit.tokens,
    isWhole: !isShare,
    furthest: up ? (isShare ? 1 : LIMITS.tokenBudget) : 0,
    unit: isShare ? 'share' : 'tokens',
  });
}

function ruleKnobs(recipe: Recipe, capId: string, groups: readonly number[]): Knob[] {
  const of = { capId, groups };
  switch (capId) {
    case BUDGET_CAP:
      return [budgetKnob(recipe, of, true)];
    case BUDGET_FLOOR:
      return [minBudgetKnob(recipe, of), budgetKnob(recipe, of, false)];
    case LICENCE_CAP:
      return [moneyKnob(recipe, of)];
    case FAMILIES_CAP:
      return familyKnobs(recipe, of);
    case ANCHOR_CAP:
      return [anchorKnob(recipe, of)];
    case CHURN_CAP:
      return [churnKnob(recipe, of)];
    default:
      return capId.startsWith(REPETITION_CAP) ? [repetitionKnob(recipe, of)] : [];
  }
}

type Of = Pick<Knob, 'capId' | 'groups'>;

/** Raised for floors that pass it; lowered so that a share of it can be reached. */
function budgetKnob(recipe: Recipe, of: Of, up: boolean): Knob {
  return knob('token_budget', {
    ...{ ...of, kind: 'token_budget', search: up ? 'shift' : 'reach', key: 'token_budget', up },
    ...{ from: recipe.tokenBudget, isWhole: true, unit: 'tokens' },
    furthest: up ? LIMITS.tokenBudget : 1,
  });
}

function minBudgetKnob(recipe: Recipe, of: Of): Knob {
  return knob('min_budget_share', {
    ...{ ...of, kind: 'min_budget_share', search: 'shift', key: 'min_budget_share', up: false },
    ...{ from: recipe.minBudgetShare, isWhole: false, unit: 'share', furthest: 0 },
  });
}

/** In minor units; written in major ones. */
function moneyKnob(recipe: Recipe, of: Of): Knob {
  const { amount, currency } = recipe.licenceBudget!;
  const written = (minor: number) => moneyText(minor, currency);
  return {
    ...knob('licence_budget', {
      ...{ ...of, kind: 'licence_budget', search: 'shift', key: 'licence_budget.amount', up: true },
      ...{ from: minorUnits(amount, currency), isWhole: true, unit: currency },
      furthest: LIMITS.tokenBudget,
      written,
    }),
    statement: (minor) =>
      `spend ${written(minor - minorUnits(amount, currency))} ${currency} more on licences: raise licence_budget from ${amount} to ${written(minor)} ${currency}`,
  };
}

function familyKnobs(recipe: Recipe, of: Of): Knob[] {
  const { minCount, maxShare } = recipe.modelFamilies!;
  const share = knob('max_share of a model family', {
    ...{ ...of, kind: 'families_max_share', search: 'share', key: 'model_families.max_share' },
    ...{ from: maxShare, up: true, isWhole: false, furthest: 1, unit: 'share' },
  });
  const least = knob('min_count of model families', {
    ...{ ...of, kind: 'families_min_count', search: 'rebuild', key: 'model_families.min_count' },
    ...{ from: minCount, up: false, isWhole: true, furthest: 1, unit: 'families' },
  });
  return [...(maxShare < 1 ? [share] : []), ...(minCount > 1 ? [least] : [])];
}

function repetitionKnob(recipe: Recipe, of: Of): Knob {
  const source = of.capId === REPETITION_CAP ? null : of.capId.slice(REPETITION_CAP.length + 1);
  const own = recipe.sources.find(({ name }) => name === source)?.maxRepetitionFactor;
  const isOne = source === null;
  return knob(isOne ? REPETITION_CAP : `${REPETITION_CAP} of source ${source}`, {
    ...{ ...of, kind: 'repetition', search: 'repetition', up: true, isWhole: false },
    ...{ unit: 'passes', furthest: LIMITS.maxRepetitionFactor },
    key: repetitionKey(recipe, source),
    from: own ?? recipe.maxRepetitionFactor,
  });
}

function anchorKnob(recipe: Recipe, of: Of): Knob {
  return knob('min_share of the anchor', {
    ...{ ...of, kind: 'anchor', search: 'shift', key: 'anchor.min_share', up: false },
    ...{ from: recipe.anchor!.minShare, isWhole: false, unit: 'share', furthest: 0 },
  });
}

function churnKnob(recipe: Recipe, of: Of): Knob {
  return knob('churn_max', {
    ...{ ...of, kind: 'churn_max', search: 'share', key: 'churn_max', up: true },
    ...{ from: recipe.churnMax!, isWhole: false, unit: 'share', furthest: 1 },
  });
}
