/** Random planning problems with every kind of cap and rule, for properties. */
import fc from 'fast-check';
import type { Inventory } from '../core/schema/plan.js';
import type { Cap, Recipe } from '../core/schema/recipe.js';
import { cap, feeGrant, inventoryOf, recipeOf, sourceOf } from './plan-fixture.js';
import { FILTERS } from './plan-grid.js';

const anyStratum = fc.record({
  source: fc.constantFrom('a', 'b', 'c', 'd'),
  domain: fc.constantFrom('x', 'y', 'z'),
  kind: fc.constantFrom('h', 'e', 'u', 's:m1', 's:m2', 's:m3'),
  tokens: fc.integer({ min: 50, max: 4000 }),
  grant: fc.constantFrom('open', 'nc', 'paid'),
  site: fc.constantFrom('', 'a.org', 'www.a.org'),
  language: fc.constantFrom('', 'en', 'en-GB', 'de'),
  depth: fc.constantFrom(0, 0, 1, 2),
});

const lineOf = (s: typeof anyStratum extends fc.Arbitrary<infer T> ? T : never) =>
  `${s.source} ${s.domain} ${s.kind} ${s.tokens} doc=7 grant=${s.grant} site=${s.site} language=${s.language} depth=${s.depth}`;

export const anyInventory: fc.Arbitrary<Inventory> = fc
  .uniqueArray(anyStratum, {
    ...{ minLength: 2, maxLength: 12 },
    selector: (s) => lineOf({ ...s, tokens: 1 }),
  })
  .map((rows) => inventoryOf(rows.map(lineOf).join('\n')));

const anyShare = fc.integer({ min: 1, max: 19 }).map((n) => n / 20);
const anyTokens = fc.integer({ min: 20, max: 2000 });
const anyLimit = fc.oneof(
  fc.record({ max: anyShare }),
  fc.record({ min: anyShare.map((s) => s / 4) }),
  fc.record({ maxTokens: anyTokens }),
  fc.record({ minTokens: anyTokens.map((t) => Math.ceil(t / 20)) }),
);
const anyCaps: fc.Arbitrary<Cap[]> = fc
  .array(fc.record({ filter: fc.constantFrom(...FILTERS), limit: anyLimit }), {
    ...{ minLength: 1, maxLength: 4 },
  })
  .map((list) => list.map(({ filter, limit }, i) => cap(`c${i}`, { ...filter, ...limit })));

export interface Problem {
  readonly inventory: Inventory;
  readonly recipe: Recipe;
}

export const anyProblem: fc.Arbitrary<Problem> = fc
  .record({
    ...{ inventory: anyInventory, caps: anyCaps, budget: fc.integer({ min: 100, max: 9000 }) },
    families: fc.constantFrom(
      null,
      null,
      { minCount: 2, maxShare: 0.6 },
      { minCount: 1, maxShare: 0.5 },
    ),
    factor: fc.constantFrom(1, 1.5, 4, 0.3),
    ownFactor: fc.constantFrom(null, 2),
    targets: fc.constantFrom({}, { x: 0.5, y: 0.3, z: 0.2 }, { x: 0.25, y: 0.75 }),
    money: fc.constantFrom(null, null, '20.00', '3.00'),
    value: fc.constantFrom(1, 2),
  })
  .map(({ inventory, caps, budget, families, factor, ownFactor, targets, money, value }) => {
    const names = [...new Set(inventory.strata.map((s) => s.source))];
    const nc = feeGrant('nc', {});
    const grants = [
      { ...feeGrant('open', {}), fee: null },
      { ...nc, fee: null, uses: { ...nc.uses, commercial: 'deny' as const } },
      feeGrant('paid', { fixed: '1.00', perToken: '0.01' }),
    ];
    const sources = names.map((name, i) =>
      sourceOf(name, i === 0 ? { maxRepetitionFactor: ownFactor, value } : {}),
    );
    const recipe = recipeOf(inventory, {
      ...{ tokenBudget: budget, targetShares: targets, caps, modelFamilies: families, grants },
      ...{ maxRepetitionFactor: factor, sources },
      licenceBudget: money === null ? null : { currency: 'USD', amount: money, rates: {} },
    });
    return { inventory, recipe };
  });
