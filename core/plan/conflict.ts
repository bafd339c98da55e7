/**
 * Which rules cannot hold together. A set conflicts when under it no token can be written at all. The
 * conflict is irreducible: without any one of its members, something can be written; each member carries the proof,
 * re-solved. Found by QuickXplain (U. Junker, 2004), about k log(n/k) solves for k members of n rules;
 * then `smallest-conflict.ts` looks for one with fewer members.
 */
import type { InfeasiblePlan } from '../schema/plan.js';
import { BUDGET_CAP, REPETITION_CAP } from './cap-rows.js';
import type { RelaxedModel } from './relaxed-model.js';
import { ruleStatement } from './rule-statement.js';
import { smallestConflict } from './smallest-conflict.js';

export interface Conflict {
  /** Positions of the members among the model's groups, ascending. */
  readonly groups: readonly number[];
  readonly members: InfeasiblePlan['conflict'];
  readonly smallest: InfeasiblePlan['smallest'];
}

/**
 * A smallest conflict, or an irreducible one where the search passes its bound; null where the rules hold
 * together in fractions of tokens. What `sharp` proves of the members counts: where it needs fewer, it searches itself.
 */
export async function findConflict(
  model: RelaxedModel,
  sharp: RelaxedModel,
): Promise<Conflict | null> {
  const all = model.groups.map((_, g) => g);
  const isConflict = (active: readonly number[]) => model.isConflict(active);
  if (!(await isConflict(all))) return model === sharp ? null : findConflict(sharp, sharp);
  const first = await quickXplain([], false, all, isConflict);
  const found = await smallestConflict(
    model,
    [...first].sort((a, b) => a - b),
  );
  const members: InfeasiblePlan['conflict'] = [];
  for (const g of found.members) {
    const { capId, scope } = model.groups[g]!;
    const tokens = await tokensWithout(sharp, found.members, g);
    if (tokens === 0 && model !== sharp) return findConflict(sharp, sharp);
    const statement = ruleStatement(model.instance, capId, scope);
    members.push({ capId, scope, statement, without: Math.max(1, Math.floor(tokens + 1e-3)) });
  }
  const smallest = found.isProven && !sharp.isUnsure ? 'proven' : 'not_proven';
  return { groups: found.members, members, smallest };
}

/**
 * Tokens that the other members allow: under budget and repetition too, where these leave any, so that the
 * figure is one that a plan could have.
 */
export async function tokensWithout(
  model: RelaxedModel,
  members: readonly number[],
  left: number,
): Promise<number> {
  const others = members.filter((g) => g !== left);
  const bounds = model.groups.flatMap(({ capId }, g) =>
    g !== left && (capId === BUDGET_CAP || capId.startsWith(REPETITION_CAP)) ? [g] : [],
  );
  const bounded = await model.tokensUnder([...new Set([...others, ...bounds])], true);
  return bounded > 0 ? bounded : model.tokensUnder(others, true);
}

type Test = (active: readonly number[]) => Promise<boolean>;

/** Members of one irreducible conflict; the whole must be one. */
export async function quickXplain(
  background: readonly number[],
  isGrown: boolean,
  groups: readonly number[],
  test: Test,
): Promise<number[]> {
  if (isGrown && (await test(background))) return [];
  if (groups.length <= 1) return [...groups];
  const half = groups.length >> 1;
  const first = groups.slice(0, half);
  const second = groups.slice(half);
  const needed = await quickXplain([...background, ...first], true, second, test);
  const others = await quickXplain([...background, ...needed], needed.length > 0, first, test);
  return [...others, ...needed];
}
