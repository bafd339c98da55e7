/**
 * A frontier: one value of the recipe moved over a range, with a whole plan at each. What is between two
 * points is not known, except where a breakpoint was searched by bisection.
 */
import { BUDGET_CAP } from '../plan/cap-rows.js';
import type { Plan } from '../schema/plan.js';
import { NONE } from './format.js';
import { bindingCaps, bindingText, labelShare, targetDeviation } from './plan-figures.js';
import { shareOf } from './tally.js';

/** What kind of number is moved: it decides rounding and how values are written. */
export type SweptKind = 'tokens' | 'count' | 'share' | 'number' | 'money';

export interface Swept {
  /** As written: `caps.synthetic-health.max_share`. */
  readonly key: string;
  readonly kind: SweptKind;
  readonly spacing: 'linear' | 'log' | 'listed';
  /** Value of the recipe as it stands; null where it has none. */
  readonly asWritten: number | null;
  /** Cap id (or its beginning, before a colon) whose price belongs to the key; null where none does. */
  readonly capId: string | null;
}

export interface FrontierPoint {
  readonly value: number;
  readonly status: Plan['status'];
  /** Null, like every figure below, where the plan is infeasible. */
  readonly tokens: number | null;
  /** Tokens of the token budget, in [0, 1]. */
  readonly budgetShare: number | null;
  /** Half the sum of abs(planned - target) over domains, in [0, 1]; null without targets. */
  readonly targetDeviation: number | null;
  readonly humanShare: number | null;
  readonly syntheticShare: number | null;
  readonly unknownShare: number | null;
  readonly licenceCost: { readonly currency: string; readonly minorUnits: number } | null;
  /** Caps with a price, dearest first, in words. */
  readonly binds: string;
  /** Largest price of the moved cap over its scopes, or that of the token budget; null where it has none. */
  readonly price: number | null;
  /** Why it is infeasible; empty where it is not. */
  readonly conflict: readonly { readonly capId: string; readonly statement: string }[];
  /** One of the two values between which bisection left an edge, not one that was asked for. */
  readonly isEdge: boolean;
}

export function frontierPoint(value: number, plan: Plan, capId: string | null): FrontierPoint {
  const isPlanned = plan.status === 'optimal';
  return {
    ...{ value, status: plan.status },
    tokens: isPlanned ? plan.tokensAllocated : null,
    budgetShare: isPlanned ? shareOf(plan.tokensAllocated, plan.tokenBudget) : null,
    targetDeviation: targetDeviation(plan),
    humanShare: labelShare(plan, ['human_authored', 'human_edited']),
    syntheticShare: labelShare(plan, ['synthetic']),
    unknownShare: labelShare(plan, ['unknown']),
    licenceCost: isPlanned ? plan.licenceCost : null,
    binds: isPlanned ? bindingText(plan) : NONE,
    price: priceOf(plan, capId),
    conflict: isPlanned ? [] : plan.conflict.map(({ capId, statement }) => ({ capId, statement })),
    isEdge: false,
  };
}

function priceOf(plan: Plan, capId: string | null): number | null {
  if (plan.status === 'infeasible' || capId === null) return null;
  if (capId === BUDGET_CAP) return plan.budgetPrice?.tokens ?? null;
  const isOf = (id: string) => id === capId || id.startsWith(`${capId}:`);
  if (!plan.caps.some((cap) => isOf(cap.capId) && cap.shadowPrice !== null)) return null;
  return bindingCaps(plan).find((cap) => isOf(cap.capId))?.shadowPrice ?? 0;
}

/** An edge found between two points: of feasibility, or of growth. */
export interface Breakpoint {
  readonly kind: 'feasible_from' | 'feasible_until' | 'grows_until' | 'shrinks_from';
  /** The edge lies between the two, `from` < `to`. */
  readonly from: number;
  readonly to: number;
  /** Tokens on the level side; null for an edge of feasibility. */
  readonly tokens: number | null;
}

/** Smallest difference of tokens that counts as growth: whole-token rounding stays below it. */
export function isGrowth(a: number, b: number): boolean {
  return Math.abs(a - b) > Math.max(2, 1e-6 * Math.max(a, b));
}

/**
 * Where to search: neighbouring points between which an edge lies, in the order of values. One point
 * alone is a level only where its price says so: a range may end before the mix stops growing.
 */
export function edgesOf(points: readonly FrontierPoint[]): Breakpoint[] {
  const edges: Breakpoint[] = [];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    if (a.status === b.status) continue;
    const kind = b.status === 'optimal' ? 'feasible_from' : 'feasible_until';
    edges.push({ kind, from: a.value, to: b.value, tokens: null });
  }
  const solved = points.filter(({ tokens }) => tokens !== null);
  const level = (i: number, j: number) => !isGrowth(solved[i]!.tokens!, solved[j]!.tokens!);
  let last = solved.length - 1;
  while (last > 0 && level(last - 1, solved.length - 1)) last--;
  let first = 0;
  while (first < solved.length - 1 && level(first + 1, 0)) first++;
  const isFlat = solved.length < 2 || last === 0;
  const isLevel = (i: number, isMore: boolean) => isMore || solved[i]!.price === 0;
  if (
    !isFlat &&
    isLevel(last, last < solved.length - 1) &&
    solved[last]!.tokens! > solved[last - 1]!.tokens!
  ) {
    const [from, to] = [solved[last - 1]!.value, solved[last]!.value];
    edges.push({ kind: 'grows_until', from, to, tokens: solved[last]!.tokens });
  }
  if (!isFlat && isLevel(first, first > 0) && solved[first + 1]!.tokens! < solved[first]!.tokens!) {
    const [from, to] = [solved[first]!.value, solved[first + 1]!.value];
    edges.push({ kind: 'shrinks_from', from, to, tokens: solved[first]!.tokens });
  }
  return edges;
}

/** Whether the mix still grows at the last value that was asked for. */
export function isGrowingAtEnd(points: readonly FrontierPoint[]): boolean {
  const asked = points.filter(({ isEdge }) => !isEdge);
  const [before, last] = asked.slice(-2);
  if (before === undefined || last === undefined) return false;
  if (before.tokens === null || last.tokens === null || last.price === 0) return false;
  return last.tokens > before.tokens && isGrowth(before.tokens, last.tokens);
}

/** A whole frontier: the moved key, a plan per value, and the edges that were searched. */
export interface Frontier {
  readonly swept: Swept;
  /** By value; those beside an edge too. */
  readonly points: readonly FrontierPoint[];
  readonly breakpoints: readonly Breakpoint[];
  /** False where there were too many strata to search edges. */
  readonly isSearched: boolean;
}
