/** Grants that end: how near the end is on a day, and what a look at them writes into the ledger. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { GRANT_NOTICE_LINE, watchGrants } from '../activities/watch-grants.js';
import { grantStage } from '../core/license/grant-stage.js';
import type { Grant } from '../core/schema/grant.js';
import { grantNoticeLine } from '../core/schema/grant-notice.js';
import { appendLedger, readLedger } from '../storage/ledger.js';
import { mixPath } from '../storage/workspace.js';
import { GRANTS, reportFixture } from './report-fixture.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const grantOf = (grantId: string, rest: Partial<Grant> = {}): Grant => ({
  ...{ ...GRANTS[0]!, grantId, validUntil: null, revokedAt: null, noticeDays: 30 },
  ...{ status: 'active', ...rest },
});

describe('the stage of a grant', () => {
  const ends = grantOf('g', { validUntil: '2027-03-31' });

  // notice from 2027-03-01 on, the last day that it holds is 2027-03-30
  test.each([
    ['2027-02-28', null],
    ['2027-03-01', 'notice'],
    ['2027-03-30', 'notice'],
    ['2027-03-31', 'expired'],
    ['2030-01-01', 'expired'],
  ])('on %s is %s: days are half-open', (day, stage) => {
    expect(grantStage(ends, day)?.stage ?? null).toBe(stage);
  });

  test('without notice days goes from holding to ended', () => {
    const sudden = { ...ends, noticeDays: 0 };
    expect(grantStage(sudden, '2027-03-30')).toBeNull();
    expect(grantStage(sudden, '2027-03-31')).toEqual({ stage: 'expired', endsOn: '2027-03-31' });
  });

  test('goes by the earlier of end and revocation, which is announced as an end is', () => {
    const revoked = { ...ends, revokedAt: '2027-01-15' };
    expect(grantStage(revoked, '2026-12-15')).toBeNull();
    expect(grantStage(revoked, '2026-12-16')).toEqual({ stage: 'notice', endsOn: '2027-01-15' });
    expect(grantStage(revoked, '2027-01-15')).toEqual({ stage: 'revoked', endsOn: '2027-01-15' });
    const after = { ...ends, revokedAt: '2028-01-01' };
    expect(grantStage(after, '2027-06-01')).toEqual({ stage: 'expired', endsOn: '2027-03-31' });
  });

  test('is read off the status where no day says it', () => {
    const day = '2026-11-26';
    expect(grantStage(grantOf('g'), day)).toBeNull();
    expect(grantStage(grantOf('g', { status: 'expiring' }), day)?.stage).toBe('notice');
    expect(grantStage(grantOf('g', { status: 'expired' }), day)).toEqual({
      ...{ stage: 'expired', endsOn: null },
    });
    expect(grantStage(grantOf('g', { status: 'revoked' }), day)?.stage).toBe('revoked');
  });
});

/** Versions of `mix` in a workspace of their own: tokens by grant, and the grants of each recipe. */
function workspaceWith(
  versions: Record<string, { held: Record<string, number>; grants: readonly Grant[] }>,
): string {
  const workspace = mkdtempSync(join(tmpdir(), 'ballast-grants-'));
  folders.push(workspace);
  const { manifest } = reportFixture();
  for (const [version, { held, grants }] of Object.entries(versions)) {
    const strata = Object.entries(held).map(([grantId, tokensWritten]) => ({
      ...manifest.strata[0]!,
      ...{ grantId, tokensWritten, documentsWritten: tokensWritten === 0 ? 0 : 2 },
    }));
    const folder = join(workspace, mixPath('mix', version));
    mkdirSync(folder, { recursive: true });
    const recipe = { ...(manifest.recipe as object), grants };
    const whole = { ...manifest, name: 'mix', version, recipe, strata };
    writeFileSync(join(folder, 'mix.json'), JSON.stringify(whole));
  }
  return workspace;
}

const noticesOf = async (workspace: string) =>
  (await readLedger(workspace))
    .filter(({ kind }) => kind === GRANT_NOTICE_LINE)
    .map(({ body }) => grantNoticeLine.parse(body));

describe('a look at the grants', () => {
  const a = grantOf('a', { validUntil: '2027-01-31' });
  const b = grantOf('b');

  test('tells of each grant once per stage, whoever looks and however often', async () => {
    const workspace = workspaceWith({ '2026.11.01': { held: { a: 100, b: 50 }, grants: [a, b] } });
    const look = (day: string, by: string) =>
      watchGrants({ workspace, mix: 'mix', grants: [a, b], day, by });
    expect((await look('2026-12-31', 'run 1')).noticesInAll).toBe(0);
    const first = await look('2027-01-01', 'run 2');
    expect(first).toMatchObject({ grants: 2, versions: 1, noticesInAll: 1, noticesNew: 1 });
    expect(first.notices[0]).toMatchObject({ grantId: 'a', stage: 'notice', tokens: 100 });
    // The activity was tried again by the same run: what it wrote is still new to people.
    expect((await look('2027-01-01', 'run 2')).noticesNew).toBe(1);
    expect((await look('2027-01-30', 'run 3')).noticesNew).toBe(0);
    expect((await look('2027-01-31', 'run 4')).notices[0]).toMatchObject({
      ...{ stage: 'expired', endsOn: '2027-01-31', isNew: true },
    });
    expect((await look('2027-06-01', 'run 5')).noticesNew).toBe(0);
    expect((await noticesOf(workspace)).map(({ stage, day }) => [stage, day])).toEqual([
      ['notice', '2027-01-01'],
      ['expired', '2027-01-31'],
    ]);
  });

  test('names the versions and tokens under a grant, also of licences that stand joined', async () => {
    const workspace = workspaceWith({
      '2026.11.01': { held: { a: 100, b: 50 }, grants: [a, b] },
      '2026.11.02': { held: { 'a AND b': 7, a: 3 }, grants: [a, b] },
      '2026.11.10': { held: { b: 5, a: 0 }, grants: [a, b] },
    });
    const given = { workspace, mix: 'mix', day: '2027-01-15', by: 'run' };
    await watchGrants({ ...given, grants: [a, b] });
    const [notice] = await noticesOf(workspace);
    expect(notice!.versions).toEqual([
      { version: '2026.11.01', tokens: 100, documents: 2 },
      { version: '2026.11.02', tokens: 10, documents: 4 },
    ]);
    expect(notice!.sentence).toBe(
      'grant a ends on 2027-01-31; 2 published versions with text under it, 2026.11.02 the newest',
    );
  });

  test('knows grants that only published versions have, and goes by the recipe where both do', async () => {
    const gone = grantOf('gone', { validUntil: '2026-12-01' });
    const renewed = { ...a, validUntil: '2028-01-31' };
    const workspace = workspaceWith({
      '2026.11.01': { held: { a: 100, gone: 9 }, grants: [a, gone] },
    });
    const given = { workspace, mix: 'mix', day: '2027-01-15', by: 'run' };
    const { notices } = await watchGrants({ ...given, grants: [renewed] });
    expect(notices.map(({ grantId, stage }) => [grantId, stage])).toEqual([['gone', 'expired']]);
    expect((await noticesOf(workspace))[0]).toMatchObject({ inRecipe: false, versions: [{}] });
  });

  test('tells anew of a grant whose end was moved', async () => {
    const workspace = workspaceWith({});
    const look = (grant: Grant, day: string) =>
      watchGrants({ workspace, mix: 'mix', grants: [grant], day, by: day });
    expect((await look(a, '2027-01-15')).noticesNew).toBe(1);
    const later = { ...a, validUntil: '2027-02-10' };
    const { notices } = await look(later, '2027-01-16');
    expect(notices).toMatchObject([{ isNew: true, endsOn: '2027-02-10', versions: [] }]);
    expect(notices[0]!.sentence).toContain('no published version holds text under it');
  });

  test('leaves other lines of the ledger alone, and the chain whole', async () => {
    const workspace = workspaceWith({});
    await appendLedger(workspace, { key: 'k', kind: 'other', by: 'test', body: {} });
    await watchGrants({ workspace, mix: 'mix', grants: [a, b], day: '2027-01-31', by: 'run' });
    expect((await readLedger(workspace)).map(({ kind }) => kind)).toEqual([
      'other',
      'grant-notice',
    ]);
  });
});
