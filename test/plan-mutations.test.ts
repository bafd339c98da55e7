/**
 * Every field of a plan changed by one unit or one character, every row dropped, doubled or moved: read by
 * the schema and judged by the certificate. The test prints which complaint each change met. What is
 * not judged is listed by name, so a field that a later version adds must be caught or be listed.
 */
import { expect, test } from 'vitest';
import { certify } from '../core/plan/certificate.js';
import { planMix } from '../core/plan/plan-mix.js';
import { canonicalJson } from '../core/schema/canonical.js';
import { plan as planSchema } from '../core/schema/plan.js';
import { createHighs } from '../engines/highs.js';
import { cap, feeGrant, inventoryOf, recipeOf } from './plan-fixture.js';

const solver = await createHighs();
const inventory = inventoryOf(`
  a x h 4000 doc=10 site=a.org language=en
  a y h 3000 doc=10
  g x s:m1 900 depth=1
  g x s:m2 900
  g y s:m1 900
  g y s:m2 900
  p y u 500 grant=paid`);
const recipe = recipeOf(inventory, {
  ...{ tokenBudget: 12_000, targetShares: { x: 0.6, y: 0.4 }, maxRepetitionFactor: 1.5 },
  minBudgetShare: 0.5,
  caps: [
    cap('floor', { source: 'p', minTokens: 100 }),
    cap('human', { provenance: ['human_authored'], min: 0.5, confidence: 0.9 }),
    cap('site', { site: 'a.org', language: 'en', maxTokens: 5000 }),
    cap('syn', { domain: 'each', provenance: ['synthetic'], max: 0.3 }),
  ],
  modelFamilies: { minCount: 2, maxShare: 0.5 },
  grants: [feeGrant('paid', { perToken: '0.01' })],
  licenceBudget: { currency: 'USD', amount: '3', rates: {} },
});

/** What a plan claims and nothing recomputes: who solved it and how, and sentences. */
const NOT_JUDGED = [
  // The fraction that the stages came to, before rounding.
  'allocations[].tokensRequested',
  'caps[].shadowPrice',
  ...['tokens', 'unique', 'less', 'more', 'range.from', 'range.to', 'deviation', 'money'].flatMap(
    (field) => [`caps[].price.${field}`, `budgetPrice.${field}`],
  ),
  ...['caps[].price', 'budgetPrice'],
  'notes[]',
  'notes[] moved',
  'notes[] row',
  'recipeFingerprint',
  'solver.name',
  'solver.version',
  'stages[] moved',
  'stages[] row',
  'stages[].name',
  'stages[].objective',
  // The same rows in another order are the same plan.
  'allocations[] moved',
];

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Copies with one change each, by the kind of place that it was made in. */
function* changed(value: Json, kind: string): Generator<{ kind: string; value: Json }> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const others = [...value.slice(0, i), ...value.slice(i + 1)];
      yield { kind: `${kind}[] row`, value: others };
      yield { kind: `${kind}[] row`, value: [...value, item] };
      if (i > 0) yield { kind: `${kind}[] moved`, value: [item, ...others] };
      for (const change of changed(item, `${kind}[]`)) {
        yield { ...change, value: value.map((at, k) => (k === i ? change.value : at)) };
      }
    }
  } else if (typeof value === 'object' && value !== null) {
    yield { kind: `${kind} key`, value: { ...value, tampered: 1 } };
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...others } = value;
      yield { kind: `${kind} key`, value: others };
      for (const change of changed(item, kind === '' ? key : `${kind}.${key}`)) {
        yield { ...change, value: { ...value, [key]: change.value } };
      }
    }
  } else for (const other of nearest(value)) yield { kind, value: other };
}

/** One unit, one character, the other truth value, or nothing. */
function nearest(value: null | boolean | number | string): Json[] {
  if (value === null) return [0, 'x'];
  if (typeof value === 'boolean') return [!value, null];
  if (typeof value === 'string') return [`${value}x`, value === '' ? 'y' : value.slice(1), null];
  const fine = Number.isInteger(value) ? [] : [value + 1e-9, value - 1e-9];
  return [value + 1, value - 1, ...fine, -value - 1, null];
}

const REFUSED = 'the schema refuses it';

/** null: read as the very same plan, as where a key that has a default is left out. */
function complaintsOf(value: Json, original?: Json): string[] | null {
  const parsed = planSchema.safeParse(value);
  if (!parsed.success) return [REFUSED];
  if (original !== undefined && canonicalJson(parsed.data) === canonicalJson(original)) return null;
  return certify(recipe, inventory, parsed.data);
}

/** `17 tokens pass 1 x 900` -> `# tokens pass # x #`: complaints of one kind. */
const kindOf = (complaint: string) =>
  complaint.replace(/^.*?: /, '').replace(/-?\d[\d.]*(e-\d+)?/g, '#');

function tabulate(original: Json) {
  const rows = new Map<string, { changes: number; caught: number; complaints: Set<string> }>();
  for (const { kind, value } of changed(original, '')) {
    const row = rows.get(kind) ?? { changes: 0, caught: 0, complaints: new Set() };
    rows.set(kind, row);
    const complaints = complaintsOf(value, original);
    if (complaints === null) continue;
    row.changes += 1;
    row.caught += complaints.length > 0 ? 1 : 0;
    for (const complaint of complaints) row.complaints.add(kindOf(complaint));
  }
  return rows;
}

test('every change of a plan is caught, or is a claim that is listed', async () => {
  const plan = await planMix(recipe, inventory, 'f', solver);
  expect(plan.status).toBe('optimal');
  expect(complaintsOf(structuredClone(plan) as Json)).toEqual([]);
  const rows = tabulate(structuredClone(plan) as Json);
  const table = [...rows].map(([kind, { changes, caught, complaints }]) => {
    const first = [...complaints].filter((c) => c !== REFUSED).slice(0, 2);
    return `${kind.padEnd(28)} ${String(changes).padStart(4)} ${String(caught).padStart(4)}  ${first.join(' | ')}`;
  });
  console.log(['change of                    made caught  complaints', ...table].join('\n'));
  const passed = [...rows].filter(([, row]) => row.caught < row.changes).map(([kind]) => kind);
  expect(passed.filter((kind) => !NOT_JUDGED.includes(kind))).toEqual([]);
  expect(rows.size).toBeGreaterThan(40);
});

test('tokens moved between any two strata are caught, though every sum is mended', async () => {
  const plan = await planMix(recipe, inventory, 'f', solver);
  if (plan.status !== 'optimal') throw new Error('infeasible');
  let made = 0;
  for (const from of plan.allocations.keys()) {
    for (const to of plan.allocations.keys()) {
      if (from === to || plan.allocations[from]!.tokensAllocated === 0) continue;
      const moved = structuredClone(plan);
      for (const [i, by] of [
        [from, -1],
        [to, 1],
      ] as const) {
        const row = moved.allocations[i]!;
        row.tokensAllocated += by;
        row.epochs = row.tokensAllocated / row.tokensAvailable;
      }
      made += 1;
      expect(certify(recipe, inventory, moved)).not.toEqual([]);
    }
  }
  expect(made).toBeGreaterThan(30);
});

test('of an infeasible plan only the absence of an allocation is judged', async () => {
  const none = { ...recipe, caps: [...recipe.caps, cap('more', { minTokens: 20_000 })] };
  const plan = await planMix(none, inventory, 'f', solver);
  expect(plan.status).toBe('infeasible');
  expect(certify(none, inventory, plan)).toEqual([]);
  const both = { ...plan, allocations: [] } as unknown as typeof plan;
  expect(certify(none, inventory, both)).not.toEqual([]);
});
