/**
 * Conflicts beside the first one. With the members of those found so far off, the other rules may still exclude each
 * other: then that is a conflict too, disjoint from them, and no change of theirs frees it. QuickXplain finds
 * an irreducible one, not always a smallest.
 */
import type { InfeasiblePlan } from '../schema/plan.js';
import { quickXplain, tokensWithout } from './conflict.js';
import type { RelaxedModel } from './relaxed-model.js';
import { ruleStatement } from './rule-statement.js';

/** Conflicts beside the first that are told. */
export const FURTHER_MAX = 3;

/** Disjoint conflicts among the groups outside `first`, each irreducible, in the order in which they are found. */
export async function furtherConflicts(
  model: RelaxedModel,
  first: readonly number[],
): Promise<InfeasiblePlan['further']> {
  const isConflict = (active: readonly number[]) => model.isConflict(active);
  const off = new Set(first);
  const wasUnsure = model.isUnsure;
  const further: InfeasiblePlan['further'] = [];
  while (further.length < FURTHER_MAX) {
    const rest = model.groups.flatMap((_, g) => (off.has(g) ? [] : [g]));
    if (!(await isConflict(rest))) break;
    const found = (await quickXplain([], false, rest, isConflict)).sort((a, b) => a - b);
    const members = await membersOf(model, found);
    if (members === null || model.isUnsure !== wasUnsure) break;
    further.push(members);
    for (const g of found) off.add(g);
  }
  return further;
}

/** Each member with its proof; null where a solve without an answer leaves one unproven. */
async function membersOf(
  model: RelaxedModel,
  groups: readonly number[],
): Promise<InfeasiblePlan['conflict'] | null> {
  const members: InfeasiblePlan['conflict'] = [];
  for (const g of groups) {
    const { capId, scope } = model.groups[g]!;
    const tokens = await tokensWithout(model, groups, g);
    if (tokens === 0) return null;
    const statement = ruleStatement(model.instance, capId, scope);
    members.push({ capId, scope, statement, without: Math.max(1, Math.floor(tokens + 1e-3)) });
  }
  return members;
}
