/** Every document that an earlier version held is usable, lost for a reason, or absent: nothing else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnchorAccount, type HeldTally, refusalsOf } from '../core/mix/anchor-account.js';
import { LABELS, type Label } from '../core/schema/label.js';
import { feeGrant, inventoryOf, recipeOf } from './plan-fixture.js';

const held = (source: string, grantId: string, documents: number, tokens: number): HeldTally => ({
  ...{ source, grantId, documents, tokens },
});
const found = (
  outcome: string,
  label: Label = 'human_authored',
  tokens = 10,
  grantId = 'open',
) => ({
  ...{ source: 'a', held: { grantId, tokens: 10 }, outcome, label, tokens },
});

test('what is found is usable where it is available and human, and lost by its reason where not', () => {
  const account = new AnchorAccount();
  account.add(found('available', 'human_authored', 12));
  account.add(found('available', 'human_edited', 9));
  account.add(found('available', 'synthetic'));
  account.add(found('available', 'unknown'));
  account.add(found('duplicate', 'synthetic'));
  account.add(found('grant_revoked'));
  const result = account.result('1', [held('a', 'open', 8, 80)], () => null);
  expect(result).toEqual({
    ...{ version: '1', documents: 8, tokens: 80, tokensUsable: 21 },
    absent: { documents: 2, tokens: 20 },
    lost: ['duplicate', 'grant_revoked', 'synthetic', 'unknown'].map((reason) => ({
      ...{ reason, documents: 1, tokens: 10 },
    })),
  });
});

test('the sums add up for any documents; text that is gone is lost only where its grant is refused', () => {
  const outcome = fc.constantFrom('available', 'duplicate', 'holdout', 'grant_revoked', 'gone');
  const document = fc.record({
    ...{ outcome, label: fc.constantFrom(...LABELS), grantId: fc.constantFrom('open', 'shut') },
    ...{ was: fc.integer({ min: 1, max: 500 }), is: fc.integer({ min: 1, max: 500 }) },
  });
  fc.assert(
    fc.property(fc.array(document, { maxLength: 60 }), (documents) => {
      const account = new AnchorAccount();
      const tallies = ['open', 'shut'].map((grantId) => {
        const of = documents.filter((d) => d.grantId === grantId);
        return held(
          'a',
          grantId,
          of.length,
          of.reduce((sum, { was }) => sum + was, 0),
        );
      });
      for (const d of documents) {
        if (d.outcome === 'gone') continue;
        const tokens = { tokens: d.was, grantId: d.grantId };
        account.add({
          source: 'a',
          held: tokens,
          outcome: d.outcome,
          label: d.label,
          tokens: d.is,
        });
      }
      const refuse = ({ grantId }: HeldTally) => (grantId === 'shut' ? 'grant_revoked' : null);
      const { absent, lost, tokensUsable } = account.result('1', tallies, refuse);
      const gone = documents.filter((d) => d.outcome === 'gone');
      expect(absent.documents).toBe(gone.filter((d) => d.grantId === 'open').length);
      const usable = documents.filter(
        (d) => d.outcome === 'available' && d.label.startsWith('human'),
      );
      expect(tokensUsable).toBe(usable.reduce((sum, d) => sum + d.is, 0));
      const lostDocuments = lost.reduce((sum, each) => sum + each.documents, 0);
      expect(lostDocuments + absent.documents + usable.length).toBe(documents.length);
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('more documents found than were held is a fault of ours', () => {
  const account = new AnchorAccount();
  account.add(found('available'));
  account.add(found('available'));
  expect(() => account.result('1', [held('a', 'open', 1, 10)], () => null)).toThrow(
    /more documents/,
  );
  expect(() => account.result('1', [held('a', 'open', 3, 11)], () => null)).not.toThrow();
  expect(() => account.result('1', [held('b', 'open', 3, 30)], () => null)).toThrow(
    /accounted for/,
  );
});

test.each([
  ['a grant that is revoked', 'gone', 'grant_revoked'],
  ['one of two grants that is revoked', 'open AND gone', 'grant_revoked'],
  ['a grant that still allows it', 'open', null],
  ['a grant that the recipe no longer knows', 'who', null],
  ['a grant that ended', 'over', 'grant_expired'],
  ['a grant for old text only, whose dates nobody knows now', 'dated', null],
  ['a grant of another source', 'elsewhere', 'out_of_scope'],
])('text that is gone under %s', (_title, grantId, refusal) => {
  const scope = { sources: null, contentBefore: null, contentAfter: null };
  const recipe = recipeOf(inventoryOf('a d h 10'), {
    grants: [
      feeGrant('open', {}),
      { ...feeGrant('gone', {}), revokedAt: '2026-11-01' },
      { ...feeGrant('over', {}), validUntil: '2026-11-23' },
      { ...feeGrant('dated', {}), scope: { ...scope, contentBefore: '2020-01-01' } },
      { ...feeGrant('elsewhere', {}), scope: { ...scope, sources: ['b'] } },
    ],
  });
  expect(refusalsOf(recipe, '2026-11-23')(held('a', grantId, 1, 1))).toBe(refusal);
});
