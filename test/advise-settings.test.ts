/** A change that an advice names is what `--set` would do to the recipe file. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRecipe } from '../client/recipe/read-recipe.js';
import { settingValue, withSetting } from '../core/plan/settings.js';
import { ROOT } from './tree-files.js';

const path = join(ROOT, 'examples/clinic-assistant.yaml');
const before = ['anchor={keep_human_of: previous}'];
const { recipe } = await readRecipe({ path, set: before });

const CHANGES: readonly (readonly [key: string, from: unknown, to: number | string])[] = [
  ['token_budget', 6_000_000, 6_060_000],
  ['min_budget_share', 0, 0.01],
  ['max_repetition_factor', 2, 2.01],
  ['churn_max', null, 0.4],
  ['anchor.min_share', 1, 0.99],
  ['model_families.max_share', 0.5, 0.51],
  ['model_families.min_count', 3, 2],
  ['licence_budget.amount', '12000.00', '12120.00'],
  ['caps.synthetic-each.max_share', 0.4, 0.41],
  ['caps.human-health.min_share', 0.6, 0.59],
  ['sources.medquad.max_repetition_factor', null, 2.5],
];

describe('a setting', () => {
  test.each(CHANGES)('%s: the recipe is the one that --set gives', async (key, from, to) => {
    expect(settingValue(recipe, key)).toBe(from);
    const written = typeof to === 'string' ? `"${to}"` : to;
    const read = await readRecipe({ path, set: [...before, `${key}=${written}`] });
    expect(withSetting(recipe, key, to)).toEqual(read.recipe);
    expect(settingValue(read.recipe, key)).toBe(to);
  });

  test('of a cap whose id holds dots is that of the cap', () => {
    const caps = recipe.caps.map((cap, i) => (i === 0 ? { ...cap, id: 'health.v2' } : cap));
    const changed = withSetting({ ...recipe, caps }, 'caps.health.v2.max_share', 0.7);
    expect(changed.caps[0]!.limit).toEqual({ kind: 'max_share', share: 0.7 });
    expect(changed.caps.slice(1)).toEqual(caps.slice(1));
  });

  test('that advice does not know is our bug', () => {
    expect(() => settingValue(recipe, 'seed')).toThrow(/no key that advice changes: seed/);
  });
});
