/**
 * Ways out of infeasible problems, worked out by hand: every kind, each with the least change. That the change
 * frees and one readable number less does not is shown by planning again; that `--set` takes the key, by reading a recipe.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecipe } from '../client/recipe/read-recipe.js';
import { certify } from '../core/plan/certificate.js';
import { planMix } from '../core/plan/plan-mix.js';
import { stepOutwards } from '../core/plan/readable.js';
import { infeasibleLines } from '../core/report/infeasible-lines.js';
import { planTables } from '../core/report/tables.js';
import type { InfeasiblePlan, Inventory, WayOut } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { cap, feeGrant, inventoryAfter, inventoryOf, recipeOf, sourceOf } from './plan-fixture.js';

const solver = await createHighs();
const synthetic = ['synthetic' as const];
const FINGERPRINT = 'f'.repeat(64);

async function infeasible(inventory: Inventory, recipe: Recipe): Promise<InfeasiblePlan> {
  const plan = await planMix(recipe, inventory, FINGERPRINT, solver);
  if (plan.status !== 'infeasible') throw new Error(`status ${plan.status}`);
  expect(certify(recipe, inventory, plan)).toEqual([]);
  return plan;
}

interface Scenario {
  readonly title: string;
  readonly inventory: string;
  readonly recipe: Partial<Recipe>;
  readonly conflict: readonly string[];
  /** Settings, or the first words of text and labels; cheapest first. */
  readonly ways: readonly string[];
}

const SCENARIOS: Scenario[] = [
  {
    title: 'floors above the budget: a larger budget, or lower floors',
    inventory: 'a x h 900\n b y h 900',
    recipe: {
      caps: [
        cap('lots', { domain: 'x', minTokens: 700 }),
        cap('more', { domain: 'y', minTokens: 600 }),
        cap('idle', { domain: 'x', provenance: synthetic, max: 0.1 }),
      ],
    },
    conflict: ['lots', 'more', 'token_budget'],
    ways: ['token_budget=1300', 'caps.lots.min_tokens=400', 'caps.more.min_tokens=300'],
  },
  {
    title: 'a floor above what repetition allows: less, more passes, or more text',
    inventory: 'a x h 900',
    recipe: { caps: [cap('lots', { domain: 'x', minTokens: 950 })] },
    conflict: ['lots', 'max_repetition_factor'],
    // 50 of a budget of 1,000, of a floor of 950, of 1.056 passes.
    ways: [
      'find 50 more tokens of human-authored x text',
      'caps.lots.min_tokens=900',
      'max_repetition_factor=1.056',
    ],
  },
  {
    title: 'the factor of a source is a limit of its own',
    inventory: 'a x h 900\n b y h 900',
    recipe: {
      sources: [sourceOf('a', { maxRepetitionFactor: 0.5 }), sourceOf('b')],
      caps: [cap('lots', { domain: 'x', source: 'a', minTokens: 540 })],
    },
    conflict: ['lots', 'max_repetition_factor:a'],
    ways: [
      'caps.lots.min_tokens=450',
      'sources.a.max_repetition_factor=0.6',
      'find 180 more tokens of human-authored x text from source a',
    ],
  },
  {
    title: 'shares that leave only nothing: one of them must give way',
    inventory: 'a x h 900\n g x s:m1 900',
    recipe: {
      caps: [
        cap('no-syn', { provenance: synthetic, max: 0.3 }),
        cap('mostly', { provenance: synthetic, min: 0.6 }),
      ],
    },
    conflict: ['mostly', 'no-syn'],
    ways: ['caps.mostly.min_share=0.3', 'caps.no-syn.max_share=0.6'],
  },
  {
    title: 'a ceiling in tokens below a floor',
    inventory: 'a x h 900\n g x s:m1 900',
    recipe: {
      caps: [
        cap('few', { provenance: synthetic, maxTokens: 100 }),
        cap('some', { provenance: synthetic, minTokens: 150 }),
      ],
    },
    conflict: ['few', 'some'],
    ways: ['caps.some.min_tokens=100', 'caps.few.max_tokens=150'],
  },
  {
    title: 'too few families: fewer, or one more',
    inventory: 'g x s:m1 900 doc=10\n g x s:m2 900 doc=10',
    recipe: { modelFamilies: { minCount: 3, maxShare: 0.5 } },
    conflict: ['model_families'],
    ways: ['find 1 more token of synthetic x text by another', 'model_families.min_count=2'],
  },
  {
    title: 'a share of families that three cannot keep',
    inventory: 'g x s:m1 90000\n g x s:m2 90000\n g x s:m3 90000\n h x h 90000',
    recipe: {
      tokenBudget: 50_000,
      caps: [cap('floor', { provenance: synthetic, minTokens: 10_000 })],
      modelFamilies: { minCount: 3, maxShare: 0.3 },
    },
    conflict: ['floor', 'model_families'],
    ways: [
      'find 1,000 more tokens of synthetic x text by another model family',
      'model_families.max_share=0.3334',
      'caps.floor.min_tokens=0',
    ],
  },
  {
    title: 'too little money for the only text',
    inventory: 'a x h 900 grant=paid',
    recipe: {
      grants: [feeGrant('paid', { fixed: '500' })],
      licenceBudget: { currency: 'USD', amount: '100', rates: {} },
    },
    conflict: ['licence_budget'],
    ways: ['licence_budget.amount=500.00'],
  },
  {
    title: 'a budget that cannot be reached far enough',
    inventory: 'a x h 400\n g x s:m 900',
    recipe: { minBudgetShare: 0.6, caps: [cap('syn', { provenance: synthetic, max: 0.2 })] },
    conflict: ['max_repetition_factor', 'min_budget_share', 'syn'],
    ways: [
      'find 80 more tokens of human-authored x text',
      'min_budget_share=0.5',
      'max_repetition_factor=1.2',
      'token_budget=833',
      'caps.syn.max_share=0.3334',
    ],
  },
  {
    title: 'unknown text where little of it may be: evidence before limits',
    inventory: 'm health u 4300 doc=10\n f academic h 500 doc=10',
    recipe: {
      tokenBudget: 4000,
      caps: [
        cap('health-floor', { domain: 'health', minTokens: 1000 }),
        cap('unknown-each', { domain: 'each', provenance: ['unknown'], max: 0.1 }),
      ],
    },
    conflict: ['health-floor', 'unknown-each'],
    ways: [
      'label 900 tokens of unknown health text as human',
      'find 900 more tokens of human-authored health text',
      'caps.unknown-each.max_share=1',
      'caps.health-floor.min_tokens=0',
    ],
  },
  {
    title: 'two conflicts at once: the limits move together',
    inventory: 'a x h 900\n b y u 900',
    recipe: {
      caps: [
        cap('lots', { domain: 'x', minTokens: 950 }),
        cap('no-unknown', { provenance: ['unknown'], max: 0 }),
        cap('some', { domain: 'y', minTokens: 100 }),
      ],
    },
    conflict: ['no-unknown', 'some'],
    ways: ['caps.lots.min_tokens=900 caps.some.min_tokens=0'],
  },
  {
    title: 'more at a confidence than the labels can prove',
    inventory: 'a x h 900000',
    recipe: {
      tokenBudget: 100_000,
      caps: [cap('sure', { provenance: ['human_authored'], min: 0.99, confidence: 0.95 })],
    },
    conflict: ['sure'],
    ways: ['caps.sure.min_share=0.95'],
  },
];

const wordsOf = (way: WayOut) => way.changes.map((c) => c.setting ?? way.statement).join(' ');

describe.each(SCENARIOS)('$title', ({ inventory: text, recipe: given, conflict, ways }) => {
  const inventory = inventoryOf(text);
  const recipe = recipeOf(inventory, given);
  let plan: InfeasiblePlan;
  beforeAll(async () => {
    plan = await infeasible(inventory, recipe);
  });

  test('the conflict is the smallest, and every way that there is', () => {
    expect(plan.conflict.map(({ capId }) => capId).sort()).toEqual(conflict);
    expect(plan.smallest).toBe('proven');
    const words = plan.waysOut.map(wordsOf);
    expect(words.map((word, i) => word.slice(0, ways[i]?.length))).toEqual(ways);
  });

  test('each limit frees as it says, and one readable number less does not', async () => {
    for (const way of plan.waysOut) {
      const applied = way.changes.reduce((r, c) => withSetting(r, c.setting), recipe);
      if (way.changes[0]!.setting === null) continue;
      const after = await planMix(applied, inventory, FINGERPRINT, solver);
      expect(after).toMatchObject({ status: 'optimal', tokensAllocated: way.tokensAllocated });
      for (const { setting, from, to, unit } of way.changes) {
        const isMoney = /^[A-Z]{3}$/.test(unit);
        const isWhole = unit === 'tokens' || unit === 'families' || isMoney;
        const scale = isMoney ? 100 : 1;
        const back = stepOutwards(to * scale, { up: to < from, isWhole }) / scale;
        if (to > from ? back <= from : back >= from) continue;
        const key = setting!.slice(0, setting!.indexOf('='));
        const less = await planMix(
          withSetting(applied, `${key}=${back}`),
          inventory,
          FINGERPRINT,
          solver,
        );
        expect([key, back, less.status]).toEqual([key, back, 'infeasible']);
      }
    }
  });

  test('the cheapest way leads the lines for people', () => {
    const { wrong, todo } = infeasibleLines(plan);
    for (const id of conflict) expect(wrong).toContain(id);
    for (const { setting } of plan.waysOut[0]!.changes) {
      if (setting !== null) expect(todo[0]).toContain(`--set ${setting}`);
    }
    // The amount that is stated is the one that is ordered by.
    for (const { kind, cost, changes } of plan.waysOut) {
      if (kind !== 'text' && kind !== 'label') continue;
      expect(cost).toBeCloseTo(changes[0]!.amount / recipe.tokenBudget, 8);
    }
    const costs = plan.waysOut.map(({ cost }) => cost);
    expect([...costs].sort((a, b) => a - b)).toEqual(costs);
  });
});

test('two conflicts at once are both told, each with a proof of its own', async () => {
  const inventory = inventoryOf('a x h 900\n g x s:m1 900\n b y h 900');
  const recipe = recipeOf(inventory, {
    tokenBudget: 2000,
    caps: [
      cap('x-floor', { domain: 'x', minTokens: 300 }),
      cap('few', { domain: 'x', provenance: synthetic, max: 0.1 }),
      cap('some', { domain: 'x', provenance: synthetic, min: 0.15 }),
      cap('y-floor', { domain: 'y', minTokens: 950 }),
    ],
  });
  const plan = await infeasible(inventory, recipe);
  const idsOf = (members: InfeasiblePlan['conflict']) => members.map(({ capId }) => capId).sort();
  expect(idsOf(plan.conflict)).toEqual(['max_repetition_factor', 'y-floor']);
  expect(plan.further.map(idsOf)).toEqual([['few', 'some', 'x-floor']]);
  const { wrong, further, ways } = infeasibleLines(plan);
  expect(wrong).not.toContain('not the only conflict');
  expect(further).toEqual([expect.stringMatching(/^nor these 3 rules at once: .*\(some in x\)/)]);
  // Every rule that the first way changes was named before.
  for (const { capId } of plan.waysOut[0]!.changes) expect(wrong + further.join()).toContain(capId);
  expect(ways[0]).toMatch(/^cheapest way out: --set /);
  const titles = planTables(plan, inventory).map(({ title }) => title);
  expect(titles.slice(0, 2)).toEqual([
    'These cannot hold together',
    'Nor can these, another conflict',
  ]);
});

/** The recipe with one `key=value`, by hand: no code is shared with the knobs. */
function withSetting(recipe: Recipe, setting: string | null): Recipe {
  if (setting === null) return recipe;
  const at = setting.indexOf('=');
  const [key, value] = [setting.slice(0, at), Number(setting.slice(at + 1))];
  const [head, name, leaf] = key.split('.');
  switch (head) {
    case 'token_budget':
      return { ...recipe, tokenBudget: value };
    case 'min_budget_share':
      return { ...recipe, minBudgetShare: value };
    case 'max_repetition_factor':
      return { ...recipe, maxRepetitionFactor: value };
    case 'churn_max':
      return { ...recipe, churnMax: value };
    case 'anchor':
      return { ...recipe, anchor: { ...recipe.anchor!, minShare: value } };
    case 'licence_budget':
      return { ...recipe, licenceBudget: { ...recipe.licenceBudget!, amount: value.toFixed(2) } };
    case 'model_families': {
      const change = name === 'min_count' ? { minCount: value } : { maxShare: value };
      return { ...recipe, modelFamilies: { ...recipe.modelFamilies!, ...change } };
    }
    case 'sources': {
      const sources = recipe.sources.map((s) =>
        s.name === name ? { ...s, maxRepetitionFactor: value } : s,
      );
      return { ...recipe, sources };
    }
    default: {
      const limit = leaf!.endsWith('share') ? { share: value } : { tokens: value };
      const caps = recipe.caps.map((c) =>
        c.id === name ? { ...c, limit: { ...c.limit, ...limit } as typeof c.limit } : c,
      );
      return { ...recipe, caps };
    }
  }
}

describe('rules that look back', () => {
  test('an anchor that asks for text that is gone gives way to the share that is there', async () => {
    const inventory = inventoryAfter('a x h 600 anchored=yes\n b x h 900', 'a x h 1000', 400);
    const recipe = recipeOf(inventory, { anchor: { keepHumanOf: 'previous', minShare: 1 } });
    const plan = await infeasible(inventory, recipe);
    expect(plan.conflict.map(({ capId }) => capId)).toEqual(['anchor']);
    expect(plan.waysOut.map(wordsOf)).toEqual(['anchor.min_share=0.6']);
  });

  test('a mix that must move further than it may gives way on either side', async () => {
    const inventory = inventoryAfter('a x h 900\n b y h 900', 'a x h 1000');
    const recipe = recipeOf(inventory, {
      churnMax: 0.2,
      caps: [cap('new', { source: 'b', min: 0.5 })],
    });
    const plan = await infeasible(inventory, recipe);
    expect(plan.conflict.map(({ capId }) => capId)).toEqual(['new', 'churn_max']);
    expect(plan.waysOut.map(wordsOf)).toEqual(['caps.new.min_share=0.2', 'churn_max=0.5']);
  });
});

describe('on the command line', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ballast-ways-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const WRITTEN = `name: small
version: 2026.11.23
tokenizer: bytes
token_budget: 1000
min_budget_share: 0.9
sources:
  - {name: a, paths: [a.jsonl], domain: x, grant: paid}
  - {name: b.c, paths: [b.jsonl], domain: y, grant: open, max_repetition_factor: 1}
grants:
  - {grant_id: open, kind: contract}
  - {grant_id: paid, kind: contract, fee: {currency: USD, per_token: "0.5"}}
caps:
  - {id: "a=b", source: a, min_tokens: 400}
  - {id: two words, domain: y, max_share: 0.3, provenance: [human_authored]}
model_families: {min_count: 2, max_share: 0.4}
anchor: {keep_human_of: previous, min_share: 0.9}
churn_max: 0.1
licence_budget: {currency: USD, amount: "20.00"}
`;

  test('every key of a way is one that --set takes', async () => {
    const path = join(folder, 'recipe.yaml');
    await writeFile(path, WRITTEN);
    const { recipe } = await readRecipe({ path, set: [] });
    const inventory = inventoryOf('a x h 300 grant=paid\n b.c y h 500');
    const bare = { ...recipe, anchor: null, churnMax: null };
    const found = await infeasible(inventory, bare);
    const settings = found.waysOut.flatMap(({ changes }) => changes.map((c) => c.setting));
    const known = [
      ...settings.filter((setting) => setting !== null),
      ...['anchor.min_share=0.5', 'churn_max=0.5', 'model_families.max_share=0.5'],
      ...['model_families.min_count=1', 'sources.b.c.max_repetition_factor=1.5'],
      ...['licence_budget.amount=200.00', 'caps.two words.max_share=0.5', 'caps.0.min_tokens=300'],
      ...['token_budget=900', 'min_budget_share=0.5', 'max_repetition_factor=2'],
    ];
    expect(settings.length).toBeGreaterThan(0);
    for (const setting of known) {
      const { recipe: changed } = await readRecipe({ path, set: [setting] });
      expect(changed, setting).not.toEqual(recipe);
    }
    const [cheapest] = found.waysOut.filter(({ changes }) => changes[0]!.setting !== null);
    const set = cheapest!.changes.map(({ setting }) => setting!);
    const { recipe: freed } = await readRecipe({ path, set });
    const plan = await planMix({ ...freed, anchor: null, churnMax: null }, inventory, 'f', solver);
    expect(plan.status).toBe('optimal');
  });

  test('a setting with a space or a quote is ready for the shell', () => {
    const change = { capId: 'x', from: 1, to: 2, amount: 1, unit: 'tokens' };
    const way: WayOut = {
      ...{ kind: 'cap', cost: 0.5, verified: true, tokensAllocated: 5, forBudget: null },
      changes: [{ ...change, setting: "caps.it's two.min_tokens=2" }],
      statement: 'raise it',
    };
    const plan = {
      ...{ schemaVersion: 1, recipeFingerprint: 'f', solver: { name: 's', version: '1' } },
      ...{ status: 'infeasible', tokenBudget: 10, conflict: [], smallest: 'proven', notes: [] },
      ...{ further: [], waysOut: [way], search: { solves: 1, plans: 1 } },
    } as InfeasiblePlan;
    expect(infeasibleLines(plan).todo).toEqual([
      `--set 'caps.it'\\''s two.min_tokens=2' (raise it); then 5 of 10 tokens`,
    ]);
  });
});

describe('the certificate of an infeasible plan', () => {
  const inventory = inventoryOf('a x h 900\n b y h 900');
  const recipe = recipeOf(inventory, {
    caps: [
      cap('lots', { domain: 'x', minTokens: 700 }),
      cap('more', { domain: 'y', minTokens: 600 }),
    ],
  });
  let plan: InfeasiblePlan;
  beforeAll(async () => {
    plan = await infeasible(inventory, recipe);
  });
  const member = (change: Partial<InfeasiblePlan['conflict'][number]>) => () => ({
    ...plan,
    conflict: plan.conflict.map((m, i) => (i === 1 ? { ...m, ...change } : m)),
  });
  const change = (edit: Partial<WayOut['changes'][number]>) => () => ({
    ...plan,
    waysOut: plan.waysOut.map((way) => ({
      ...way,
      changes: way.changes.map((c) => ({ ...c, ...edit })),
    })),
  });

  test.each<[string, () => InfeasiblePlan, RegExp]>([
    ['an allocation', () => ({ ...plan, allocations: [] }) as InfeasiblePlan, /carries an alloc/],
    ['another budget', () => ({ ...plan, tokenBudget: 999 }), /the recipe says 1000/],
    ['a cap that is not there', member({ capId: 'none' }), /none in x is no rule/],
    ['another scope', member({ scope: 'y' }), /lots in y is no rule/],
    ['a rule that is not stated', member({ capId: 'churn_max', scope: 'all' }), /is no rule/],
    ['other figures', member({ statement: 'at least 1 token' }), /not what recipe and inventory/],
    ['no proof', member({ without: 0 }), /0 tokens prove nothing/],
    [
      'a member twice',
      () => ({ ...plan, conflict: [...plan.conflict, plan.conflict[0]!] }),
      /twice/,
    ],
    ['a member of two conflicts', () => ({ ...plan, further: [[plan.conflict[0]!]] }), /twice/],
    ['another start', change({ from: 650 }), /not 650/],
    ['another end', change({ to: 1500 }), /does not lead to 1500/],
    ['another key', change({ setting: 'caps.lots.max_share=1' }), /is no limit of/],
    ['no key', change({ setting: null }), /no setting/],
    ['another order', () => ({ ...plan, waysOut: [...plan.waysOut].reverse() }), /order of cost/],
  ])('catches %s', (_, tampered, complaint) => {
    expect(certify(recipe, inventory, plan)).toEqual([]);
    expect(certify(recipe, inventory, tampered()).join('\n')).toMatch(complaint);
  });
});
