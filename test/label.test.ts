/** Labels: what counts as evidence, what a label needs, and what stays unknown. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideLabel } from '../core/label/decide.js';
import { labelDocument } from '../core/label/label-document.js';
import type { LabelInput } from '../core/label/label-input.js';
import { labelContext } from '../core/label/label-input.js';
import { createLabeller } from '../core/label/labeller.js';
import { posteriorOf } from '../core/label/posterior.js';
import { dayOf, isoOfDay } from '../core/schema/calendar.js';
import type { AllowList, Evidence, EvidenceTier, Label, Source } from '../core/schema/index.js';
import { LABELS, verdict as verdictSchema } from '../core/schema/index.js';
import { parseDate } from '../core/schema/parse-date.js';

function sourceOf(change: Partial<Source> = {}): Source {
  return {
    name: 's',
    paths: ['p'],
    fields: { id: 'id', text: 'text', created: 'created', url: 'url' },
    domain: { kind: 'constant', value: 'd' },
    provenance: { kind: 'none' },
    modelFamily: null,
    grant: null,
    value: 1,
    maxRepetitionFactor: null,
    metadata: [],
    ...change,
  };
}

function rowOf(change: Partial<LabelInput> = {}): LabelInput {
  return {
    source: sourceOf(),
    id: '1',
    created: null,
    provenanceValue: null,
    modelFamilyValue: null,
    cluster: null,
    ...change,
  };
}

const declared = (label: Label): Source => sourceOf({ provenance: { kind: 'declared', label } });
const byField = sourceOf({
  provenance: { kind: 'field', field: 'kind', map: { human: 'human_authored', ai: 'synthetic' } },
});

const EARLY: AllowList = {
  source: 's',
  before: '2022-11-30',
  after: null,
  label: 'human_authored',
  reason: 'before chat models',
  expires: '2027-06-30',
};
const OLD = { source: 'a', id: '7', created: '2001-01-01' };
const NONE = labelContext([], '2026-11-23');
const LISTED = labelContext([EARLY], '2026-11-23');

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
    expect(outcome(rowOf({ source: declared(label) }))).toBe(expected);
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
    const on = (asOf: string) => labelDocument(row, labelContext([EARLY], asOf));
    expect(on('2027-06-29').label).toBe('human_authored');
    expect(on('2027-06-30')).toMatchObject({
      label: 'unknown',
      unknownReason: 'no_evidence',
      evidence: [{ reason: 'allow_list_expired', strength: 0, field: 'allow_lists[0]' }],
    });
  });

  it('gets nothing from the allow-list of another source', () => {
    const row = rowOf({ created: '2020-01-01', source: sourceOf({ name: 'other' }) });
    expect(outcome(row, LISTED)).toBe('unknown/no_evidence');
  });

  it('listed as human and declared synthetic is a conflict that shows both sides', () => {
    const row = rowOf({ source: declared('synthetic'), created: '2020-01-01' });
    const verdict = labelDocument(row, LISTED);
    expect(verdict).toMatchObject({ label: 'unknown', unknownReason: 'conflict' });
    expect(verdict.evidence.map((e) => e.supports)).toEqual(['synthetic', 'human_authored']);
  });

  it('listed and declared human is surer than by either alone', () => {
    const row = rowOf({ source: declared('human_authored'), created: '2020-01-01' });
    const both = labelDocument(row, LISTED).posterior[0];
    expect(labelDocument(row, NONE).posterior[0]).toBeCloseTo(100 / 102, 12);
    expect(both).toBeCloseTo(10_000 / 10_002, 12);
  });

  it.each([
    ['an older leader of no label', 'unknown', true, 'unknown/no_evidence', 'duplicate_of'],
    ['a labelled leader, not older', 'synthetic', false, 'unknown/no_evidence', 'duplicate_of'],
    ['an older labelled leader', 'synthetic', true, 'synthetic', 'older_copy_says'],
  ] as const)('that copies %s', (_title, label, isOlder, expected, reason) => {
    const row = rowOf({ cluster: { leader: { ...OLD, label, isOlder }, opposing: [] } });
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
    ['human_authored', 'unknown', 'human_authored'],
  ] as const)('declared %s and copied from an older %s one is %s', (own, older, expected) => {
    const leader = { ...OLD, label: older, isOlder: true };
    const row = rowOf({ source: declared(own), cluster: { leader, opposing: [] } });
    expect(outcome(row)).toBe(expected);
  });

  it('whose equal text has another label is a conflict, for the leader too, and names the copy', () => {
    const opposing = [{ source: 'b', id: '8', created: null, label: 'synthetic' as const }];
    for (const leader of [null, { ...OLD, label: 'synthetic' as const, isOlder: false }]) {
      const row = rowOf({ source: declared('human_authored'), cluster: { leader, opposing } });
      expect(outcome(row)).toBe('unknown/conflict');
      expect(labelDocument(row, NONE).evidence.at(-1)).toMatchObject({
        reason: 'equal_text_says',
        supports: 'synthetic',
        detail: expect.stringContaining('the same text as b/8, which is synthetic'),
      });
    }
    const leader = { ...OLD, label: 'synthetic' as const, isOlder: true };
    const row = rowOf({ source: declared('human_authored'), cluster: { leader, opposing } });
    expect(labelDocument(row, NONE).evidence.map(({ reason }) => reason)).toEqual([
      'declared_by_source',
      'older_copy_says',
    ]);
  });

  it('names a model family only if it is synthetic, and an edit direction only if edited', () => {
    const family = { modelFamily: { kind: 'field', field: 'f' } } as const;
    const of = (label: Label, modelFamilyValue: string | null) =>
      labelDocument(rowOf({ source: { ...declared(label), ...family }, modelFamilyValue }), NONE);
    expect(of('synthetic', ' gpt ').modelFamily).toBe('gpt');
    expect(of('synthetic', ' ').modelFamily).toBeNull();
    expect(of('human_authored', 'gpt').modelFamily).toBeNull();
    expect(of('human_edited', null).editDirection).toBe('unknown');
    expect(of('synthetic', null).editDirection).toBeNull();
    const fixed = sourceOf({
      provenance: { kind: 'declared', label: 'synthetic' },
      modelFamily: { kind: 'constant', value: 'house' },
    });
    expect(labelDocument(rowOf({ source: fixed }), NONE).modelFamily).toBe('house');
  });
});

function evidenceOf(
  tier: EvidenceTier,
  supports: Label,
  strength: number,
  family: Evidence['family'] = 'declaration',
): Evidence {
  return { family, tier, supports, strength, reason: 'r', detail: 'd', field: 'f' };
}

function judge(...evidence: Evidence[]): string {
  const decision = decideLabel(evidence, posteriorOf(evidence));
  return decision.unknownReason === null ? decision.label : `unknown/${decision.unknownReason}`;
}

describe('the policy labels-v1', () => {
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

  it('gives a posterior that sums to 1 and does not depend on the order of evidence', () => {
    const item = fc
      .tuple(
        fc.constantFrom<EvidenceTier>('T1', 'T2', 'T3'),
        fc.constantFrom<Label>('human_authored', 'human_edited', 'synthetic', 'unknown'),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
      )
      .map((parts) => evidenceOf(...parts));
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), (evidence) => {
        const forward = posteriorOf(evidence);
        const backward = posteriorOf(evidence.toReversed());
        expect(forward[0] + forward[1] + forward[2]).toBeCloseTo(1, 12);
        for (let c = 0; c < 3; c++) expect(backward[c]!).toBeCloseTo(forward[c]!, 9);
      }),
      { seed: 7 },
    );
  });
});

describe('the labeller', () => {
  it('agrees with the label of each document by itself', () => {
    const lists = [EARLY, { ...EARLY, after: '2010-01-01', before: '2015-01-01' }];
    const context = labelContext(lists, '2026-11-23');
    const label = createLabeller(context);
    const family = { kind: 'field', field: 'f' } as const;
    const sources = [byField, { ...byField, name: 'other', modelFamily: family }];
    const copy = {
      ...{ source: fc.constant('a'), id: fc.constantFrom('1', '2') },
      created: fc.constantFrom(null, '2000-01-01'),
      label: fc.constantFrom(...LABELS),
    };
    const row = fc.record({
      source: fc.constantFrom(...sources),
      id: fc.string(),
      created: fc.constantFrom(null, '2000-01-01', '2012-01-01', '2024-01-01', 'x'),
      provenanceValue: fc.constantFrom(null, 'human', 'ai', '-', 'a\n1:b'),
      modelFamilyValue: fc.constantFrom(null, 'gpt', '-', 'b'),
      cluster: fc.option(
        fc.record({
          leader: fc.option(fc.record({ ...copy, isOlder: fc.boolean() })),
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
