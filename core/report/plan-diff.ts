/**
 * Two plans beside each other: verdicts, where tokens moved, caps with their prices, targets, money,
 * notes. Either side may be infeasible: it then plans no token, and its conflict is shown.
 */
import type { Allocation, Plan, Price } from '../schema/plan.js';
import type { Recipe } from '../schema/recipe.js';
import { formatMoney, formatWord } from './format.js';
import { type Moved, movedShare, movedTokens } from './moved.js';
import type { PlannedCap } from './plan-figures.js';
import { type RecipeChange, recipeChanges } from './recipe-changes.js';
import { byText } from './tally.js';

/** One of the two plans, with the name that people know it by. */
export interface PlanSide {
  readonly name: string;
  readonly plan: Plan;
  /** Null where only the plan is known. */
  readonly recipe: Recipe | null;
}

export interface CapChange {
  readonly capId: string;
  readonly scope: string;
  readonly kind: string;
  /** Null where that side has no such cap, or no plan. */
  readonly before: PlannedCap | null;
  readonly after: PlannedCap | null;
}

/** What differs, as data: the JSON of `diff` and `plan --compare`. */
export interface PlanDifference {
  readonly recipe: readonly RecipeChange[] | null;
  readonly status: { readonly before: Plan['status']; readonly after: Plan['status'] };
  readonly tokens: { readonly before: number; readonly after: number; readonly change: number };
  /** Part of the mix that moved between strata, in [0, 1]; null where one side has no mix. */
  readonly movedShare: number | null;
  readonly domains: readonly Moved[];
  readonly labels: readonly Moved[];
  readonly families: readonly Moved[];
  readonly sources: readonly Moved[];
  /** Strata that moved, by the parts of their key. */
  readonly strata: readonly Moved[];
  /** Caps whose limit, use, slack or price changed. */
  readonly caps: readonly CapChange[];
  readonly targets: readonly TargetChange[];
  /** Price of a token more of budget; null where that side has none. */
  readonly budgetPrice: { readonly before: Price | null; readonly after: Price | null };
  readonly licenceCost: { readonly before: string | null; readonly after: string | null };
  readonly notes: { readonly gone: readonly string[]; readonly new: readonly string[] };
}

export interface TargetChange {
  readonly domain: string;
  readonly targetBefore: number | null;
  readonly targetAfter: number | null;
  readonly plannedBefore: number | null;
  readonly plannedAfter: number | null;
}

const allocationsOf = (plan: Plan): readonly Allocation[] =>
  plan.status === 'optimal' ? plan.allocations : [];
const tokensOf = (plan: Plan) => (plan.status === 'optimal' ? plan.tokensAllocated : 0);

export function planDifference(a: PlanSide, b: PlanSide): PlanDifference {
  const by = (name: (row: Allocation) => string) => {
    const side = ({ plan }: PlanSide) => {
      return { rows: allocationsOf(plan), name, tokens: (row: Allocation) => row.tokensAllocated };
    };
    return movedTokens(side(a), side(b));
  };
  const strata = by(stratumName);
  const [before, after] = [tokensOf(a.plan), tokensOf(b.plan)];
  const bothPlan = before > 0 && after > 0;
  return {
    recipe: a.recipe === null || b.recipe === null ? null : recipeChanges(a.recipe, b.recipe),
    status: { before: a.plan.status, after: b.plan.status },
    tokens: { before, after, change: after - before },
    movedShare: bothPlan ? movedShare(strata) : null,
    domains: by((row) => row.domain),
    labels: by((row) => row.label),
    families: by((row) => (row.label === 'synthetic' ? row.modelFamily || 'unstated' : '')),
    sources: by((row) => row.source),
    strata: strata.filter((row) => row.before !== row.after),
    caps: capChanges(a.plan, b.plan),
    targets: targetChanges(a.plan, b.plan),
    budgetPrice: { before: budgetPriceOf(a.plan), after: budgetPriceOf(b.plan) },
    licenceCost: { before: moneyOf(a.plan), after: moneyOf(b.plan) },
    notes: {
      gone: a.plan.notes.filter((note) => !b.plan.notes.includes(note)),
      new: b.plan.notes.filter((note) => !a.plan.notes.includes(note)),
    },
  };
}

function stratumName(row: Allocation): string {
  const { source, domain, label, modelFamily, grantId, lineageDepth, site, language } = row;
  const depth = lineageDepth === 0 ? '' : `lineage depth ${lineageDepth}`;
  const parts = [source, domain, formatWord(label), modelFamily, depth, site, language];
  const anchored = row.anchored ? 'anchored' : '';
  return [...parts, anchored, grantId].filter((part) => part !== '').join(' / ');
}

const budgetPriceOf = (plan: Plan) => (plan.status === 'optimal' ? plan.budgetPrice : null);

function moneyOf(plan: Plan): string | null {
  const cost = plan.status === 'optimal' ? plan.licenceCost : null;
  return cost === null ? null : formatMoney(cost.minorUnits, cost.currency);
}

/** Caps by id, scope and kind; those that are equal on both sides are left out. */
function capChanges(a: Plan, b: Plan): CapChange[] {
  const keyed = (plan: Plan) => {
    const caps = plan.status === 'optimal' ? plan.caps : [];
    return new Map(caps.map((cap) => [JSON.stringify([cap.capId, cap.scope, cap.kind]), cap]));
  };
  const [x, y] = [keyed(a), keyed(b)];
  const keys = [...new Set([...x.keys(), ...y.keys()])].sort(byText);
  return keys.flatMap((key): CapChange[] => {
    const [before, after] = [x.get(key) ?? null, y.get(key) ?? null];
    const { capId, scope, kind } = (before ?? after)!;
    return isSameCap(before, after) ? [] : [{ capId, scope, kind, before, after }];
  });
}

const MEASURES = ['limit', 'part', 'whole', 'slack', 'shadowPrice', 'kept'] as const;

function isSameCap(a: PlannedCap | null, b: PlannedCap | null): boolean {
  if (a === null || b === null) return false;
  return MEASURES.every((measure) => a[measure] === b[measure]);
}

function targetChanges(a: Plan, b: Plan): TargetChange[] {
  const keyed = (plan: Plan) =>
    new Map((plan.status === 'optimal' ? plan.targets : []).map((row) => [row.domain, row]));
  const [x, y] = [keyed(a), keyed(b)];
  const domains = [...new Set([...x.keys(), ...y.keys()])].sort(byText);
  return domains.flatMap((domain) => {
    const [p, q] = [x.get(domain), y.get(domain)];
    if (p?.target === q?.target && p?.planned === q?.planned) return [];
    const targets = { targetBefore: p?.target ?? null, targetAfter: q?.target ?? null };
    return [
      { domain, ...targets, plannedBefore: p?.planned ?? null, plannedAfter: q?.planned ?? null },
    ];
  });
}
