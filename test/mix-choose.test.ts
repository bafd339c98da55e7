/** Tokens of a plan become whole documents: under the quota, by rank, and every cap holds on them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ranked, StratumChoice } from '../core/mix/choose.js';
import { tallyOf, trimToCaps } from '../core/mix/trim.js';
import { capUsages } from '../core/plan/cap-usages.js';
import type { Inventory, StratumKey } from '../core/schema/plan.js';
import { documentsOf, KEY, passes, sum, windowOf } from './mix-fixture.js';
import { assumedTruth, cap, recipeOf } from './plan-fixture.js';

function expectCounted(choice: StratumChoice, documents: readonly Ranked[]): void {
  const found = passes(choice, documents);
  const tokens = documents.reduce((total, { id, tokens }) => total + tokens * found.get(id)!, 0);
  expect(tokens).toBe(choice.tokens);
  expect([...found.values()].reduce((total, n) => total + n, 0)).toBe(choice.documents);
}

const sizes = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 40 }) },
    fc.integer({ min: 100, max: 900 }),
  ),
  { minLength: 1, maxLength: 60 },
);
const epochs = fc.oneof(
  fc.double({ min: 0, max: 4, noNaN: true }),
  fc.constantFrom(0, 1, 1.67, 2, 3),
);
const RUNS = { seed: 9, numRuns: 400 };

describe('a stratum under its quota', () => {
  it('never passes it, and selects exactly the documents that it counted', () => {
    fc.assert(
      fc.property(sizes, epochs, fc.boolean(), fc.nat(20), (list, factor, isNarrow, drops) => {
        const documents = documentsOf(list);
        const quota = Math.floor(factor * sum(documents));
        const choice = new StratumChoice(windowOf(documents, quota, KEY, isNarrow));
        expect(choice.tokens).toBeLessThanOrEqual(quota);
        expectCounted(choice, documents);
        for (let i = 0; i < drops && choice.nextTokens !== null; i++) {
          const [next, before] = [choice.nextTokens, choice.tokens];
          choice.dropLast();
          expect(choice.tokens).toBe(before - next);
          expectCounted(choice, documents);
        }
      }),
      RUNS,
    );
  });

  it('takes a prefix by rank, and later documents only into the gap before the first that did not fit', () => {
    fc.assert(
      fc.property(sizes, epochs, (list, factor) => {
        const documents = documentsOf(list);
        const quota = Math.floor(factor * sum(documents));
        const choice = new StratumChoice(windowOf(documents, quota));
        const { threshold, extras } = choice.result();
        const cut = documents.find(({ rank }) => rank >= threshold);
        for (const id of extras)
          expect(documents.find((d) => d.id === id)!.rank).toBeGreaterThan(threshold);
        if (cut === undefined) expect(choice.tokens).toBe((choice.fullPasses + 1) * sum(documents));
        else {
          const prefix = sum(documents.filter(({ rank }) => rank < threshold));
          expect(choice.fullPasses * sum(documents) + prefix + cut.tokens).toBeGreaterThan(quota);
        }
      }),
      RUNS,
    );
  });

  it('never drops a document as the quota grows, but for those that only filled a gap', () => {
    fc.assert(
      fc.property(sizes, epochs, epochs, (list, a, b) => {
        const documents = documentsOf(list);
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map(
          (factor) => new StratumChoice(windowOf(documents, Math.floor(factor * sum(documents)))),
        ) as [StratumChoice, StratumChoice];
        const fillers = new Set(low.result().extras);
        const [before, after] = [passes(low, documents), passes(high, documents)];
        for (const { id } of documents) {
          if (!fillers.has(id)) expect(after.get(id)).toBeGreaterThanOrEqual(before.get(id)!);
        }
      }),
      RUNS,
    );
  });

  it.each([
    [1, 1, 1],
    [1.67, 1, 2],
    [2, 2, 2],
    [0.3, 0, 1],
    [3.01, 3, 4],
  ])('at %f epochs gives every document %i or %i passes', (factor, least, most) => {
    const documents = documentsOf(Array.from({ length: 300 }, (_, i) => 5 + (i % 9)));
    const quota = Math.floor(factor * sum(documents));
    const choice = new StratumChoice(windowOf(documents, quota));
    const found = [...passes(choice, documents).values()];
    expect([Math.min(...found), Math.max(...found)]).toEqual([least, most]);
    expect(quota - choice.tokens).toBeLessThan(13);
  });

  it('leaves out a document that is larger than the quota, and takes the others', () => {
    const documents = documentsOf([5000, 10, 10, 10]);
    const choice = new StratumChoice(windowOf(documents, 30));
    expect(choice.tokens).toBe(30);
    expect(passes(choice, documents).get('d0')).toBe(0);
    expect(new StratumChoice(windowOf(documentsOf([5000]), 30)).tokens).toBe(0);
  });

  it('takes nothing under a quota of nothing', () => {
    const documents = documentsOf([10, 20]);
    const choice = new StratumChoice({ ...windowOf(documents, 0), window: [], windowEnd: 0 });
    expect([...passes(choice, documents).values()]).toEqual([0, 0]);
  });

  it('moves few documents for a small change of the weight: those of the change, and gap fillers', () => {
    const documents = documentsOf(Array.from({ length: 5000 }, (_, i) => 20 + ((i * 37) % 60)));
    const whole = sum(documents);
    const [a, b] = [0.4, 0.41].map((share) =>
      passes(new StratumChoice(windowOf(documents, Math.floor(share * whole))), documents),
    ) as [Map<string, number>, Map<string, number>];
    const moved = documents.filter(({ id }) => a.get(id) !== b.get(id));
    // One hundredth of the tokens came in: about 50 documents of mean size; at most 64 fillers a side.
    expect(moved.length).toBeGreaterThan(25);
    expect(moved.length).toBeLessThan((0.01 * whole) / 20 + 2 * 64);
  });
});

describe('caps on whole documents', () => {
  interface Part {
    readonly key: StratumKey;
    readonly documents: readonly Ranked[];
    readonly quota: number;
  }
  const synthetic = (family: string): StratumKey => ({
    ...KEY,
    source: 'gen',
    label: 'synthetic',
    modelFamily: family,
  });
  const part = (key: StratumKey, list: readonly number[], quota: number): Part => ({
    ...{ key, quota },
    documents: documentsOf(list, `${key.source}${key.modelFamily}${key.domain}`),
  });

  function setUp(parts: readonly Part[], given: Parameters<typeof recipeOf>[1]) {
    const strata = parts.map(({ key, documents }) => {
      const tokens = documents.map((document) => document.tokens);
      return {
        ...key,
        documents: tokens.length,
        tokens: sum(documents),
        tokensMax: Math.max(...tokens),
        tokensMin: Math.min(...tokens),
        truth: assumedTruth(key.label),
      };
    });
    const inventory: Inventory = {
      schemaVersion: 1,
      strata,
      leftOut: [],
      sources: [],
      previous: null,
    };
    const recipe = recipeOf(inventory, { maxRepetitionFactor: 4, ...given });
    const choices = parts.map(
      ({ key, documents, quota }) => new StratumChoice(windowOf(documents, quota, key)),
    );
    return { recipe, inventory, choices };
  }

  it('hold after trimming wherever it says so; it ends, and what is left is what is counted', () => {
    const maximum = fc.constantFrom(0.1, 0.25, 0.3, 0.5);
    const minimum = fc.constantFrom(0.2, 0.5, 0.6);
    let mended = 0;
    fc.assert(
      fc.property(
        sizes,
        sizes,
        sizes,
        sizes,
        maximum,
        minimum,
        epochs,
        (a, b, c, d, most, least, factor) => {
          const law = { ...KEY, domain: 'law' };
          const all = [
            part(KEY, a, 0),
            part(synthetic('x'), b, 0),
            part(synthetic('y'), c, 0),
            part(law, d, 0),
          ];
          const parts = all.map((p) => ({ ...p, quota: Math.floor(factor * sum(p.documents)) }));
          const caps = [
            cap('most', { domain: 'each', provenance: ['synthetic'], max: most }),
            cap('least', { domain: 'health', provenance: ['human_authored'], min: least }),
            cap('tokens', { source: 'gen', maxTokens: 700 }),
          ];
          const { recipe, inventory, choices } = setUp(parts, { caps });
          const before = choices.reduce((total, choice) => total + choice.documents, 0);
          const { dropped, breached, exhausted } = trimToCaps(recipe, inventory, choices);
          const after = choices.reduce((total, choice) => total + choice.documents, 0);
          expect(before - after).toBe(dropped);
          choices.forEach((choice, i) => {
            expectCounted(choice, parts[i]!.documents);
          });
          // Nothing at all keeps all of these caps, so with every document listed it always ends well.
          expect([breached, exhausted]).toEqual([[], false]);
          const usages = capUsages(recipe, tallyOf(choices), inventory);
          expect(usages.filter((usage) => !usage.kept)).toEqual([]);
          if (dropped > 0) mended++;
        },
      ),
      { seed: 12, numRuns: 150 },
    );
    expect(mended).toBeGreaterThan(50);
  });

  it('hold at a confidence too, by dropping what counts for more than the share', () => {
    const unknown: StratumKey = { ...KEY, source: 'found', label: 'unknown' };
    const maximum = fc.constantFrom(0.05, 0.1, 0.3, 0.5);
    const minimum = fc.constantFrom(0.4, 0.8, 0.95);
    let mended = 0;
    fc.assert(
      fc.property(sizes, sizes, sizes, maximum, minimum, (a, b, c, most, least) => {
        const parts = [part(KEY, a, sum(documentsOf(a))), part(synthetic('x'), b, 0)];
        parts.push(part(unknown, c, Math.floor(sum(documentsOf(c)) / 2)));
        parts[1] = { ...parts[1]!, quota: Math.floor(sum(parts[1]!.documents) / 2) };
        const caps = [
          cap('most', { provenance: ['synthetic'], max: most, confidence: 0.95 }),
          cap('least', { provenance: ['human_authored'], min: least, confidence: 0.95 }),
        ];
        const { recipe, inventory, choices } = setUp(parts, { caps });
        const { dropped, breached } = trimToCaps(recipe, inventory, choices);
        expect(breached).toEqual([]);
        // Human text counts 0.05 as synthetic and 0.95 as human: it never has to leave.
        expect(choices[0]!.tokens).toBe(sum(parts[0]!.documents));
        const [h, s, u] = choices.map(({ tokens }) => tokens) as [number, number, number];
        expect(5 * h + 100 * (s + u)).toBeLessThanOrEqual(Math.round(most * 100) * (h + s + u));
        expect(95 * h).toBeGreaterThanOrEqual(Math.round(least * 100) * (h + s + u));
        if (dropped > 0) mended++;
      }),
      { seed: 14, numRuns: 100 },
    );
    expect(mended).toBeGreaterThan(50);
  });

  it('drops what mends a maximum share most tightly, not more', () => {
    const parts = [
      part(KEY, Array<number>(7).fill(100), 700),
      part(synthetic('x'), [150, 100, 30, 40], 320),
    ];
    const { recipe, inventory, choices } = setUp(parts, {
      caps: [cap('s', { provenance: ['synthetic'], max: 0.3 })],
    });
    const { dropped } = trimToCaps(recipe, inventory, choices);
    expect(choices[0]!.tokens).toBe(700);
    expect(choices[1]!.tokens / (choices[1]!.tokens + 700)).toBeLessThanOrEqual(0.3);
    expect(dropped).toBeLessThanOrEqual(2);
  });

  it('keeps a minimum share by dropping the others', () => {
    const parts = [
      part(KEY, Array<number>(6).fill(100), 600),
      part(synthetic('x'), Array<number>(20).fill(25), 425),
    ];
    const { recipe, inventory, choices } = setUp(parts, {
      caps: [cap('h', { provenance: ['human_authored'], min: 0.6 })],
    });
    expect(trimToCaps(recipe, inventory, choices)).toMatchObject({ dropped: 1, breached: [] });
    expect(choices.map(({ tokens }) => tokens)).toEqual([600, 400]);
  });

  it('goes into a whole pass where the cut one holds nothing that could leave', () => {
    const parts = [
      part(KEY, Array<number>(10).fill(100), 750),
      part(synthetic('x'), [80, 80], 321),
    ];
    const { recipe, inventory, choices } = setUp(parts, {
      caps: [cap('s', { provenance: ['synthetic'], max: 0.3 })],
    });
    expect(choices[1]).toMatchObject({ fullPasses: 2, tokens: 320 });
    expect(trimToCaps(recipe, inventory, choices)).toMatchObject({
      dropped: 1,
      breached: [],
      exhausted: false,
    });
    expect(choices.map(({ tokens }) => tokens)).toEqual([700, 240]);
    expectCounted(choices[1]!, parts[1]!.documents);
  });

  it('says which minimum no removal can mend', () => {
    const parts = [part(KEY, [100, 100], 150)];
    const { recipe, inventory, choices } = setUp(parts, { caps: [cap('m', { minTokens: 120 })] });
    const { breached, exhausted } = trimToCaps(recipe, inventory, choices);
    expect(breached).toMatchObject([{ capId: 'm', kind: 'min_tokens', kept: false }]);
    expect(exhausted).toBe(false);
  });

  it('keeps the share of every model family', () => {
    const families = ['x', 'y', 'z'].map((family, i) =>
      part(synthetic(family), [60, 50, 40 + i, 30, 20], 110 + 30 * i),
    );
    const { recipe, inventory, choices } = setUp(families, {
      modelFamilies: { minCount: 3, maxShare: 0.4 },
    });
    expect(trimToCaps(recipe, inventory, choices).breached).toEqual([]);
    const whole = choices.reduce((total, { tokens }) => total + tokens, 0);
    for (const { tokens } of choices) expect(tokens / whole).toBeLessThanOrEqual(0.4);
  });
});
