/**
 * The conflict with the fewest members. Every conflict has a member in every correction set (groups
 * without which the rest can hold together), so a smallest set that hits all correction sets found so far is no larger
 * than any conflict. If it is itself a conflict, it is a smallest one; if not, it is grown to a set that
 * holds, and what that leaves out is the next correction set (A. Ignatiev et al. 2015, "Smallest MUS
 * extraction with minimal hitting set dualization").
 */
import { smallestHittingSet } from './hitting-set.js';
import type { RelaxedModel } from './relaxed-model.js';

/** Solves of the search for fewer members. */
export const SMALLEST_SOLVES_MAX = 96;
/** Groups that are tried one by one to make a correction set smaller. */
const TRIED_MAX = 6;

export interface Smallest {
  readonly members: readonly number[];
  /** False where the bound on solves, or a solve without an answer, leaves a smaller one possible. */
  readonly isProven: boolean;
}

/** `first` is an irreducible conflict of the model's groups. */
export async function smallestConflict(
  model: RelaxedModel,
  first: readonly number[],
): Promise<Smallest> {
  const corrections: number[][] = [];
  const end = model.solves + SMALLEST_SOLVES_MAX;
  while (first.length > 1) {
    const hitting = smallestHittingSet(corrections, first.length - 1);
    if (hitting === 'unknown') return { members: first, isProven: false };
    if (hitting === null) break;
    if (model.solves + TRIED_MAX + 3 > end) return { members: first, isProven: false };
    if (await model.isConflict(hitting)) {
      return { members: hitting, isProven: !model.isUnsure };
    }
    corrections.push(await correctionOf(model, hitting));
  }
  return { members: first, isProven: !model.isUnsure };
}

/** What a large set that holds, grown from `seed`, leaves out. */
async function correctionOf(model: RelaxedModel, seed: readonly number[]): Promise<number[]> {
  const all = model.groups.map((_, g) => g);
  let held = await grown(model, seed);
  if (await model.isConflict([...held])) held = new Set(seed);
  const open = all.filter((g) => !held.has(g));
  if (open.length <= TRIED_MAX) {
    for (const g of open) {
      if (!(await model.isConflict([...held, g]))) held.add(g);
    }
  }
  return all.filter((g) => !held.has(g));
}

/** The seed and every group that the cheapest mix keeps, where all others are soft. */
async function grown(model: RelaxedModel, seed: readonly number[]): Promise<Set<number>> {
  const hard = new Set(seed);
  const priced = model.groups.flatMap(({ slack }, g) =>
    slack === null || hard.has(g) ? [] : [slack],
  );
  const point = await model.least((g) => (hard.has(g) ? 'on' : 'soft'), {
    indices: priced.map(({ column }) => column),
    values: priced.map(({ cost }) => cost),
  });
  if (point === null) return hard;
  model.groups.forEach((_, g) => {
    if (model.keeps(point, g)) hard.add(g);
  });
  return hard;
}
