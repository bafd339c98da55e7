/** The certificate of a selection accepts what is chosen, and catches each way of tampering with it. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { certifySelection } from '../core/mix/certify-selection.js';
import { type Ranked, StratumChoice } from '../core/mix/choose.js';
import { rankKey, rankOf } from '../core/mix/rank.js';
import { emptyStrata, selectedStrata } from '../core/mix/selected-strata.js';
import { trimToCaps } from '../core/mix/trim.js';
import { planMix } from '../core/plan/plan-mix.js';
import type { Inventory, OptimalPlan, Stratum } from '../core/schema/plan.js';
import type { Recipe } from '../core/schema/recipe.js';
import type { Selection, StratumSelection } from '../core/schema/selection.js';
import { createHighs } from '../engines/highs.js';
import { cap, recipeOf, stratum } from './plan-fixture.js';

const highs = await createHighs();

/** Documents of these sizes, and the stratum that they are. */
function documentsOf(line: string, sizes: readonly number[]): { stratum: Stratum; list: Ranked[] } {
  const made = stratum(`${line} 1`);
  const key = rankKey(7, made.source + made.label + made.modelFamily);
  const list = sizes.map((tokens, i) => ({ id: `d${i}`, rank: rankOf(key, `d${i}`), tokens }));
  const tokens = sizes.reduce((sum, size) => sum + size, 0);
  const [tokensMax, tokensMin] = [Math.max(...sizes), Math.min(...sizes)];
  return {
    stratum: { ...made, documents: sizes.length, tokens, tokensMax, tokensMin },
    list: list.sort((a, b) => a.rank - b.rank),
  };
}

interface Chosen {
  readonly recipe: Recipe;
  readonly inventory: Inventory;
  readonly plan: OptimalPlan;
  readonly selection: Selection;
}

/** Plans and chooses as a build does, with every document listed. Null where no plan holds. */
async function chooseFrom(
  parts: readonly ReturnType<typeof documentsOf>[],
  given: Partial<Recipe>,
): Promise<Chosen | null> {
  const leftOut = [
    { source: 'a', domain: 'x', reason: 'holdout', documents: 2, tokens: 30 },
    { source: 'a', domain: 'x', reason: 'duplicate', documents: 9, tokens: 900 },
  ];
  const strata = parts.map((part) => part.stratum);
  const inventory: Inventory = { schemaVersion: 1, strata, leftOut, sources: [], previous: null };
  const recipe = recipeOf(inventory, given);
  const plan = await planMix(recipe, inventory, 'f', highs);
  if (plan.status !== 'optimal') return null;
  const choices = parts.map(({ stratum: key, list }, i) => {
    const quota =
      plan.allocations.find(
        (a) =>
          a.source === key.source && a.label === key.label && a.modelFamily === key.modelFamily,
      )?.tokensAllocated ?? 0;
    const available = { tokens: key.tokens, documents: key.documents };
    return new StratumChoice({
      ...{ key: strata[i]!, quota, available, base: { tokens: 0, documents: 0 } },
      ...{ window: quota === 0 ? [] : list, windowEnd: quota === 0 ? 0 : 1 },
    });
  });
  const { breached } = trimToCaps(recipe, inventory, choices);
  if (breached.length > 0) return null;
  const selected = selectedStrata(choices);
  const selection: Selection = {
    ...{ schemaVersion: 1, seed: recipe.seed, strata: selected, trainShards: 1, holdoutShards: 1 },
    holdout: { documents: 2, tokens: 30 },
    notes: emptyStrata(selected, inventory),
  };
  return { recipe, inventory, plan, selection };
}

const SIZES = [90, 40, 70, 55, 20, 85, 35, 60, 75, 45];
const chosen = (await chooseFrom(
  [
    documentsOf(
      'a x h',
      SIZES.map((n) => n + 3),
    ),
    documentsOf('b x h', [180, 30, 14, 160, 9, 11, 150, 25]),
    documentsOf('g x s:m1', SIZES),
    documentsOf('g x s:m2', [300, 280]),
    documentsOf('p x u', [400, 390]),
  ],
  {
    tokenBudget: 2400,
    maxRepetitionFactor: 2,
    caps: [
      cap('syn', { provenance: ['synthetic'], max: 0.3 }),
      cap('unknown', { provenance: ['unknown'], max: 0.1 }),
    ],
  },
))!;

const certified = (selection: Selection) =>
  certifySelection(chosen.recipe, chosen.inventory, chosen.plan, selection);
const strataOf = ({ strata }: Selection, source: string, family = '') =>
  strata.find((s) => s.source === source && s.modelFamily === family)!;

describe('a selection', () => {
  it('has no complaint, with documents trimmed, passes repeated and a stratum that came out empty', () => {
    expect(certified(chosen.selection)).toEqual([]);
    const { strata, notes } = chosen.selection;
    expect(strata.some(({ documentsTrimmed }) => documentsTrimmed > 0)).toBe(true);
    expect(strata.some(({ fullPasses }) => fullPasses > 0)).toBe(true);
    expect(strata.some(({ extras }) => extras.length > 0)).toBe(true);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      /^p \/ x \/ unknown \/ open: \d+ tokens planned, none written: its smallest document has 390$/,
    );
  });

  it('of random strata, sizes, caps and epochs never has one', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 25 });
    let judged = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(sizes, sizes, sizes),
        fc.constantFrom(0.5, 1, 1.67, 3),
        fc.constantFrom(0.1, 0.3, 0.6),
        fc.integer({ min: 50, max: 6000 }),
        async ([h, s, u], maxRepetitionFactor, max, tokenBudget) => {
          const parts = [
            documentsOf('a x h', h),
            documentsOf('g x s:m1', s),
            documentsOf('p x u', u),
          ];
          const caps = [
            cap('syn', { provenance: ['synthetic'], max }),
            cap('people', { provenance: ['human_authored'], min: 0.5 }),
          ];
          const found = await chooseFrom(parts, { maxRepetitionFactor, tokenBudget, caps });
          if (found === null) return;
          judged++;
          const { recipe, inventory, plan, selection } = found;
          expect(certifySelection(recipe, inventory, plan, selection)).toEqual([]);
        },
      ),
      { seed: 31, numRuns: 150 },
    );
    expect(judged).toBeGreaterThan(100);
  });
});

type Draft = { -readonly [K in keyof StratumSelection]: StratumSelection[K] };

/** What is changed in a copy of the selection, and what the complaint says. */
const MUTATIONS: readonly (readonly [
  title: string,
  change: (s: Selection) => void,
  says: RegExp,
])[] = [
  [
    'one token more than its quota',
    (s) => {
      strataOf(s, 'a').tokensSelected = strataOf(s, 'a').tokensPlanned + 1;
    },
    /pass the quota/,
  ],
  [
    'a quota raised by a token',
    (s) => {
      strataOf(s, 'g', 'm1').tokensPlanned += 1;
    },
    /the plan/,
  ],
  [
    'a document too many',
    (s) => {
      strataOf(s, 'g', 'm1').documentsSelected += 20;
    },
    /whole passes|cannot have/,
  ],
  [
    'documents of no tokens',
    (s) => {
      strataOf(s, 'p').documentsSelected = 1;
    },
    /cannot have/,
  ],
  [
    'half a token',
    (s) => {
      strataOf(s, 'a').tokensSelected += 0.5;
    },
    /no counts/,
  ],
  [
    'a negative count',
    (s) => {
      strataOf(s, 'p').documentsSelected = -1;
    },
    /no counts/,
  ],
  [
    'fewer tokens available than there are',
    (s) => {
      strataOf(s, 'p').tokensAvailable -= 1;
    },
    /the inventory 790/,
  ],
  [
    'a pass too few',
    (s) => {
      strataOf(s, 'a').fullPasses -= 1;
    },
    /whole passes/,
  ],
  [
    'a pass too many',
    (s) => {
      strataOf(s, 'a').fullPasses += 1;
    },
    /whole passes/,
  ],
  [
    'a whole stratum left out of its passes',
    (s) => {
      Object.assign(strataOf(s, 'a'), {
        fullPasses: 0,
        tokensSelected: 0,
        documentsSelected: 0,
        extras: [],
        threshold: 0,
      });
    },
    /below its quota/,
  ],
  [
    'documents dropped without a word',
    (s) => {
      const of: Draft = strataOf(s, 'a');
      Object.assign(of, {
        tokensSelected: of.tokensAvailable,
        documentsSelected: 10,
        fullPasses: 0,
        extras: [],
        threshold: 1,
      });
    },
    /below its quota/,
  ],
  [
    'documents said to be trimmed that stand there',
    (s) => {
      const of: Draft = strataOf(s, 'a');
      of.tokensTrimmed += 60;
      of.documentsTrimmed += 1;
    },
    /pass the quota/,
  ],
  [
    'trimmed documents without tokens',
    (s) => {
      strataOf(s, 'p').documentsTrimmed = 1;
    },
    /trimmed/,
  ],
  [
    'a filler twice',
    (s) => {
      const of = s.strata.find(({ extras }) => extras.length > 0)!;
      of.extras = [...of.extras, of.extras[0]!];
    },
    /fill its gap/,
  ],
  [
    'more fillers than documents',
    (s) => {
      strataOf(s, 'p').extras = ['d0'];
    },
    /fill its gap/,
  ],
  [
    'a cut that chooses nothing',
    (s) => {
      const of = s.strata.find(
        ({ documentsSelected, extras, fullPasses }) =>
          documentsSelected - 10 * fullPasses > extras.length,
      )!;
      of.threshold = 0;
    },
    /a cut at 0/,
  ],
  [
    'a stratum twice',
    (s) => {
      s.strata.push({ ...s.strata[0]! });
    },
    /stands twice/,
  ],
  [
    'a stratum missing',
    (s) => {
      s.strata.splice(2, 1);
    },
    /missing in the selection/,
  ],
  [
    'a stratum that nobody knows',
    (s) => {
      strataOf(s, 'p').grantId = 'other';
    },
    /not in the inventory/,
  ],
  [
    'a stratum called anchored',
    (s) => {
      strataOf(s, 'a').anchored = true;
    },
    /not in the inventory/,
  ],
  [
    'an empty stratum unsaid',
    (s) => {
      s.notes.pop();
    },
    /notes/,
  ],
  [
    'an empty stratum that is none',
    (s) => {
      s.notes.push('a / x: empty');
    },
    /notes/,
  ],
  [
    'another seed',
    (s) => {
      s.seed = 8;
    },
    /seed 8/,
  ],
  [
    'a holdout of fewer tokens',
    (s) => {
      s.holdout.tokens -= 1;
    },
    /holdout/,
  ],
  [
    'a holdout without a file',
    (s) => {
      s.holdoutShards = 0;
    },
    /holdout: no file/,
  ],
  [
    'no file for the training rows',
    (s) => {
      s.trainShards = 0;
    },
    /training rows/,
  ],
];

describe('the certificate catches', () => {
  test.each(MUTATIONS)('%s', (_title, change, says) => {
    const selection = structuredClone(chosen.selection);
    change(selection);
    expect(certified(selection).join('\n')).toMatch(says);
  });

  it('a cap broken by the documents that should have left', () => {
    const selection = structuredClone(chosen.selection);
    const of = selection.strata.find(({ documentsTrimmed }) => documentsTrimmed > 0)!;
    of.tokensSelected += of.tokensTrimmed;
    of.documentsSelected += of.documentsTrimmed;
    Object.assign(of, { tokensTrimmed: 0, documentsTrimmed: 0 });
    expect(certified(selection).join('\n')).toMatch(/cap syn \(max_share\).* on whole documents/);
  });

  it('documents that left though every cap holds with them', () => {
    const { recipe, inventory, plan, selection } = chosen;
    const loose = {
      ...recipe,
      caps: recipe.caps.map((c) => ({ ...c, limit: { kind: 'max_share' as const, share: 0.9 } })),
    };
    expect(certifySelection(loose, inventory, plan, selection).join()).toContain(
      'every cap holds with them',
    );
  });
});
