/**
 * What a key of `--sweep` moves, found by reading the recipe at both ends of the range and looking for
 * the number in which they differ: no list of keys has to follow the recipe.
 */
import { BUDGET_CAP, FAMILIES_CAP, LICENCE_CAP, REPETITION_CAP } from '../../core/plan/cap-rows.js';
import { isSameInventory } from '../../core/plan/inventory-keys.js';
import type { Swept, SweptKind } from '../../core/report/frontier.js';
import { Failure } from '../../core/schema/failure.js';
import type { Recipe } from '../../core/schema/recipe.js';
import type { SweepRange } from './sweep-range.js';

type Path = readonly string[];

interface Ends {
  /** The recipe without the sweep, and at the two ends of its range. */
  readonly written: Recipe;
  readonly first: Recipe;
  readonly last: Recipe;
}

/** Throws `USAGE` for a key that is no number of the planner's. */
export function sweptKey({ key, spacing }: SweepRange, { written, first, last }: Ends): Swept {
  if (!isSameInventory(first, last)) {
    const expected = 'a key that only the planner reads';
    throw refuse(key, expected, `${key}, which changes what there is to plan with`);
  }
  const path = differences(first, last, [])[0];
  if (path === undefined || numberAt(first, path) === null) {
    throw refuse(key, 'a key with one number', `${key}, whose value is none`);
  }
  return {
    ...{ key, spacing, kind: kindOf(path) },
    asWritten: numberAt(written, path),
    capId: capIdOf(path, first),
  };
}

function refuse(key: string, expected: string, found: string): Failure {
  return new Failure('USAGE', {
    ...{ subject: 'option --sweep', expected, found, where: `--sweep ${key}` },
    remedy:
      'sweep budget, caps.<id>.max_share, max_repetition_factor, licence_budget.amount, model_families.max_share or the like',
  });
}

function differences(a: unknown, b: unknown, path: Path): Path[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  const areBranches = [a, b].every((value) => typeof value === 'object' && value !== null);
  if (!areBranches) return [path];
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = [...new Set([...Object.keys(x), ...Object.keys(y)])];
  return keys.flatMap((key) => differences(x[key], y[key], [...path, key]));
}

/** The number at a path, a decimal string too; null where there is none. */
function numberAt(recipe: Recipe, path: Path): number | null {
  let value: unknown = recipe;
  for (const key of path) value = (value as Record<string, unknown> | null | undefined)?.[key];
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : null;
}

const KINDS: Readonly<Record<string, SweptKind>> = {
  ...{ tokenBudget: 'tokens', tokens: 'tokens', minCount: 'count', amount: 'money' },
  ...{ share: 'share', maxShare: 'share', minShare: 'share', minBudgetShare: 'share' },
  churnMax: 'share',
};

function kindOf(path: Path): SweptKind {
  if (path[0] === 'targetTolerances' || path[0] === 'targetShares') return 'share';
  return KINDS[path.at(-1)!] ?? 'number';
}

function capIdOf([top, item]: Path, recipe: Recipe): string | null {
  switch (top) {
    case 'caps':
      return recipe.caps[Number(item)]!.id;
    case 'tokenBudget':
      return BUDGET_CAP;
    case 'licenceBudget':
      return LICENCE_CAP;
    case 'modelFamilies':
      return FAMILIES_CAP;
    case 'maxRepetitionFactor':
      return REPETITION_CAP;
    case 'sources':
      return `${REPETITION_CAP}:${recipe.sources[Number(item)]!.name}`;
    default:
      return null;
  }
}
