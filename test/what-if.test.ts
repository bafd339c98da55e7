/** What a change of the recipe would do: keys, differences of plans, ranges, frontiers with their edges. */
import { describe, expect, test } from 'vitest';
import { createReplan } from '../client/planning/replan.js';
import { planPoints, type SweepOptions, withEdges } from '../client/planning/sweep.js';
import { parseSweep, settingOf, sweepValues } from '../client/planning/sweep-range.js';
import { sweptKey } from '../client/planning/swept-key.js';
import { isSameInventory } from '../core/plan/inventory-keys.js';
import type { FrontierPoint, Swept } from '../core/report/frontier.js';
import { edgesOf } from '../core/report/frontier.js';
import {
  frontierRecords,
  frontierSentences,
  frontierTable,
  sparkLine,
} from '../core/report/frontier-tables.js';
import { capChart, flowChart, frontierChart } from '../core/report/plan-charts.js';
import { planDifference } from '../core/report/plan-diff.js';
import { planDiffTables } from '../core/report/plan-diff-tables.js';
import { targetDeviation } from '../core/report/plan-figures.js';
import { recipeChanges } from '../core/report/recipe-changes.js';
import { plannedStrata } from '../core/report/tables.js';
import type { Plan } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { renderChart } from '../engines/plot.js';
import { cap, inventoryOf, recipeOf, sourceOf } from './plan-fixture.js';

const inventory = inventoryOf(`
  web health h 600
  gen health s:gpt 500
  gen health s:claude 500
  web law h 300
  gen law s:gpt 200
`);
const capOf = (max: number) => cap('synthetic', { provenance: ['synthetic'], domain: 'each', max });
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const base = recipeOf(inventory, { tokenBudget: 5_000, caps: [capOf(0.25)] });
const replan = await createReplan();
const planOf = (recipe: Recipe) => replan(recipe, inventory);
const side = async (name: string, recipe: Recipe) => {
  return { name, recipe, plan: await planOf(recipe) };
};

describe('which changes reach the inventory', () => {
  test.each<[string, Partial<Recipe>, boolean]>([
    ['the budget', { tokenBudget: 7 }, true],
    ['targets', { targetShares: { health: 1 } }, true],
    ['a cap', { caps: [capOf(0.5)] }, true],
    ['families', { modelFamilies: { minCount: 1, maxShare: 1 } }, true],
    ['repetition', { maxRepetitionFactor: 3 }, true],
    ['money', { licenceBudget: { currency: 'USD', amount: '1', rates: {} } }, true],
    ['value of a source', { sources: base.sources.map((s) => ({ ...s, value: 2 })) }, true],
    ['a site that a cap names', { caps: [cap('s', { site: 'a.org', max: 0.1 })] }, false],
    ['a language that a cap names', { caps: [cap('l', { language: 'de', max: 0.1 })] }, false],
    ['one more source', { sources: [...base.sources, sourceOf('new')] }, false],
    ['near-duplicates', { nearDuplicates: { jaccard: 0.7 } }, false],
    ['a first look back', { churnMax: 0.1 }, false],
    ['an anchor', { anchor: { keepHumanOf: 'previous', minShare: 1 } }, false],
    ['the version', { version: '2026.01.01' }, false],
  ])('%s: planned on the same inventory is %s', (_, given, expected) => {
    expect(isSameInventory(base, { ...base, ...given })).toBe(expected);
  });

  test('how much is kept or may move is planning; of which version is not', () => {
    const anchored = (keepHumanOf: string, minShare: number) =>
      ({ ...base, anchor: { keepHumanOf, minShare }, churnMax: 0.1 }) as Recipe;
    const before = anchored('previous', 1);
    expect(isSameInventory(before, { ...anchored('previous', 0.5), churnMax: 0.2 })).toBe(true);
    expect(isSameInventory(before, anchored('2026.01.01', 1))).toBe(false);
  });
});

describe('differences', () => {
  test('recipe changes stand under the keys of --set, list items by name in any order', () => {
    const caps = [capOf(0.5), cap('extra', { provenance: ['unknown'], max: 0.1 })];
    const changed = {
      ...base,
      ...{ tokenBudget: 6_000, targetShares: { health: 1 }, caps: caps.toReversed() },
    };
    const changes = recipeChanges(base, changed);
    expect(changes.map(({ field }) => field)).toEqual([
      ...['caps.extra', 'caps.synthetic.max_share', 'target_shares.health', 'token_budget'],
    ]);
    expect(changes[1]).toMatchObject({ before: 0.25, after: 0.5 });
    expect(recipeChanges(base, { ...base, sources: base.sources.toReversed() })).toEqual([]);
  });

  test('tokens move as the plans say, in every grouping, and each grouping sums to the whole', async () => {
    const [a, b] = [await side('a', base), await side('b', { ...base, caps: [capOf(0.5)] })];
    const difference = planDifference(a, b);
    const { domains, labels, sources, strata, tokens } = difference;
    // 900 human tokens; a fourth of each domain synthetic, then half of it as far as there is any.
    expect(tokens).toEqual({ before: 1_200, after: 1_700, change: 500 });
    for (const rows of [domains, labels, sources, strata]) {
      expect(rows.reduce((sum, row) => sum + row.after - row.before, 0)).toBe(500);
    }
    expect(labels[0]).toMatchObject({ name: 'synthetic', before: 300, after: 800 });
    expect(difference.caps.map(({ scope }) => scope)).toContain('health');
    expect(difference.movedShare).toBeCloseTo(800 / 1700 - 300 / 1200, 12);
  });

  test('equal plans differ in nothing', async () => {
    const a = await side('a', base);
    const difference = planDifference(a, a);
    expect(difference).toMatchObject({ strata: [], caps: [], recipe: [], movedShare: 0 });
    const tables = planDiffTables(a, a, difference);
    const filled = tables.filter(({ rows }) => rows.length > 0).map(({ title }) => title);
    expect(filled).toEqual(['Plans']);
  });

  test('an infeasible side plans nothing and shows its conflict', async () => {
    const floor = cap('floor', { provenance: ['unknown'], minTokens: 5 });
    const [a, b] = [await side('a', base), await side('b', { ...base, caps: [floor] })];
    const difference = planDifference(a, b);
    expect(difference.status).toEqual({ before: 'optimal', after: 'infeasible' });
    expect(difference).toMatchObject({ tokens: { after: 0, change: -1_200 }, movedShare: null });
    const table = planDiffTables(a, b).find(({ title }) => title.includes('together: b'));
    expect(table?.rows[0]?.[0]).toBe('floor');
  });

  test('a terminal shows the first rows of a long table and counts the rest', async () => {
    const [a, b] = [await side('a', base), await side('b', { ...base, caps: [capOf(0.5)] })];
    const tables = planDiffTables(a, b, planDifference(a, b), { rowsMost: 1 });
    const strata = tables.find(({ title }) => title.startsWith('Tokens by stratum'));
    expect(strata?.rows).toHaveLength(1);
    expect(strata?.title).toMatch(/\d+ more in --json$/);
  });

  test('the distance from targets counts text of domains without one', () => {
    const target = (domain: string, share: number, planned: number) => {
      return { domain, target: share, planned, tokens: planned * 100 };
    };
    const targets = [target('a', 0.6, 0.5), target('b', 0.4, 0.3)];
    const plan = { status: 'optimal', targets } as Plan;
    expect(targetDeviation(plan)).toBeCloseTo((0.1 + 0.1 + 0.2) / 2, 12);
    expect(targetDeviation({ status: 'optimal', targets: [] as unknown } as Plan)).toBeNull();
  });
});

describe('ranges', () => {
  const parse = (sweep: string, steps?: string, points?: string) =>
    parseSweep({ sweep, steps, points });

  test('budget is an alias; more than a factor of ten is spaced by equal factors', () => {
    const range = parse('budget=1e6..1e9');
    expect(range).toMatchObject({ key: 'token_budget', spacing: 'log', points: 9 });
    const values = sweepValues(range, 'tokens');
    expect(values).toHaveLength(9);
    expect([values[0], values[4], values.at(-1)]).toEqual([1e6, 31_620_000, 1e9]);
  });

  test('a short range is spaced evenly; whole numbers stay whole and differ', () => {
    const range = parse('model_families.min_count=1..4', undefined, '9');
    expect(sweepValues(range, 'count')).toEqual([1, 2, 3, 4]);
    const shares = sweepValues(parse('caps.x.max_share=0.1..0.5', undefined, '5'), 'share');
    expect(shares).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(sweepValues(parse('caps.x.max_share=0..0.2', undefined, '3'), 'share')).toEqual([
      0, 0.1, 0.2,
    ]);
  });

  test('listed values stand as they are, in ascending order', () => {
    const range = parse('caps.x.max_share=0.3,0.1,0.3');
    expect(range).toMatchObject({ spacing: 'listed', values: [0.1, 0.3] });
    expect(parse('caps.x.max_share', '0.3,0.1').values).toEqual([0.1, 0.3]);
  });

  test('values are written as --set takes them: no exponent, money in quotes', () => {
    expect(settingOf('token_budget', 1e21, 'tokens')).toBe('token_budget=1000000000000000000000');
    expect(settingOf('caps.x.max_share', 1e-7, 'share')).toBe('caps.x.max_share=0.0000001');
    expect(settingOf('licence_budget.amount', 12.5, 'money')).toBe('licence_budget.amount="12.50"');
  });

  test.each([
    ['budget', undefined, undefined, 'a range'],
    ['budget=1e6', undefined, undefined, 'different values'],
    ['budget=9..3', undefined, undefined, 'FROM below TO'],
    ['budget=3..3', undefined, undefined, 'FROM below TO'],
    ['budget=1..2..3', undefined, undefined, 'FROM..TO'],
    ['budget=a..b', undefined, undefined, 'a number of at least 0'],
    ['budget=-1..5', undefined, undefined, 'a number of at least 0'],
    ['budget=..5', undefined, undefined, 'a number of at least 0'],
    ['=1..5', undefined, undefined, 'KEY=FROM..TO'],
    ['budget=1..5', '1,2', undefined, 'a range or --steps'],
    ['budget=1..5', undefined, '1', 'a whole number from 2 to 200'],
    ['budget=1..5', undefined, 'many', 'a whole number from 2 to 200'],
  ])('%s with steps %s and points %s is refused', (sweep, steps, points, expected) => {
    expect(() => parse(sweep, steps, points)).toThrow(expected);
    try {
      parse(sweep, steps, points);
    } catch (error) {
      expect(error).toMatchObject({ code: 'USAGE' });
    }
  });
});

describe('the moved key', () => {
  const range = (key: string) => ({ key, spacing: 'linear', values: [0, 1], points: 9 }) as const;
  const keyOf = (key: string, first: Partial<Recipe>, last: Partial<Recipe>) =>
    sweptKey(range(key), {
      ...{ written: base, first: { ...base, ...first }, last: { ...base, ...last } },
    });

  test('kind, price and present value are found from the two ends', () => {
    const budget = keyOf('token_budget', { tokenBudget: 1 }, { tokenBudget: 9 });
    expect(budget).toMatchObject({ kind: 'tokens', asWritten: 5_000, capId: 'token_budget' });
    const limit = keyOf('k', { caps: [capOf(0.1)] }, { caps: [capOf(0.9)] });
    expect(limit).toMatchObject({ kind: 'share', asWritten: 0.25, capId: 'synthetic' });
    const money = (amount: string) => ({ licenceBudget: { currency: 'USD', amount, rates: {} } });
    const licence = keyOf('k', money('1.00'), money('5.00'));
    expect(licence).toMatchObject({ kind: 'money', asWritten: null, capId: 'licence_budget' });
    const sources = (factor: number) => ({
      sources: [sourceOf('gen'), sourceOf('web', { maxRepetitionFactor: factor })],
    });
    expect(keyOf('k', sources(1), sources(3)).capId).toBe('max_repetition_factor:web');
  });

  test('what changes the inventory, or is no number, is refused', () => {
    const near = (jaccard: number) => ({ nearDuplicates: { jaccard } });
    expect(() => keyOf('near_duplicates.jaccard', near(0.6), near(0.9))).toThrow(
      'only the planner reads',
    );
    const text = (reason: string) => ({ caps: [{ ...capOf(0.1), reason }] });
    expect(() => keyOf('caps.synthetic.reason', text('1a'), text('2b'))).toThrow('one number');
    expect(() => keyOf('caps.synthetic.max_share', {}, {})).toThrow('one number');
  });
});

describe('frontiers', () => {
  const swept: Swept = {
    ...{ key: 'k', kind: 'share', spacing: 'linear', asWritten: 0.25, capId: 'synthetic' },
  };
  const optionsOf = (
    values: number[],
    recipeAt: (value: number) => Recipe,
    given: Partial<Swept> = {},
  ): SweepOptions => ({
    ...{ swept: { ...swept, ...given }, values, inventory, replan },
    recipeAt: async (value) => recipeAt(value),
  });
  const frontierOf = async (options: SweepOptions) =>
    withEdges(options, await planPoints(options, () => undefined), () => undefined);

  test('a cap: the mix grows until no synthetic text is left, and the edge is where arithmetic puts it', async () => {
    const values = [0, 0.2, 0.4, 0.6, 0.8, 1];
    const options = optionsOf(values, (max) => ({ ...base, caps: [capOf(max)] }));
    const { points, breakpoints } = await frontierOf(options);
    const asked = points.filter((point) => !point.isEdge);
    // health: 600 human and s synthetic with s <= max x (600 + s), at most 1,000; law likewise.
    const expected = values.map((max) => {
      const room = (human: number, there: number) =>
        max === 1 ? there : Math.min(there, Math.floor((max * human) / (1 - max) + 1e-9));
      return 900 + room(600, 1_000) + room(300, 200);
    });
    expect(asked.map(({ tokens }) => tokens)).toEqual(expected);
    // All 1,000 of health fit from max = 1000 / 1600 on.
    const [edge] = breakpoints;
    expect(edge?.kind).toBe('grows_until');
    expect(edge!.from).toBeLessThanOrEqual(0.625);
    expect(edge!.to).toBeGreaterThanOrEqual(0.624);
    expect(edge!.to - edge!.from).toBeLessThan(0.2 / 4_000);
    const [sentence] = frontierSentences(swept, points, breakpoints);
    expect(sentence).toContain('stops growing at 2,100 tokens');
    expect(asked[1]!.price).toBeGreaterThan(0);
    expect(asked.at(-1)!.price).toBe(0);
  });

  test('a floor: what cannot be met is infeasible with its reason, and the edge is exact', async () => {
    const floor = (share: number) =>
      ({ ...base, caps: [cap('people', { provenance: ['synthetic'], min: share })] }) as Recipe;
    const rule = (share: number): Recipe => ({
      ...floor(share),
      modelFamilies: { minCount: 2, maxShare: 0.8 },
      caps: [cap('people', { provenance: ['synthetic'], min: share }), capOf(0.5)],
    });
    const frontier = await frontierOf(optionsOf([0.1, 0.4, 0.7, 1], rule, { capId: 'people' }));
    const asked = frontier.points.filter((point) => !point.isEdge);
    expect(asked.map(({ status }) => status)).toEqual([
      ...['optimal', 'optimal', 'infeasible', 'infeasible'],
    ]);
    expect(asked[2]).toMatchObject({ tokens: null, humanShare: null, price: null });
    const members = new Set(asked[2]!.conflict.map(({ capId }) => capId));
    expect(members).toEqual(new Set(['people', 'synthetic']));
    const edge = frontier.breakpoints.find(({ kind }) => kind === 'feasible_until');
    expect(edge!.from).toBeLessThanOrEqual(0.5);
    expect(edge!.to).toBeGreaterThanOrEqual(0.5);
    expect(edge!.to - edge!.from).toBeLessThan(0.3 / 4_000);
    const said = frontierSentences(swept, frontier.points, frontier.breakpoints).join(' ');
    expect(said).toContain('A mix exists up to');
    expect(said).toContain('these conflict: at least');
    const table = frontierTable(swept, frontier.points);
    expect(table.rows.at(-1)?.at(-1)).toMatch(/^infeasible: .*people/);
  });

  test('the budget: tokens follow it until all that may be used is used', async () => {
    const options = optionsOf([500, 1_000, 2_000], (tokenBudget) => ({ ...base, tokenBudget }), {
      ...{ kind: 'tokens', capId: 'token_budget', key: 'token_budget' },
    });
    const { points, breakpoints } = await frontierOf(options);
    expect(points.filter((p) => !p.isEdge).map(({ tokens }) => tokens)).toEqual([500, 1000, 1200]);
    // Whole tokens, and up to 2 tokens short of the level count as level.
    expect(breakpoints).toEqual([
      { kind: 'grows_until', from: expect.any(Number), to: expect.any(Number), tokens: 1_200 },
    ]);
    const [edge] = breakpoints;
    expect(edge!.to - edge!.from).toBe(1);
    expect(Math.abs(edge!.to - 1_200)).toBeLessThanOrEqual(2);
  });

  const point = (value: number, tokens: number | null): FrontierPoint => ({
    ...{ value, tokens, status: tokens === null ? 'infeasible' : 'optimal' },
    ...{ budgetShare: null, targetDeviation: null, humanShare: 0.5, syntheticShare: 0.5 },
    ...{ unknownShare: 0, licenceCost: null, binds: '=cap', price: null, isEdge: false },
    conflict: tokens === null ? [{ capId: 'a', statement: 'no' }] : [],
  });

  test('edges are searched where the status turns and where growth ends or shrinking begins', () => {
    const rows = [null, 10, 50, 90, 90, 90, null].map((tokens, i) => point(i, tokens));
    expect(edgesOf(rows).map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['feasible_from', 0, 1],
      ['feasible_until', 5, 6],
      ['grows_until', 2, 3],
    ]);
    const falling = [90, 90, 60, 30].map((tokens, i) => point(i, tokens));
    expect(edgesOf(falling)).toEqual([{ kind: 'shrinks_from', from: 1, to: 2, tokens: 90 }]);
    expect(edgesOf([90, 90, 91].map((tokens, i) => point(i, tokens)))).toEqual([]);
  });

  test('a range that ends before the mix stops growing has no edge, and says so', () => {
    const rising = [10, 20, 30].map((tokens, i) => ({ ...point(i, tokens), price: 1 }));
    expect(edgesOf(rising)).toEqual([]);
    expect(frontierSentences(swept, rising, []).at(-1)).toMatch(
      /the end of the range.* still grows/,
    );
    const ended = rising.map((row, i) => ({ ...row, price: i === 2 ? 0 : 1 }));
    expect(edgesOf(ended).map(({ kind }) => kind)).toEqual(['grows_until']);
    expect(frontierSentences(swept, ended, edgesOf(ended)).join(' ')).not.toContain('still grows');
  });

  test('one line of blocks, and CSV rows with plain numbers', () => {
    const rows = [point(1, null), point(2, 10), point(3, 80)];
    expect(sparkLine(rows)).toBe('×▂█');
    const [head, first, second] = frontierRecords(rows);
    expect(first![head!.indexOf('conflict')]).toBe('no');
    expect([second![0], second![2], second![3]]).toEqual([2, 10, '']);
  });

  test('the picture has a panel per figure, a cross per infeasible value, and the same bytes twice', () => {
    const points = [point(0.1, null), point(0.2, 10), point(0.3, 80)];
    const frontier = { swept, points, breakpoints: [], isSearched: true };
    const svg = renderChart(frontierChart(frontier));
    expect(svg.match(/<svg /g)).toHaveLength(3);
    expect(svg.match(/×/g)!.length).toBeGreaterThanOrEqual(1);
    expect(svg).toContain('tokens planned');
    expect(renderChart(frontierChart(frontier))).toBe(svg);
  });
});

describe('pictures of a plan', () => {
  test('bands: every token of a domain is planned under a label or unused, and the label gets all', async () => {
    const plan = await planOf(base);
    const flow = flowChart(plannedStrata(plan, inventory));
    for (const { category, available, planned, unused } of flow.rows) {
      expect(sum(planned) + unused, category).toBe(available);
    }
    expect(sum(flow.rows.map(({ planned }) => sum(planned)))).toBe(1_200);
    const svg = renderChart(flow);
    // Three domains-to-label bands each way: human and synthetic of two domains, unused of two.
    expect(svg.match(/<path /g)).toHaveLength(6);
    expect(flow.caption).toContain('1.2 k are planned');
  });

  test('repeated text is said, and is no negative rest', async () => {
    const recipe = { ...base, caps: [], maxRepetitionFactor: 2 };
    const flow = flowChart(plannedStrata(await planOf(recipe), inventory));
    expect(flow.rows.every(({ unused }) => unused === 0)).toBe(true);
    expect(flow.caption).toContain('2.1 k of them a further time');
  });

  test('caps: dearest first, with slack, price and how far it holds', async () => {
    const plan = await planOf(base);
    if (plan.status !== 'optimal') throw new Error('infeasible');
    const chart = capChart(plan.caps, 'USD');
    const prices = chart.rows.map(({ price }) => price);
    expect(prices[0]).toMatch(/^price [\d.]+ for [\d,]+ more$/);
    expect(prices.at(-1)).toBe('costs nothing');
    const [first] = plan.caps.filter(({ shadowPrice }) => (shadowPrice ?? 0) > 0);
    const of = (shadowPrice: number, to: number | null, deviation: number) =>
      capChart([{ ...first!, shadowPrice, price: { range: { to }, deviation } }], 'USD').rows[0]!
        .price;
    expect(of(1.5, 1_200.7, 0)).toBe('price 1.5 for 1,200 more');
    expect(of(1.5, null, 0)).toBe('price 1.5');
    expect(of(0, 9, -0.25)).toBe('targets 0.25 nearer');
  });
});
