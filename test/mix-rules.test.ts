/** From a recipe to whole documents: the plan's quotas, the documents under them, and every rule on those. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ranked, StratumChoice } from '../core/mix/choose.js';
import { tallyOf, trimToCaps } from '../core/mix/trim.js';
import { capUsages } from '../core/plan/cap-usages.js';
import { certify } from '../core/plan/certificate.js';
import { planMix } from '../core/plan/plan-mix.js';
import { stratumKeyFrom } from '../core/plan/stratum.js';
import type { Inventory, OptimalPlan, PreviousMix } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import { createHighs } from '../engines/highs.js';
import { documentsOf, passes, sum, windowOf } from './mix-fixture.js';
import { cap, feeGrant, recipeOf, sourceOf, stratum } from './plan-fixture.js';

const solver = await createHighs();

interface Corpus {
  readonly inventory: Inventory;
  readonly documents: readonly (readonly Ranked[])[];
}

/** `a x h anchored=yes` and the sizes of its documents, one line per stratum. */
function corpusOf(lines: readonly (readonly [line: string, sizes: readonly number[]])[]): Corpus {
  const documents = lines.map(([line, sizes]) => documentsOf(sizes, line.split(' ')[0]));
  const strata = lines.map(([line, sizes], i) => {
    const [source, domain, label, ...options] = line.split(' ');
    return {
      ...stratum([source, domain, label, sum(documents[i]!), ...options].join(' ')),
      ...{ documents: sizes.length, tokensMax: Math.max(...sizes), tokensMin: Math.min(...sizes) },
    };
  });
  return {
    inventory: { schemaVersion: 1, strata, leftOut: [], sources: [], previous: null },
    documents,
  };
}

/** The corpus after a version that held `before` tokens of each stratum, and its human text. */
function withPast({ inventory, documents }: Corpus, before: readonly number[], absent = 0): Corpus {
  const anchored = inventory.strata.filter((row) => row.anchored);
  const tokens = anchored.reduce((total, row) => total + row.tokens, 0);
  const previous: PreviousMix = {
    version: '2026.05.01',
    strata: inventory.strata.map((row, i) => {
      return { ...stratumKeyFrom({ ...row, anchored: false }), tokens: before[i]! };
    }),
    anchor: {
      ...{ version: '2026.05.01', documents: 9, tokens: tokens + absent, tokensUsable: tokens },
      ...{ absent: { documents: absent === 0 ? 0 : 1, tokens: absent }, lost: [] },
    },
  };
  return { inventory: { ...inventory, previous }, documents };
}

interface Written {
  readonly plan: OptimalPlan;
  readonly recipe: Recipe;
  readonly choices: readonly StratumChoice[];
  readonly trimmed: ReturnType<typeof trimToCaps>;
}

/** Plans and selects; null where nothing can be planned. */
async function write(corpus: Corpus, given: Partial<Recipe>): Promise<Written | null> {
  const { inventory, documents } = corpus;
  const recipe = recipeOf(inventory, given);
  const plan = await planMix(recipe, inventory, 'f', solver);
  expect(certify(recipe, inventory, plan)).toEqual([]);
  if (plan.status !== 'optimal') return null;
  const choices = inventory.strata.map((row, i) => {
    const key = stratumKeyFrom(row);
    const quota = plan.allocations.find(
      (a) => JSON.stringify(stratumKeyFrom(a)) === JSON.stringify(key),
    )!.tokensAllocated;
    return new StratumChoice(windowOf(documents[i]!, quota, key));
  });
  return { plan, recipe, choices, trimmed: trimToCaps(recipe, inventory, choices) };
}

const broken = ({ recipe, choices }: Written, { inventory }: Corpus) =>
  capUsages(recipe, tallyOf(choices), inventory).filter(({ kept }) => !kept);
const anchor = (minShare: number) => ({ keepHumanOf: 'previous', minShare });

const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 8, maxLength: 40 });
const anyCorpus = fc.tuple(sizes, sizes, sizes, sizes).map(([a, b, c, d]) =>
  corpusOf([
    ['a x h anchored=yes', a],
    ['b x h', b],
    ['c x s:m1', c],
    ['d y h anchored=yes', d],
  ]),
);

describe('the anchor on whole documents', () => {
  it('keeps every document where all of the text stays', async () => {
    const caps = [cap('syn', { domain: 'x', provenance: ['synthetic'], max: 0.3 })];
    let trims = 0;
    await fc.assert(
      fc.asyncProperty(anyCorpus, async (corpus) => {
        const past = withPast(corpus, [1, 1, 1, 1]);
        const tokens = past.inventory.strata.map((row) => row.tokens);
        const tokenBudget = tokens[0]! + tokens[3]! + Math.floor((tokens[1]! + tokens[2]!) / 2);
        const written = await write(past, { tokenBudget, caps, anchor: anchor(1) });
        expect(broken(written!, past)).toEqual([]);
        expect(written!.choices[0]!.documents).toBe(past.documents[0]!.length);
        expect(written!.choices[3]!.documents).toBe(past.documents[3]!.length);
        trims += written!.trimmed.dropped;
      }),
      { numRuns: 60, seed: 61 },
    );
    expect(trims).toBeGreaterThan(10);
  });

  it('keeps the least below all of it, wherever the plan had room for documents', async () => {
    let [roomy, partial] = [0, 0];
    const share = fc.constantFrom(0.3, 0.5, 0.8);
    await fc.assert(
      fc.asyncProperty(anyCorpus, share, fc.nat(30), async (corpus, minShare, absent) => {
        const past = withPast(corpus, [1, 1, 1, 1], absent);
        const tokens = past.inventory.strata.map((row) => row.tokens);
        const human = tokens[0]! + tokens[3]!;
        const written = await write(past, {
          tokenBudget: Math.floor(human * minShare) + tokens[1]! + tokens[2]!,
          sources: [
            sourceOf('a', { value: 0 }),
            sourceOf('d', { value: 0 }),
            sourceOf('b'),
            sourceOf('c'),
          ],
          targetShares: { x: 0.9, y: 0.1 },
          targetTolerances: { x: 0.1, y: 0.1 },
          anchor: anchor(minShare),
        });
        if (written === null || / anchor has /.test(written.plan.notes.join())) return;
        roomy++;
        expect(broken(written, past)).toEqual([]);
        if (written.choices[0]!.documents < past.documents[0]!.length) partial++;
      }),
      { numRuns: 80, seed: 62 },
    );
    expect(roomy).toBeGreaterThan(40);
    expect(partial).toBeGreaterThan(30);
  });

  it('gives way to no cap: a cap that only anchored documents could mend is breached, and said to be', () => {
    const corpus = withPast(
      corpusOf([
        ['a x h anchored=yes', [100, 100, 100]],
        ['b x h', [90, 90, 90]],
      ]),
      [1, 1],
    );
    const recipe = recipeOf(corpus.inventory, {
      anchor: anchor(1),
      caps: [cap('a', { source: 'a', max: 0.6 })],
    });
    const choices = corpus.documents.map(
      (documents, i) =>
        new StratumChoice(
          windowOf(documents, i === 0 ? 300 : 200, stratumKeyFrom(corpus.inventory.strata[i]!)),
        ),
    );
    expect(choices.map(({ tokens }) => tokens)).toEqual([300, 180]);
    const { breached, dropped } = trimToCaps(recipe, corpus.inventory, choices);
    expect(breached.map(({ capId }) => capId)).toEqual(['a']);
    expect(dropped).toBe(0);
    expect(choices[0]!.tokens).toBe(300);
  });

  it('lets go of second copies, which keep nothing', () => {
    const corpus = withPast(corpusOf([['a x h anchored=yes', [100, 100, 100]]]), [1]);
    const recipe = recipeOf(corpus.inventory, {
      ...{ anchor: anchor(1), maxRepetitionFactor: 2 },
      caps: [cap('few', { source: 'a', maxTokens: 400 })],
    });
    const key = stratumKeyFrom(corpus.inventory.strata[0]!);
    const choices = [new StratumChoice(windowOf(corpus.documents[0]!, 600, key))];
    expect(trimToCaps(recipe, corpus.inventory, choices)).toMatchObject({
      dropped: 2,
      breached: [],
    });
    expect(choices[0]!.tokens).toBe(400);
  });
});

describe('other rules on whole documents', () => {
  it('churn is kept by letting go of documents of what grew', async () => {
    let trims = 0;
    await fc.assert(
      fc.asyncProperty(anyCorpus, fc.constantFrom(0.1, 0.2), async (corpus, churnMax) => {
        const past = withPast(corpus, [100, 50, 50, 100]);
        const written = await write(past, {
          tokenBudget: 600,
          churnMax,
          sources: [sourceOf('a', { value: 0 }), sourceOf('b'), sourceOf('c'), sourceOf('d')],
          targetShares: { x: 0.5, y: 0.5 },
        });
        if (written === null) return;
        expect(broken(written, past)).toEqual([]);
        trims += written.trimmed.dropped;
      }),
      { numRuns: 80, seed: 63 },
    );
    expect(trims).toBeGreaterThan(20);
  });

  it('what must not fall is not touched: trimming stops at the least part of the budget', () => {
    const corpus = corpusOf([
      ['a x h', [300]],
      ['c x s:m1', [100, 100, 100]],
    ]);
    const at = (minBudgetShare: number) => {
      const recipe = recipeOf(corpus.inventory, {
        ...{ tokenBudget: 600, minBudgetShare },
        caps: [cap('syn', { provenance: ['synthetic'], max: 0.4 })],
      });
      const choices = corpus.documents.map(
        (documents, i) =>
          new StratumChoice(windowOf(documents, 300, stratumKeyFrom(corpus.inventory.strata[i]!))),
      );
      return trimToCaps(recipe, corpus.inventory, choices);
    };
    expect(at(0.8)).toMatchObject({ dropped: 1, breached: [] });
    expect(at(0.9)).toMatchObject({ dropped: 0, breached: [{ capId: 'syn' }], exhausted: false });
  });

  it('documents that are paid one by one and are more than expected leave until the money holds', async () => {
    let trims = 0;
    await fc.assert(
      fc.asyncProperty(sizes, sizes, async (a, b) => {
        const corpus = corpusOf([
          ['a x h', a],
          ['b x h grant=paid', b],
        ]);
        const written = await write(corpus, {
          tokenBudget: 5000,
          grants: [feeGrant('paid', { perDocument: '1.00', fixed: '2.00' })],
          licenceBudget: { currency: 'USD', amount: '7.50', rates: {} },
        });
        expect(broken(written!, corpus)).toEqual([]);
        trims += written!.trimmed.dropped;
      }),
      { numRuns: 60, seed: 64 },
    );
    expect(trims).toBeGreaterThan(5);
  });

  it('fractional repetition is floor(factor x available) in the plan and never more in documents', async () => {
    const factor = fc.constantFrom(0.3, 1.67, 2.5, 3.01);
    await fc.assert(
      fc.asyncProperty(sizes, sizes, factor, factor, async (a, b, own, mixWide) => {
        const corpus = corpusOf([
          ['a x h', a],
          ['b x h', b],
        ]);
        const { plan, choices } = (await write(corpus, {
          tokenBudget: 1_000_000,
          maxRepetitionFactor: mixWide,
          sources: [sourceOf('a', { maxRepetitionFactor: own }), sourceOf('b')],
        }))!;
        [own, mixWide].forEach((most, i) => {
          const hundredths = BigInt(Math.round(most * 100));
          const available = corpus.inventory.strata[i]!.tokens;
          const limit = Number((hundredths * BigInt(available)) / 100n);
          expect(plan.allocations[i]!.tokensAllocated).toBe(limit);
          expect(choices[i]!.tokens).toBeLessThanOrEqual(limit);
          const found = [...passes(choices[i]!, corpus.documents[i]!).values()];
          expect(Math.max(...found)).toBeLessThanOrEqual(Math.ceil(most));
          expect(Math.min(...found)).toBeGreaterThanOrEqual(Math.floor(most));
        });
      }),
      { numRuns: 40, seed: 65 },
    );
  });
});
