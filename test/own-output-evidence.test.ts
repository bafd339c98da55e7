/** Evidence of own outputs: who was first decides, how much it covers, what it says of loops. */
import { expect, test } from 'vitest';
import { describeLabel } from '../core/label/describe.js';
import { lineageOfHits, readOwnOutputs } from '../core/label/families/own-output.js';
import { CLAMP } from '../core/label/policy.js';
import type { Label } from '../core/schema/label.js';
import type { Lineage, OwnOutputHit } from '../core/schema/own-output.js';
import type { PlatformRole } from '../core/schema/platform.js';
import { contextOf, rowOf } from './label-fixture.js';

function hitOf(change: Partial<OwnOutputHit> = {}): OwnOutputHit {
  return {
    output: 'logs',
    id: 'o1',
    modelFamily: 'house',
    generated: '2026-03-01',
    method: 'exact',
    cosine: 1,
    containment: 1,
    strength: CLAMP.T1,
    span: [0, 900],
    covered: 1,
    ...change,
  };
}

const [OLDER, SAME] = ['output_copied_document', 'same_text_as_own_output'];
const NEAR = { method: 'minhash', strength: CLAMP.T2, containment: 0.9, cosine: 0.9 } as const;
const REWRITE = { method: 'retrieval', strength: 6, containment: 0.5, cosine: 0.6 } as const;
const OVERWHELMING = { ...REWRITE, strength: 14, containment: 0.8 } as const;
const LOOP: Lineage = {
  output: 'logs',
  modelFamily: 'house',
  trainedOn: ['clinic-assistant@2026.01.01', 'clinic-assistant@2026.05.01'],
  depth: 2,
  loops: ['clinic-assistant@2026.05.01', 'clinic-assistant@2026.01.01'],
};

test.each<[string, Partial<OwnOutputHit>, string | null, string, string, number]>([
  ['the same text, output older', {}, '2026-04-01', 'T1', 'same_text_as_own_output', CLAMP.T1],
  ['a near-copy, output older', NEAR, '2026-04-01', 'T2', 'near_copy_of_own_output', CLAMP.T2],
  [
    'a copy with more around it',
    { ...NEAR, covered: 0.6 },
    '2026-04-01',
    'T3',
    'near_copy_of_own_output',
    CLAMP.T3,
  ],
  ['a rewrite, output older', REWRITE, '2026-04-01', 'T3', 'rewrite_of_own_output', CLAMP.T3],
  [
    'a faint rewrite',
    { ...REWRITE, strength: 1.5 },
    '2026-04-01',
    'T3',
    'rewrite_of_own_output',
    1.5,
  ],
  ['a close rewrite', OVERWHELMING, '2026-04-01', 'T2', 'rewrite_of_own_output', CLAMP.T2],
  [
    'much alike, little kept',
    { ...OVERWHELMING, containment: 0.5 },
    '2026-04-01',
    'T3',
    'rewrite_of_own_output',
    CLAMP.T3,
  ],
  ['a few words, the same', { strength: 1.1 }, '2026-04-01', 'T3', 'same_text_as_own_output', 1.1],
  ['document older', {}, '2026-02-01', 'T3', 'output_copied_document', 0],
  ['document older, written otherwise', {}, '1-Feb-2026', 'T3', 'output_copied_document', 0],
  ['a rewrite of an older document', OVERWHELMING, '2019-02-01', 'T3', 'output_copied_document', 0],
  ['the same day', {}, '2026-03-01', 'T3', 'same_day_match', CLAMP.T3],
  ['document without a date', {}, null, 'T3', 'undated_match', CLAMP.T3],
  ['document with a date nobody can read', {}, 'last spring', 'T3', 'undated_match', CLAMP.T3],
  ['output without a date', { generated: null }, '2026-04-01', 'T3', 'undated_match', CLAMP.T3],
  ['a quotation', { ...OVERWHELMING, covered: 0.2 }, '2026-04-01', 'T3', 'quotes_own_output', 0],
  ['an undated quotation', { ...REWRITE, covered: 0.49 }, null, 'T3', 'quotes_own_output', 0],
])('%s', (_name, change, created, tier, reason, strength) => {
  const evidence = readOwnOutputs(rowOf({ created, ownOutputs: [hitOf(change)] }), contextOf());
  expect(evidence).toHaveLength(1);
  expect(evidence[0]).toMatchObject({ tier, reason, supports: 'synthetic', direction: 'for' });
  expect(evidence[0]?.strength).toBeCloseTo(strength, 12);
  expect(evidence[0]?.family).toBe('own_output');
  expect(evidence[0]?.span).toEqual([0, 900]);
});

/** A hit of 2026-03-01; the row says `created`, and dates of roles. */
test.each<[string, string | null, [PlatformRole, string][], string]>([
  ['seen before the output', '2026-04-01', [['first_seen', '2019-05-18T12:30:00Z']], OLDER],
  ['seen before the output, no claim', null, [['first_seen', '20190518123000']], OLDER],
  [
    'the first of two sights counts',
    null,
    [
      ['first_seen', '2026-06-01'],
      ['first_seen', '2026-01-01'],
    ],
    OLDER,
  ],
  ['a late crawl of an old claim', '2019-04-01', [['first_seen', '2026-06-01']], OLDER],
  ['a late crawl, no claim', null, [['first_seen', '2026-06-01']], SAME],
  ['only published, later', null, [['published', '2026-04-01']], SAME],
  ['only published, earlier', null, [['published', '2026-02-01']], OLDER],
  ['created outranks published', '2026-04-01', [['published', '2026-02-01']], SAME],
  ['a sight to come', '2026-04-01', [['first_seen', '2199-01-01']], SAME],
])('the day of a document: %s', (_name, created, dates, reason) => {
  const platform = dates.map(([role, value]) => ({ role, field: role, value }));
  const row = rowOf({ created, platform, ownOutputs: [hitOf()] });
  expect(readOwnOutputs(row, contextOf()).map((item) => item.reason)).toEqual([reason]);
  const { modelFamily } = lineageOfHits(row, contextOf());
  expect(modelFamily).toBe(reason === SAME ? 'house' : null);
});

test('the capture in an address is a first sight, unless the text has a newer day', () => {
  const url = 'https://web.archive.org/web/20190518123000/https://a.example/b';
  const row = rowOf({ url, created: '2026-04-01', ownOutputs: [hitOf()] });
  const reasonOf = (stated: string | null, mentioned: string[]) => {
    const textDates = { stated, mentioned };
    return readOwnOutputs({ ...row, textDates }, contextOf()).map(({ reason }) => reason);
  };
  expect(reasonOf(null, [])).toEqual([OLDER]);
  expect(reasonOf(null, ['2018-01-01'])).toEqual([OLDER]);
  expect(reasonOf(null, ['2199-01-01'])).toEqual([OLDER]);
  expect(reasonOf(null, ['2026-03-20'])).toEqual([SAME]);
  expect(reasonOf('2026-03-20', [])).toEqual([SAME]);
});

test('a text that a person says people wrote has no lineage; any other keeps it', () => {
  const context = contextOf({ lineages: [LOOP] });
  const row = rowOf({ created: '2026-04-01', ownOutputs: [hitOf()] });
  const described = (label: Label) => describeLabel(label, { row, context, evidence: [] });
  const traced = { lineageDepth: 2, loop: 'clinic-assistant@2026.05.01' };
  expect(described('human_authored')).toMatchObject({ lineageDepth: 0, loop: null });
  for (const label of ['human_edited', 'synthetic', 'unknown'] as const)
    expect(described(label)).toMatchObject(traced);
});

test('a document without hits has no evidence and no lineage', () => {
  expect(readOwnOutputs(rowOf(), contextOf())).toEqual([]);
  expect(lineageOfHits(rowOf(), contextOf())).toEqual({
    lineageDepth: 0,
    loop: null,
    modelFamily: null,
  });
});

test('however many outputs match, the strongest speaks; the silent ones stay visible', () => {
  const hits = [
    hitOf({ id: 'later', generated: '2026-06-01' }),
    hitOf({ ...REWRITE, id: 'rewrite' }),
    hitOf({ ...NEAR, id: 'near' }),
  ];
  const evidence = readOwnOutputs(rowOf({ created: '2026-04-01', ownOutputs: hits }), contextOf());
  expect(evidence.map(({ reason }) => reason)).toEqual([
    'output_copied_document',
    'near_copy_of_own_output',
  ]);
});

test('the loop is named, with its depth and the latest version that closes it', () => {
  const context = contextOf({ lineages: [LOOP] });
  const row = rowOf({ created: '2026-04-01', ownOutputs: [hitOf()] });
  const loop = readOwnOutputs(row, context).find(({ reason }) => reason === 'loop');
  expect(loop?.detail).toBe(
    'text of `house`, which was trained on clinic-assistant@2026.05.01, comes back; depth 2',
  );
  expect(loop?.strength).toBe(0);
  expect(lineageOfHits(row, context)).toEqual({
    lineageDepth: 2,
    loop: 'clinic-assistant@2026.05.01',
    modelFamily: 'house',
  });
});

test.each<[string, Partial<OwnOutputHit>, string | null]>([
  ['an older document', {}, '2026-02-01'],
  ['an undated match', {}, null],
  ['a faint rewrite', { ...REWRITE, strength: 2 }, '2026-04-01'],
  ['a quotation', { covered: 0.1 }, '2026-04-01'],
])('%s closes no loop', (_name, change, created) => {
  const context = contextOf({ lineages: [LOOP] });
  const row = rowOf({ created, ownOutputs: [hitOf(change)] });
  expect(readOwnOutputs(row, context).some(({ reason }) => reason === 'loop')).toBe(false);
  expect(lineageOfHits(row, context).lineageDepth).toBe(0);
});

test('a family that was not trained on this mix is named without a loop', () => {
  const context = contextOf({ lineages: [{ ...LOOP, loops: [], depth: 1 }] });
  const row = rowOf({ created: '2026-04-01', ownOutputs: [hitOf()] });
  expect(lineageOfHits(row, context)).toEqual({
    lineageDepth: 1,
    loop: null,
    modelFamily: 'house',
  });
});
