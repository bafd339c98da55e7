/**
 * A grid of small planning problems: layouts of up to four strata x rules of the mix x caps, one or two
 * of every kind and filter at every limit of a short list. `unit` tokens stand for one token of the
 * layout: 1 for whole tokens, a million where fractions are compared.
 */
import type { Grant } from '../core/schema/grant.js';
import type { Inventory } from '../core/schema/plan.js';
import type { Cap, Recipe } from '../core/schema/recipe.js';
import { cap, feeGrant, inventoryOf, recipeOf, sourceOf } from './plan-fixture.js';

/** Sources, domains, labels, families, sites, languages, tiers and depths in different company. */
export const LAYOUTS = [
  'a x h 5',
  'a x h 4\n b x s:m1 5',
  'a x h 3\n b x s:m1 4\n b x s:m2 4 depth=1',
  'a x h 4 site=www.a.org language=en\n b x s:m1 3 depth=1\n c y h 2 site=a.org language=de\n d y s:m2 4 depth=2',
  'a x h 4 site=a.org language=en-GB\n b x u 5 language=de grant=nc\n c y s:m1 3 depth=1\n d y e 4 grant=paid',
  'a x s:m1 3\n a x s:m2 4\n b y s:m1 5\n b y s:m3 2 depth=2',
  'a x e 3\n b y u 3 grant=nc\n c z s 5 grant=paid',
  'a x h 4 grant=paid\n a x h 3 grant=nc language=en\n b y s:m1 2 grant=paid\n b y s:m2 3',
] as const;

export const BUDGETS = [4, 9] as const;

interface Rules {
  readonly name: string;
  readonly given: Partial<Recipe>;
  readonly fee?: Partial<NonNullable<Grant['fee']>>;
}

const usd = (amount: string) => ({ currency: 'USD', amount, rates: {} });

/** Prices are per token or document of the layout. */
export const RULES: readonly Rules[] = [
  { name: 'none', given: {} },
  { name: 'two families', given: { modelFamilies: { minCount: 2, maxShare: 1 } } },
  { name: 'families share', given: { modelFamilies: { minCount: 1, maxShare: 0.6 } } },
  { name: 'families both', given: { modelFamilies: { minCount: 2, maxShare: 0.5 } } },
  { name: 'factor 1.5', given: { maxRepetitionFactor: 1.5 } },
  { name: 'factor 0.4', given: { maxRepetitionFactor: 0.4 } },
  {
    name: 'per token',
    given: { licenceBudget: usd('3.50'), maxRepetitionFactor: 2 },
    fee: { perToken: '1' },
  },
  { name: 'fixed', given: { licenceBudget: usd('2') }, fee: { fixed: '1.50', perToken: '0.25' } },
  {
    name: 'per epoch',
    given: { licenceBudget: usd('1.25'), maxRepetitionFactor: 2 },
    fee: { perEpoch: '1' },
  },
  {
    name: 'capped',
    given: { licenceBudget: usd('2.60') },
    fee: { perToken: '1', cap: '2.50', minimum: '0.75' },
  },
  {
    name: 'in mix',
    given: { licenceBudget: usd('3'), maxRepetitionFactor: 2 },
    fee: { perToken: '0.70', meter: 'in_mix' },
  },
  {
    name: 'ingested',
    given: { licenceBudget: usd('5') },
    fee: { perToken: '1', meter: 'ingested' },
  },
  {
    name: 'per document',
    given: { licenceBudget: usd('2.20') },
    fee: { perDocument: '0.80', fixed: '0.20' },
  },
];

const FILTERS: readonly Partial<Cap>[] = [
  { domain: 'each', provenance: ['synthetic'] },
  { domain: 'all', provenance: ['synthetic'] },
  { domain: 'all', provenance: ['human_authored', 'human_edited'] },
  { domain: 'each', provenance: ['human_authored'] },
  { domain: 'x', provenance: ['unknown'] },
  { domain: 'all', source: 'a' },
  { domain: 'y', source: 'b' },
  { domain: 'all', site: 'a.org' },
  { domain: 'x', language: 'en' },
  { domain: 'all', licenceTier: ['non_commercial', 'academic_only'] },
  { domain: 'each', licenceTier: ['commercial'] },
  { domain: 'all', modelFamily: 'm1' },
  { domain: 'y', modelFamily: 'unstated' },
  { domain: 'all', lineageDepth: 1 },
  { domain: 'each', lineageDepth: 2 },
  { domain: 'all', provenance: ['synthetic'], confidence: 0.9 },
  { domain: 'each', provenance: ['human_authored', 'human_edited'], confidence: 0.95 },
  { domain: 'all', provenance: ['human_authored', 'unknown'], confidence: 0.8 },
  { domain: 'all', licensed: true, provenance: ['human_edited'] },
  { domain: 'z', licensed: true },
];

const LIMITS = [
  { max: 0.25 },
  { max: 0.5 },
  { min: 0.25 },
  { min: 0.5 },
  { maxTokens: 2 },
  { minTokens: 2 },
] as const;

export const CAPS = FILTERS.flatMap((filter) => LIMITS.map((limit) => ({ filter, limit })));

const TARGETS = [{}, { x: 0.5, y: 0.5 }, { x: 0.75, y: 0.25 }, { y: 1 }];

export interface Case {
  readonly name: string;
  readonly recipe: Recipe;
  readonly inventory: Inventory;
}

export interface Choice {
  readonly layout: number;
  readonly budget: number;
  readonly rules: number;
  /** Positions in CAPS. */
  readonly caps: readonly number[];
  readonly targets: number;
}

/** How many choices with one cap, then those with two: each pair once, the rest of it turned by its number. */
export const SINGLES = LAYOUTS.length * BUDGETS.length * RULES.length * CAPS.length;
export const PAIRS = (CAPS.length * (CAPS.length - 1)) / 2;

export function single(n: number): Choice {
  const caps = [n % CAPS.length];
  const rest = Math.floor(n / CAPS.length);
  const layout = rest % LAYOUTS.length;
  const budget = Math.floor(rest / LAYOUTS.length) % BUDGETS.length;
  const rules = Math.floor(rest / LAYOUTS.length / BUDGETS.length);
  return { layout, budget, rules, caps, targets: n % TARGETS.length };
}

export function pair(n: number): Choice {
  let [first, left] = [0, n];
  while (left >= CAPS.length - 1 - first) left -= CAPS.length - 1 - first++;
  const place = { layout: n % LAYOUTS.length, budget: n % BUDGETS.length };
  const caps = [first, first + 1 + left];
  return { ...place, rules: n % RULES.length, caps, targets: (n >> 2) % TARGETS.length };
}

/** Intervals that are no round shares: low and high of synthetic, the rest human. */
const TRUTHS = [
  [0.02, 0.11],
  [0.8, 1],
  [0.3, 0.55],
  [0, 0.27],
] as const;

export function caseOf(choice: Choice, unit: number): Case {
  const layout = LAYOUTS[choice.layout]!;
  const { name, given, fee } = RULES[choice.rules]!;
  const base = inventoryOf(layout);
  const estimate = (low: number, high: number) => {
    return { point: low, low, high, confidence: 0.95, basis: 'assumed' as const, reviews: 0 };
  };
  const documents = Math.min(unit, 10_000);
  const strata = base.strata.map((s, i) => {
    const [low, high] = TRUTHS[i]!;
    const human = estimate(Number((1 - high).toFixed(2)), Number((1 - low).toFixed(2)));
    const truth = { human_authored: human, human_edited: estimate(0, 0) };
    return {
      ...{ ...s, tokens: s.tokens * unit, documents: s.tokens * documents },
      ...{ tokensMax: Math.max(1, unit / 10), tokensMin: unit / documents },
      truth: { ...truth, synthetic: estimate(low, high) },
    };
  });
  const inventory = { ...base, strata };
  const caps = choice.caps.map((at, i) => {
    const { filter, limit } = CAPS[at]!;
    const [kind, value] = Object.entries(limit)[0]!;
    return cap(`c${i}`, { ...filter, [kind]: kind.endsWith('Tokens') ? value * unit : value });
  });
  // Cents are to stay as small against the budget as tokens are.
  const money = (price: string | null | undefined, per = 1) =>
    price === null || price === undefined
      ? null
      : String(Number(((Number(price) * (unit > 1 ? 1000 : 1)) / per).toFixed(9)));
  const open = feeGrant('open', {});
  const nc = feeGrant('nc', {});
  const grants = [
    { ...open, fee: null },
    { ...nc, fee: null, uses: { ...nc.uses, commercial: 'deny' as const } },
    fee === undefined
      ? { ...feeGrant('paid', {}), fee: null }
      : feeGrant('paid', {
          ...{ ...fee, fixed: money(fee.fixed), perEpoch: money(fee.perEpoch) },
          ...{ minimum: money(fee.minimum), cap: money(fee.cap) },
          ...{
            perToken: money(fee.perToken, unit),
            perDocument: money(fee.perDocument, documents),
          },
        }),
  ];
  const budget = given.licenceBudget ?? null;
  const names = [...new Set(strata.map((s) => s.source))];
  const sources = names.map((source, i) => sourceOf(source, { value: [1, 0.5, 2, 1.5][i]! }));
  const recipe = recipeOf(inventory, {
    ...{ tokenBudget: BUDGETS[choice.budget]! * unit, caps, grants, sources },
    ...{ targetShares: TARGETS[choice.targets]! as Record<string, number>, ...given },
    ...(budget === null ? {} : { licenceBudget: { ...budget, amount: money(budget.amount)! } }),
  });
  const written = choice.caps.map((at) => JSON.stringify(CAPS[at])).join(' and ');
  const text = `layout ${choice.layout}, budget ${BUDGETS[choice.budget]}, ${name}, targets ${choice.targets}, ${written}`;
  return { name: text, recipe, inventory };
}
