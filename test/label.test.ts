/** Labels: what counts as evidence, what a label needs, and what stays unknown. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLUSTER_KINDS } from '../core/cluster/template.js';
import { decideLabel } from '../core/label/decide.js';
import { labelDocument } from '../core/label/label-document.js';
import type { LabelInput } from '../core/label/label-input.js';
import { matchesPattern } from '../core/label/label-input.js';
import { createLabeller } from '../core/label/labeller.js';
import { conflictOf, posteriorOf } from '../core/label/posterior.js';
import { dayOf, isoOfDay } from '../core/schema/calendar.js';
import type { AllowList, Evidence, EvidenceTier, Label } from '../core/schema/index.js';
import {
  EVIDENCE_FAMILIES,
  LABELS,
  TRUTH_LABELS,
  verdict as verdictSchema,
} from '../core/schema/index.js';
import { parseDate } from '../core/schema/parse-date.js';
import {
  allowListOf,
  contextOf,
  declaring,
  POLICY,
  reviewOf,
  rowOf,
  sourceOf,
} from './label-fixture.js';

const byField = sourceOf({
  provenance: {
    ...{ kind: 'field', field: 'kind', map: { human: 'human_authored', ai: 'synthetic' } },
    by: 'publisher',
  },
});

const OLD = { source: 'a', id: '7', created: '2001-01-01' };
const NEAR = { ...OLD, jaccard: 0.9, containment: 0.95, isDirect: true };
const COPIES = { kind: 'copies', texts: 2, leader: null, speaker: null, opposing: [] } as const;
const NONE = contextOf();
const LISTED = contextOf({ allowLists: [allowListOf()] });

/** `label`, or `unknown/reason`. */
function outcome(row: LabelInput, context = NONE): string {
  const verdict = verdictSchema.parse(labelDocument(row, context));
  return verdict.label === 'unknown' ? `unknown/${verdict.unknownReason}` : verdict.label;
}

describe('a document', () => {
  it('of which nothing is known is unknown, with an even posterior', () => {
    const verdict = labelDocument(rowOf(), NONE);
    expect(verdict).toMatchObject({ label: 'unknown', unknownReason: 'no_evidence', evidence: [] });
    expect(verdict.posterior).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });

  it.each([
    ['human_authored', 'human_authored'],
    ['human_edited', 'human_edited'],
    ['synthetic', 'synthetic'],
    ['unknown', 'unknown/no_evidence'],
  ] as const)('whose source declares %s is %s', (label, expected) => {
    expect(outcome(rowOf({ source: declaring(label) }))).toBe(expected);
  });

  it.each([
    ['human', 'human_authored'],
    [' ai ', 'synthetic'],
    ['human_edited', 'human_edited'],
    ['unknown', 'unknown/no_evidence'],
    ['robot', 'unknown/no_evidence'],
    ['toString', 'unknown/no_evidence'],
    ['', 'unknown/no_evidence'],
    [null, 'unknown/no_evidence'],
  ])('whose field says %s is %s', (provenanceValue, expected) => {
    expect(outcome(rowOf({ source: byField, provenanceValue }))).toBe(expected);
  });

  it.each([
    ['warranty', 'human_authored', 'T1', 9, 'human_authored'],
    ['warranty', 'human_edited', 'T1', 9, 'human_edited'],
    ['warranty', 'synthetic', 'T1', 9, 'synthetic'],
    ['publisher', 'human_authored', 'T2', Math.log(100), 'human_authored'],
    ['publisher', 'human_edited', 'T2', Math.log(100), 'human_edited'],
    ['publisher', 'synthetic', 'T2', Math.log(100), 'synthetic'],
    ['collector', 'human_authored', 'T3', Math.log(3), 'unknown/weak'],
    ['collector', 'human_edited', 'T2', Math.log(100), 'human_edited'],
    ['collector', 'synthetic', 'T2', Math.log(100), 'synthetic'],
  ] as const)('on the word of its %s, %s, hears %s', (by, label, tier, strength, expected) => {
    const row = rowOf({ source: declaring(label, by) });
    expect(outcome(row)).toBe(expected);
    const [evidence, ...more] = labelDocument(row, NONE).evidence;
    expect(more).toEqual([]);
    expect(evidence).toMatchObject({ tier, supports: label, direction: 'for', span: null });
    expect(evidence!.strength).toBeCloseTo(strength, 12);
    expect(evidence!.detail).toContain(by === 'warranty' ? 'contract' : by);
  });

  it('declared human by its collector stays unknown, however many rows say so, until a list helps', () => {
    const source = declaring('human_authored', 'collector');
    expect(outcome(rowOf({ source, created: '2020-01-01' }))).toBe('unknown/weak');
    expect(outcome(rowOf({ source, created: '2020-01-01' }), LISTED)).toBe('human_authored');
  });

  it.each([
    ['2022-11-29', 'human_authored'],
    ['2022-11-30', 'unknown/no_evidence'],
    ['13-Jun-2000', 'human_authored'],
    ['2030-01-01', 'unknown/no_evidence'],
    ["fill me in with today's date", 'unknown/no_evidence'],
    ['', 'unknown/no_evidence'],
    [null, 'unknown/no_evidence'],
  ])('of %s under an allow-list before 2022-11-30 is %s', (created, expected) => {
    expect(outcome(rowOf({ created }), LISTED)).toBe(expected);
  });

  it('gets nothing from an allow-list from its expiry on, and the reason stays visible', () => {
    const row = rowOf({ created: '2020-01-01' });
    const on = (asOf: string) =>
      labelDocument(row, contextOf({ allowLists: [allowListOf()] }, asOf));
    expect(on('2027-06-29').label).toBe('human_authored');
    expect(on('2027-06-30')).toMatchObject({
      label: 'unknown',
      unknownReason: 'no_evidence',
      evidence: [{ reason: 'allow_list_expired', strength: 0, field: 'allow_lists[0]' }],
    });
  });

  it.each([
    [{ url: 'https://a.org/2019/*' }, { url: 'https://a.org/2019/x' }, true],
    [{ url: 'https://a.org/2019/*' }, { url: 'HTTPS://A.ORG/2019/X' }, true],
    [{ url: 'https://a.org/2019/*' }, { url: 'https://b.org/2019/x' }, false],
    [{ url: 'https://a.org/2019/*' }, { url: null }, false],
    [{ author: 'Ada *' }, { author: ' Ada Lovelace ' }, true],
    [{ author: 'Ada *' }, { author: 'Charles Babbage' }, false],
    [{ author: 'Ada *' }, { author: null }, false],
    [{ url: '*a.org*', author: '*Lovelace' }, { url: 'a.org/1', author: 'Ada Lovelace' }, true],
    [{ url: '*a.org*', author: '*Lovelace' }, { url: 'a.org/1', author: null }, false],
  ] as const)('under an allow-list of %o, with %o, is listed: %s', (patterns, has, isListed) => {
    const { url = null, author = null }: { url?: string | null; author?: string | null } = has;
    const platform =
      author === null ? [] : [{ role: 'author' as const, field: 'byline', value: author }];
    const row = rowOf({ created: '2020-01-01', url, platform });
    const context = contextOf({ allowLists: [allowListOf(patterns)] });
    expect(outcome(row, context)).toBe(isListed ? 'human_authored' : 'unknown/no_evidence');
    const heard = labelDocument(row, context).evidence.filter((e) => e.family === 'allow_list');
    expect(heard).toHaveLength(isListed ? 1 : 0);
    if (isListed) expect(heard[0]!.detail).toContain(Object.values(patterns)[0]);
  });

  it('gets nothing from the allow-list of another source', () => {
    const row = rowOf({ created: '2020-01-01', source: sourceOf({ name: 'other' }) });
    expect(outcome(row, LISTED)).toBe('unknown/no_evidence');
  });

  it('listed as human and declared synthetic is a conflict that shows both sides', () => {
    const row = rowOf({ source: declaring('synthetic'), created: '2020-01-01' });
    const verdict = labelDocument(row, LISTED);
    expect(verdict).toMatchObject({ label: 'unknown', unknownReason: 'conflict' });
    expect(verdict.evidence.map((e) => e.supports)).toEqual(['synthetic', 'human_authored']);
  });

  it('listed and declared human is surer than by either alone', () => {
    const row = rowOf({ source: declaring('human_authored'), created: '2020-01-01' });
    const both = labelDocument(row, LISTED).posterior[0];
    expect(labelDocument(row, NONE).posterior[0]).toBeCloseTo(100 / 102, 12);
    expect(both).toBeCloseTo(10_000 / 10_002, 12);
  });

  it.each([
    ['a leader while nobody speaks', 'synthetic', false, 'unknown/no_evidence', 'duplicate_of'],
    ['an older labelled text', 'synthetic', true, 'synthetic', 'older_copy_says'],
  ] as const)('that copies %s', (_title, label, speaks, expected, reason) => {
    const leader = { ...NEAR, label };
    const row = rowOf({ cluster: { ...COPIES, leader, speaker: speaks ? leader : null } });
    expect(outcome(row)).toBe(expected);
    const [evidence, ...more] = labelDocument(row, NONE).evidence;
    expect(more).toEqual([]);
    expect(evidence).toMatchObject({ reason, tier: 'T2', field: 'cluster' });
    expect(evidence!.detail).toContain('near-duplicate of a/7 of 2001-01-01');
  });

  it.each([
    ['human_authored', 'synthetic', 'unknown/conflict'],
    ['synthetic', 'human_authored', 'unknown/conflict'],
    ['human_authored', 'human_authored', 'human_authored'],
  ] as const)('declared %s and copied from an older %s one is %s', (own, older, expected) => {
    const speaker = { ...NEAR, label: older };
    const cluster = { ...COPIES, leader: speaker, speaker };
    const row = rowOf({ source: declaring(own), cluster });
    expect(outcome(row)).toBe(expected);
  });

  it('whose equal text has another label is a conflict, for the leader too, and names the copy', () => {
    const opposing = [{ source: 'b', id: '8', created: null, label: 'synthetic' as const }];
    for (const leader of [null, { ...NEAR, label: 'synthetic' as const }]) {
      const cluster = { ...COPIES, leader, opposing };
      const row = rowOf({ source: declaring('human_authored'), cluster });
      expect(outcome(row)).toBe('unknown/conflict');
      expect(labelDocument(row, NONE).evidence.at(-1)).toMatchObject({
        reason: 'equal_text_says',
        supports: 'synthetic',
        detail: expect.stringContaining('the same text as b/8, which is synthetic'),
      });
    }
    const speaker = { ...NEAR, label: 'synthetic' as const };
    const cluster = { ...COPIES, leader: speaker, speaker, opposing };
    const row = rowOf({ source: declaring('human_authored'), cluster });
    expect(labelDocument(row, NONE).evidence.map(({ reason }) => reason)).toEqual([
      'declared_by_source',
      'older_copy_says',
    ]);
  });

  it('is what a person decided, against what its source declares', () => {
    const row = rowOf({
      source: declaring('synthetic'),
      reviews: [reviewOf({ label: 'human_authored', reason: 'I know the author' })],
    });
    expect(outcome(row)).toBe('human_authored');
    expect(labelDocument(row, NONE).evidence[0]).toMatchObject({
      ...{ family: 'review', tier: 'T1', reason: 'reviewed', field: 'packet 1' },
      detail: 'ada (self-declared): I know the author',
    });
  });

  it('is a conflict of two people who differ, and one finding of two who agree', () => {
    const of = (first: Label, second: Label) => {
      const ben = reviewOf({ reviewer: 'ben', label: second });
      return labelDocument(rowOf({ reviews: [reviewOf({ label: first }), ben] }), NONE);
    };
    expect(of('synthetic', 'human_authored')).toMatchObject({
      ...{ label: 'unknown', unknownReason: 'conflict' },
    });
    expect(of('synthetic', 'synthetic')).toMatchObject({ label: 'synthetic', conflict: 0 });
    const alone = labelDocument(rowOf({ reviews: [reviewOf({ label: 'synthetic' })] }), NONE);
    expect(of('synthetic', 'synthetic').posterior).toEqual(alone.posterior);
  });

  it('hears nothing from a reviewer who cannot tell, and shows that somebody was asked', () => {
    const row = rowOf({ reviews: [reviewOf({ label: 'unknown' })] });
    const verdict = labelDocument(row, NONE);
    expect(verdict).toMatchObject({ label: 'unknown', unknownReason: 'no_evidence', conflict: 0 });
    expect(verdict.posterior).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(verdict.evidence).toMatchObject([{ reason: 'reviewer_cannot_tell', strength: 0 }]);
    expect(outcome({ ...row, source: declaring('synthetic') })).toBe('synthetic');
  });

  it('takes edit direction and what transformed it from whoever reviewed it', () => {
    const edited = reviewOf({ label: 'human_edited', editDirection: 'ai_then_human' });
    const scanned = reviewOf({ reviewer: 'ben', transformedBy: ['ocr', 'machine_translation'] });
    expect(labelDocument(rowOf({ reviews: [edited] }), NONE)).toMatchObject({
      ...{ label: 'human_edited', editDirection: 'ai_then_human', transformedBy: [] },
    });
    expect(labelDocument(rowOf({ reviews: [scanned] }), NONE)).toMatchObject({
      ...{ label: 'human_authored', editDirection: null },
      transformedBy: ['machine_translation', 'ocr'],
    });
  });

  it('of which nothing is known was traced to no own model and is no loop', () => {
    expect(labelDocument(rowOf(), NONE)).toMatchObject({
      ...{ syntheticKind: null, transformedBy: [], lineageDepth: 0, loop: null, conflict: 0 },
    });
  });

  it('names a model family only if it is synthetic, and an edit direction only if edited', () => {
    const family = { modelFamily: { kind: 'field', field: 'f' } } as const;
    const of = (label: Label, modelFamilyValue: string | null) =>
      labelDocument(rowOf({ source: { ...declaring(label), ...family }, modelFamilyValue }), NONE);
    expect(of('synthetic', ' gpt ').modelFamily).toBe('gpt');
    expect(of('synthetic', ' ').modelFamily).toBeNull();
    expect(of('human_authored', 'gpt').modelFamily).toBeNull();
    expect(of('human_edited', null).editDirection).toBe('unknown');
    expect(of('synthetic', null).editDirection).toBeNull();
    const house = { kind: 'constant', value: 'house' } as const;
    const fixed = { ...declaring('synthetic'), modelFamily: house };
    expect(labelDocument(rowOf({ source: fixed }), NONE).modelFamily).toBe('house');
  });
});

function evidenceOf(
  tier: EvidenceTier,
  supports: Label,
  strength: number,
  family: Evidence['family'] = 'declaration',
): Evidence {
  const said = { reason: 'r', detail: 'd', field: 'f', span: null };
  return { family, tier, supports, direction: 'for', strength, ...said };
}

function judge(...evidence: Evidence[]): string {
  const decision = decideLabel(evidence, posteriorOf(evidence), POLICY);
  return decision.unknownReason === null ? decision.label : `unknown/${decision.unknownReason}`;
}

const anyEvidence = fc.record<Evidence>({
  family: fc.constantFrom(...EVIDENCE_FAMILIES),
  tier: fc.constantFrom('T1', 'T2', 'T3'),
  supports: fc.constantFrom(...LABELS),
  direction: fc.constantFrom('for', 'against'),
  strength: fc.double({ min: 0, max: 1e6, noNaN: true }),
  ...{ reason: fc.constant('r'), detail: fc.constant('d'), field: fc.constant('f') },
  span: fc.constant(null),
});

describe('the policy labels-v2', () => {
  it('counts a family once, however many signals it has', () => {
    const one = posteriorOf([evidenceOf('T2', 'synthetic', 4.7)]);
    const many = posteriorOf(Array(50).fill(evidenceOf('T2', 'synthetic', 4.7)));
    expect(many[2]).toBeCloseTo(one[2], 12);
    expect(many[2]).toBeCloseTo(100 / 102, 12);
  });

  it('never decides by weak evidence, and clamps all of it together', () => {
    const weak = (['declaration', 'allow_list', 'cluster'] as const).map((family) =>
      evidenceOf('T3', 'synthetic', 50, family),
    );
    expect(judge(...weak)).toBe('unknown/weak');
    expect(posteriorOf(weak)[2]).toBeCloseTo(20 / 22, 12);
  });

  it('needs more than a little of strong evidence', () => {
    expect(judge(evidenceOf('T2', 'synthetic', 1))).toBe('unknown/weak');
    expect(judge(evidenceOf('T2', 'synthetic', Math.log(39)))).toBe('synthetic');
  });

  it('lets one decisive witness stand against several strong ones, whatever the posterior', () => {
    const others = (['allow_list', 'platform', 'cluster'] as const).map((family) =>
      evidenceOf('T2', 'synthetic', 9, family),
    );
    const decisive = evidenceOf('T1', 'human_authored', 9, 'review');
    expect(posteriorOf([decisive, ...others])[0]).toBeLessThan(0.5);
    expect(judge(decisive, ...others)).toBe('human_authored');
    expect(conflictOf([decisive, ...others])).toBeGreaterThan(0.9);
  });

  it('lets decisive evidence beat strong, and calls two of one tier a conflict', () => {
    const strong = evidenceOf('T2', 'human_authored', 9, 'allow_list');
    expect(judge(evidenceOf('T1', 'synthetic', 9), strong)).toBe('synthetic');
    expect(judge(evidenceOf('T2', 'synthetic', 9), strong)).toBe('unknown/conflict');
    const other = evidenceOf('T1', 'human_authored', 9, 'cluster');
    expect(judge(evidenceOf('T1', 'synthetic', 9), other)).toBe('unknown/conflict');
  });

  it('keeps a strong label against weak evidence within its clamp, or says unknown', () => {
    const strong = evidenceOf('T2', 'human_authored', 9);
    expect(judge(strong, evidenceOf('T3', 'synthetic', 0.5))).toBe('human_authored');
    expect(judge(strong, evidenceOf('T3', 'synthetic', 50))).toBe('unknown/weak');
  });

  it('calls it a conflict where evidence of the same or a higher tier speaks against the label', () => {
    const strong = evidenceOf('T2', 'human_authored', 9, 'allow_list');
    const against = (tier: EvidenceTier, label: Label): Evidence => ({
      ...evidenceOf(tier, label, 4, 'date'),
      direction: 'against',
    });
    expect(judge(strong, against('T2', 'human_authored'))).toBe('unknown/conflict');
    expect(judge(strong, against('T1', 'human_authored'))).toBe('unknown/conflict');
    expect(judge(strong, against('T2', 'synthetic'))).toBe('human_authored');
    expect(judge(strong, against('T3', 'human_authored'))).toBe('unknown/weak');
    const decisive = evidenceOf('T1', 'human_authored', 9, 'review');
    expect(judge(decisive, against('T2', 'human_authored'))).toBe('human_authored');
    expect(judge(decisive, against('T1', 'human_authored'))).toBe('unknown/conflict');
    const alone = { ...against('T2', 'human_authored'), family: 'platform' as const };
    expect(judge(alone)).toBe('unknown/no_evidence');
    // Dates that contradict each other are a conflict by themselves.
    expect(judge(against('T2', 'human_authored'))).toBe('unknown/conflict');
  });

  it('takes from a class what speaks against it, and favours neither of the others', () => {
    const against = { ...evidenceOf('T2', 'synthetic', 3), direction: 'against' as const };
    const [human, edited, synthetic] = posteriorOf([against]);
    expect(human).toBe(edited);
    expect(Math.log(human / synthetic)).toBeCloseTo(3, 12);
    const both = posteriorOf([against, evidenceOf('T2', 'synthetic', 3)]);
    for (const share of both) expect(share).toBeCloseTo(1 / 3, 12);
  });

  it('needs the posterior that the recipe asks for', () => {
    const evidence = [evidenceOf('T2', 'synthetic', Math.log(39))];
    const at = (synthetic: number) =>
      decideLabel(evidence, posteriorOf(evidence), {
        thresholds: { ...POLICY.thresholds, synthetic },
      });
    expect(posteriorOf(evidence)[2]).toBeCloseTo(39 / 41, 12);
    expect(at(0.951)).toEqual({ label: 'synthetic', unknownReason: null });
    expect(at(0.952)).toEqual({ label: 'unknown', unknownReason: 'weak' });
  });

  it('gives a posterior that sums to 1 and does not depend on the order of evidence', () => {
    fc.assert(
      fc.property(fc.array(anyEvidence, { maxLength: 8 }), (evidence) => {
        const forward = posteriorOf(evidence);
        const backward = posteriorOf(evidence.toReversed());
        expect(forward[0] + forward[1] + forward[2]).toBeCloseTo(1, 12);
        for (let c = 0; c < 3; c++) expect(backward[c]!).toBeCloseTo(forward[c]!, 9);
      }),
      { seed: 7 },
    );
  });
});

describe('the conflict of witnesses', () => {
  const sides = (tier: EvidenceTier, strength: number) => [
    evidenceOf(tier, 'synthetic', strength, 'own_output'),
    evidenceOf(tier, 'human_authored', strength, 'review'),
  ];

  it('is the product of two opposed beliefs: near 1 for decisive ones, small for weak ones', () => {
    // K of two opposed witnesses of strength s: (1 - e^-s)^2.
    expect(conflictOf(sides('T1', 9))).toBeCloseTo((1 - Math.exp(-9)) ** 2, 12);
    expect(conflictOf(sides('T2', 9))).toBeCloseTo(0.99 ** 2, 12);
    expect(conflictOf(sides('T2', 0.1))).toBeCloseTo((1 - Math.exp(-0.1)) ** 2, 12);
    const weak = evidenceOf('T3', 'human_authored', 0.2, 'text_statistics');
    const mixed = conflictOf([evidenceOf('T1', 'synthetic', 9), weak]);
    expect(mixed).toBeCloseTo((1 - Math.exp(-9)) * (1 - Math.exp(-0.2)), 12);
  });

  it('counts what speaks against a label that another witness is for', () => {
    const strong = evidenceOf('T2', 'human_authored', 3, 'allow_list');
    const against = {
      ...evidenceOf('T2', 'human_authored', 4, 'date'),
      direction: 'against' as const,
    };
    const expected = (1 - Math.exp(-3)) * (1 - Math.exp(-4));
    expect(conflictOf([strong, against])).toBeCloseTo(expected, 12);
    expect(conflictOf([strong, { ...against, supports: 'synthetic' }])).toBeCloseTo(0, 12);
  });

  it('is 0 for one witness, and for any number that agree', () => {
    const inAgreement = fc.tuple(fc.constantFrom(...TRUTH_LABELS), fc.array(anyEvidence));
    fc.assert(
      fc.property(inAgreement, ([supports, evidence]) => {
        const agreed = evidence.map((e): Evidence => ({ ...e, supports, direction: 'for' }));
        expect(conflictOf(agreed)).toBeCloseTo(0, 12);
      }),
      { seed: 13 },
    );
    fc.assert(
      fc.property(fc.array(anyEvidence, { maxLength: 8 }), (evidence) => {
        const one = evidence.map((e): Evidence => ({ ...e, tier: 'T2', family: 'platform' }));
        expect(conflictOf(one)).toBeCloseTo(0, 12);
      }),
      { seed: 17 },
    );
  });

  it('lies between 0 and 1 and does not depend on the order of evidence', () => {
    fc.assert(
      fc.property(fc.array(anyEvidence, { maxLength: 10 }), (evidence) => {
        const conflict = conflictOf(evidence);
        expect(conflict).toBeGreaterThanOrEqual(0);
        expect(conflict).toBeLessThanOrEqual(1);
        expect(conflictOf(evidence.toReversed())).toBeCloseTo(conflict, 9);
      }),
      { seed: 19, numRuns: 500 },
    );
  });

  it('does not fall when a witness contradicts more strongly', () => {
    const strength = fc.double({ min: 0, max: 9, noNaN: true });
    fc.assert(
      fc.property(strength, strength, strength, (fixed, a, b) => {
        const of = (other: number) =>
          conflictOf([
            evidenceOf('T1', 'synthetic', fixed, 'own_output'),
            evidenceOf('T1', 'human_edited', other, 'review'),
          ]);
        expect(of(Math.max(a, b))).toBeGreaterThanOrEqual(of(Math.min(a, b)) - 1e-12);
      }),
      { seed: 23 },
    );
  });
});

describe('a pattern', () => {
  it.each([
    ['https://a.org/*', 'https://a.org/', true],
    ['https://a.org/*', 'https://a.org', false],
    ['*.org', 'a.ORG', true],
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*a', 'aba', true],
    ['a*b*b*a', 'aba', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a.org', 'axorg', false],
    ['**', 'anything', true],
  ])('%s against %s: %s', (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it('matches exactly what the regular expression of it matches', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '*', '.'), maxLength: 6 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (p, t) => {
        const source = p.replaceAll('.', '\\.').replaceAll('*', '.*');
        expect(matchesPattern(p, t)).toBe(new RegExp(`^${source}$`, 'is').test(t));
      }),
      { seed: 29, numRuns: 5000 },
    );
  });
});

describe('the labeller', () => {
  it('agrees with the label of each document by itself', () => {
    const allowLists: AllowList[] = [
      allowListOf(),
      allowListOf({ after: '2010-01-01', before: '2015-01-01' }),
      allowListOf({ url: '*a.org*', label: 'synthetic' }),
      allowListOf({ author: 'ada', label: 'human_edited' }),
    ];
    const context = contextOf({ allowLists });
    const label = createLabeller(context);
    const family = { kind: 'field', field: 'f' } as const;
    const sources = [byField, { ...byField, name: 'other', modelFamily: family }];
    const copy = {
      ...{ source: fc.constant('a'), id: fc.constantFrom('1', '2') },
      created: fc.constantFrom(null, '2000-01-01'),
      label: fc.constantFrom(...LABELS),
    };
    const likeness = { jaccard: fc.constant(0.9), containment: fc.constant(0.95) };
    const linked = { ...copy, ...likeness, isDirect: fc.boolean() };
    const row = fc.record({
      source: fc.constantFrom(...sources),
      id: fc.string(),
      domain: fc.constantFrom('d', 'e'),
      ...{ language: fc.constant(null), credentials: fc.constant([]), ownOutputs: fc.constant([]) },
      ...{ textDates: fc.constant(null), textScore: fc.constant(null) },
      boilerplate: fc.constant([]),
      url: fc.constantFrom(null, 'a.org', 'b.org', 'a.org/2024/05/18/x'),
      platform: fc.constantFrom([], [{ role: 'author', field: 'byline', value: 'ada' }] as const),
      reviews: fc.array(fc.record({ label: fc.constantFrom(...LABELS) }).map(reviewOf), {
        maxLength: 1,
      }),
      created: fc.constantFrom(null, '2000-01-01', '2012-01-01', '2024-01-01', 'x'),
      provenanceValue: fc.constantFrom(null, 'human', 'ai', '-', 'a\n1:b'),
      modelFamilyValue: fc.constantFrom(null, 'gpt', '-', 'b'),
      cluster: fc.option(
        fc.record({
          kind: fc.constantFrom(...CLUSTER_KINDS),
          texts: fc.constant(3),
          leader: fc.option(fc.record(linked)),
          speaker: fc.option(fc.record(linked)),
          opposing: fc.array(fc.record(copy), { maxLength: 2 }),
        }),
      ),
    });
    fc.assert(
      fc.property(row, (one) => {
        expect(label(one)).toEqual(labelDocument(one, context));
      }),
      { seed: 11, numRuns: 1000 },
    );
  });

  it('shares one verdict among rows that differ in nothing that counts', () => {
    const label = createLabeller(LISTED);
    const a = label(rowOf({ id: '1', created: '2001-01-01' }));
    expect(label(rowOf({ id: '2', created: '1999-05-05' }))).toBe(a);
    expect(label(rowOf({ id: '3', created: '2023-05-05' }))).not.toBe(a);
  });
});

describe('a written date', () => {
  it.each([
    ['2014-03-11', '2014-03-11'],
    ['2023-10-3', '2023-10-03'],
    ['2020/05/18', '2020-05-18'],
    ['13-Jun-2000', '2000-06-13'],
    ['1-jan-1999', '1999-01-01'],
    ['23-07-2014', '2014-07-23'],
    [' 1790-01-08 ', '1790-01-08'],
    ['2022-11-30T00:00:00Z', '2022-11-30'],
    ['2022-11-30 23:59:59.123', '2022-11-30'],
    ['2022-11-30T23:30:00-02:00', '2022-12-01'],
    ['2022-12-01T00:30:00+0100', '2022-11-30'],
    ['2024-02-29', '2024-02-29'],
  ])('%s is %s', (text, expected) => {
    expect(parseDate(text)).toBe(expected);
  });

  it.each([
    null,
    '',
    '          ',
    "fill me in with today's date",
    '2023-02-29',
    '2022-13-01',
    '2022-11-30T25:00:00Z',
    '2022-11-30T10:00:00+99:00',
    '31-Foo-2000',
    '07-23-2014',
    '2020-05/18',
    '2020',
    '1700000000',
    '0000-01-01',
    `2020-01-01${' '.repeat(100)}`,
  ])('%s is missing', (text) => {
    expect(parseDate(text)).toBeNull();
  });

  it('counts days as the calendar does, over 400 years and back', () => {
    for (let day = dayOf('1700-01-01'); day <= dayOf('2100-12-31'); day += 1) {
      const iso = new Date(day * 86_400_000).toISOString().slice(0, 10);
      if (isoOfDay(day) !== iso || dayOf(iso) !== day) expect(isoOfDay(day)).toBe(iso);
    }
    expect(dayOf('1970-01-01')).toBe(0);
    expect(isoOfDay(-1)).toBe('1969-12-31');
  });
});
