/** Caps judged exactly, and fractions made whole. */
import { expect, test } from 'vitest';
import { apportion, floorsOf } from '../core/plan/apportion.js';
import { capUsages, type TallyRow } from '../core/plan/cap-usages.js';
import { ExactRows } from '../core/plan/exact-rows.js';
import { ceilShare, floorShare, ratioOf } from '../core/plan/rational.js';
import type { Recipe } from '../core/schema/recipe.js';
import { cap, feeGrant, inventoryOf, recipeOf, sourceOf } from './plan-fixture.js';

function judge(text: string, given: Partial<Recipe>) {
  const inventory = inventoryOf(text);
  const tally = inventory.strata.map(
    (s): TallyRow => ({ key: s, tokens: s.tokens, documents: s.documents }),
  );
  return capUsages(recipeOf(inventory, given), tally, inventory);
}

test('a share is the decimal that was written, not the double nearest to it', () => {
  expect(ratioOf(0.3)).toEqual({ numerator: 3n, denominator: 10n });
  expect(ratioOf(1e-7)).toEqual({ numerator: 1n, denominator: 10_000_000n });
  // In doubles 0.07 x 100 is 7.000000000000001 and 0.29 x 100 is 28.999999999999996.
  expect([ceilShare(0.07, 100), floorShare(0.29, 100)]).toEqual([7, 29]);
  expect(floorShare(0.1, 9_007_199_254_740_990)).toBe(900_719_925_474_099);
});

test('a share cap is kept at its limit and broken by one token more', () => {
  const caps = [cap('s', { domain: 'x', provenance: ['synthetic'], max: 0.3 })];
  expect(judge('a x h 70\n g x s:m 30', { caps })[0]).toMatchObject({
    ...{ scope: 'x', part: 30, whole: 100, limitTokens: 30, slack: 0, used: 0.3, kept: true },
  });
  expect(judge('a x h 69\n g x s:m 30', { caps })[0]).toMatchObject({ slack: -1, kept: false });
});

test('each kind of cap and filter counts what it says', () => {
  const text = 'a x h 100\n a y e 40\n b x s:m1 20\n b y s:m2 10\n c y u 30\n c x s 5';
  const usages = judge(text, {
    caps: [
      cap('1-all', { provenance: ['human_authored', 'human_edited'], min: 0.6 }),
      cap('2-each', { domain: 'each', provenance: ['synthetic'], max: 0.2 }),
      cap('3-source', { source: 'b', maxTokens: 29 }),
      cap('4-family', { modelFamily: 'm1', minTokens: 20 }),
      cap('5-unstated', { modelFamily: 'unstated', maxTokens: 5 }),
      cap('6-licensed', { domain: 'y', licensed: true, min: 1 }),
      cap('7-absent', { domain: 'z', provenance: ['synthetic'], max: 0 }),
    ],
  });
  const shown = usages
    .filter((u) => u.kind !== 'repetition')
    .map((u) => [u.capId, u.scope, u.part, u.whole, u.limitTokens, u.slack, u.kept]);
  expect(shown).toEqual([
    ['1-all', 'all', 140, 205, 123, 17, true],
    ['2-each', 'x', 25, 125, 25, 0, true],
    ['2-each', 'y', 10, 80, 16, 6, true],
    ['3-source', 'all', 30, 205, 29, -1, false],
    ['4-family', 'all', 20, 205, 20, 0, true],
    ['5-unstated', 'all', 5, 205, 5, 0, true],
    ['6-licensed', 'y', 80, 80, 80, 0, true],
    ['7-absent', 'z', 0, 0, 0, 0, true],
  ]);
});

test('families are judged in the mix and in each domain with synthetic text, unstated as one', () => {
  const usages = judge('a x h 100\n b y s:m1 50\n b y s:m2 30\n c y s 20', {
    modelFamilies: { minCount: 3, maxShare: 0.5 },
  }).filter((u) => u.capId === 'model_families');
  expect(usages.map((u) => [u.scope, u.kind, u.part, u.whole, u.slack, u.kept])).toEqual([
    ['all', 'families_max_share', 50, 100, 0, true],
    ['all', 'families_min_count', 3, 3, 0, true],
    ['y', 'families_max_share', 50, 100, 0, true],
    ['y', 'families_min_count', 3, 3, 0, true],
  ]);
});

test('repetition is judged at the most repeated stratum of a source, money by its meter', () => {
  const inventory = inventoryOf('a x h 100 doc=10 grant=p\n a y h 50 doc=10\n b x h 10');
  const recipe = recipeOf(inventory, {
    maxRepetitionFactor: 1.5,
    sources: [sourceOf('a'), sourceOf('b', { maxRepetitionFactor: 2 })],
    grants: [feeGrant('p', { perToken: '0.01', perEpoch: '1', meter: 'in_mix' })],
    licenceBudget: { currency: 'USD', amount: '3.00', rates: {} },
  });
  const [x, y, b] = inventory.strata as [never, never, never];
  const usages = capUsages(
    recipe,
    [
      { key: x, tokens: 110, documents: 11 },
      { key: y, tokens: 76, documents: 8 },
      { key: b, tokens: 20, documents: 20 },
    ],
    inventory,
  );
  expect(usages.map((u) => [u.capId, u.part, u.limitTokens, u.slack, u.kept])).toEqual([
    ['max_repetition_factor:a', 76, 75, -1, false],
    ['max_repetition_factor:b', 20, 20, 0, true],
    // 100 tokens once at 0.01 and two passes begun at 1.
    ['licence_budget', 300, 300, 0, true],
  ]);
});

test('apportion gives the rest to the largest remainders and sums exactly', () => {
  const ideal = [3.2, 1.7, 2.6, 2.5];
  const wanted = { ideal, total: 10, lower: [0, 0, 0, 0], upper: [9, 9, 9, 9] };
  expect(apportion(wanted, new ExactRows(floorsOf(wanted, 0)))).toEqual([3, 2, 3, 2]);
});

test('apportion keeps every cap and sums to the budget wherever whole amounts can', () => {
  // Enumerated: two domains of human and synthetic text, budgets to 12, shares in tenths.
  let reached = 0;
  for (let total = 1; total <= 12; total++) {
    for (let tenths = 0; tenths <= 10; tenths++) {
      for (let split = 0; split <= 4; split++) {
        const share = tenths / 10;
        const x = (total * split) / 4;
        const y = total - x;
        const ideal = [x * (1 - share), x * share, y * (1 - share), y * share];
        const wanted = { ideal, total, lower: [0, 0, 0, 0], upper: [99, 99, 99, 99] };
        const rows = new ExactRows(floorsOf(wanted, 1e-9));
        for (const [scope, part, whole] of [
          ['x', [1], [0, 1]],
          ['y', [3], [2, 3]],
        ] as const) {
          rows.addCap({
            capId: 'c',
            scope,
            kind: 'max_share',
            limit: share,
            part,
            whole,
            weights: null,
            confidence: null,
            reason: '',
          });
        }
        const whole = apportion(wanted, rows)!;
        expect(whole.reduce((a, b) => a + b, 0)).toBe(total);
        for (const [h, s] of [
          [0, 1],
          [2, 3],
        ] as const) {
          expect(whole[s]! * 10).toBeLessThanOrEqual(tenths * (whole[h]! + whole[s]!));
        }
        reached += 1;
      }
    }
  }
  expect(reached).toBe(12 * 11 * 5);
});
