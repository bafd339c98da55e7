/** Grants: use x date x territory, what rows say about their licence, and what it costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeGrant } from '../core/license/complete-grant.js';
import { decideGrant } from '../core/license/decide.js';
import { feeOf, minorUnits } from '../core/license/fee.js';
import { createGrantDecider } from '../core/license/grant-decider.js';
import { grantIdsOf } from '../core/license/resolve.js';
import { licenceTerms, PINNED_LICENCES } from '../core/license/spdx-uses.js';
import { holdsAll, touches } from '../core/license/territory.js';
import type { Fee, Grant, Recipe, Source, Use } from '../core/schema/index.js';
import { grantFile, grant as grantSchema, recipeFile, recipeOfFile } from '../core/schema/index.js';
import { isSpdxId, parseSpdx } from '../engines/spdx.js';

function grantOf(written: Record<string, unknown>): Grant {
  const { grant, problems } = completeGrant(grantFile.parse(written), 0, parseSpdx);
  expect(problems).toEqual([]);
  return grantSchema.parse(grant);
}

const ASKED: Recipe['use'] = {
  purposes: ['pretrain'],
  territory: 'EU',
  trainingEnds: '2027-03-31',
};
const OPEN = { grant_id: 'g', uses: { pretrain: 'allow' } };

function decide(
  written: Record<string, unknown> | null,
  change: { use?: Partial<Recipe['use']>; created?: string | null; asOf?: string } = {},
) {
  return decideGrant({
    grant: written === null ? null : grantOf({ ...OPEN, ...written }),
    use: { ...ASKED, ...change.use },
    asOf: change.asOf ?? '2026-11-23',
    source: 's',
    created: change.created ?? null,
  });
}

function outcome(...args: Parameters<typeof decide>): string {
  const decision = decide(...args);
  return decision.usable ? 'usable' : decision.refusal;
}

describe('a grant', () => {
  it('makes text usable when it allows the use, here and until training ends', () => {
    expect(decide({})).toEqual({ usable: true, grantId: 'g', warnings: [] });
  });

  it.each([
    ['no grant at all', null, 'no_grant'],
    ['a draft', { status: 'draft' }, 'grant_not_active'],
    ['a disputed one', { status: 'disputed' }, 'grant_not_active'],
    ['one marked expired', { status: 'expired' }, 'grant_expired'],
    ['one marked revoked', { status: 'revoked' }, 'grant_revoked'],
    ['one that starts tomorrow', { valid_from: '2026-11-24' }, 'grant_not_yet_valid'],
    ['one that starts today', { valid_from: '2026-11-23' }, 'usable'],
    ['one that ended yesterday', { valid_until: '2026-11-22' }, 'grant_expired'],
    ['one whose end is today, half-open', { valid_until: '2026-11-23' }, 'grant_expired'],
    ['one that ends during training', { valid_until: '2027-01-01' }, 'grant_expired'],
    ['one that ends on the last day of training', { valid_until: '2027-03-31' }, 'grant_expired'],
    ['one that ends the day after training', { valid_until: '2027-04-01' }, 'usable'],
    ['one revoked today', { revocation: { revoked_at: '2026-11-23' } }, 'grant_revoked'],
    [
      'one revoked before training ends',
      { revocation: { revoked_at: '2027-03-01' } },
      'grant_revoked',
    ],
    [
      'one revoked on the last day of training',
      { revocation: { revoked_at: '2027-03-31' } },
      'grant_revoked',
    ],
    [
      'one whose revocation takes effect after training',
      { revocation: { revoked_at: '2026-01-01', effective_at: '2027-04-01' } },
      'usable',
    ],
    ['a denied use', { uses: { pretrain: 'deny' } }, 'use_denied'],
    ['an unstated use', { uses: {} }, 'use_unstated'],
    ['a conditional use', { uses: { pretrain: 'conditional' } }, 'use_conditional'],
    ['a part of the territory', { territory: { include: ['DE', 'FR'] } }, 'territory_excluded'],
    ['an excluded member', { territory: { exclude: ['FR'] } }, 'territory_excluded'],
    ['the EEA, which holds the EU', { territory: { include: ['EEA'] } }, 'usable'],
    ['another source', { source_id: 'other' }, 'out_of_scope'],
    ['this source', { source_id: 's' }, 'usable'],
    [
      'dated text only, and there is no date',
      { scope: { content_before: '2022-01-01' } },
      'out_of_scope',
    ],
  ])('%s gives the right answer', (_, written, expected) => {
    expect(outcome(written)).toBe(expected);
  });

  it('covers dated text in a half-open window', () => {
    const scope = { content_after: '2020-01-01', content_before: '2022-01-01' };
    const at = (created: string) => outcome({ scope }, { created });
    expect(['2019-12-31', '2020-01-01', '2021-12-31', '2022-01-01'].map(at)).toEqual([
      'out_of_scope',
      'usable',
      'usable',
      'out_of_scope',
    ]);
  });

  it('must allow every purpose, and a denial is told before a silence', () => {
    const use = { purposes: ['pretrain', 'rag', 'commercial'] as Use[] };
    expect(outcome({}, { use })).toBe('use_unstated');
    const denied = { uses: { pretrain: 'allow', commercial: 'deny' } };
    expect(outcome(denied, { use })).toBe('use_denied');
  });

  it('is judged on the build day alone where no training end is stated', () => {
    expect(outcome({ valid_until: '2027-01-01' }, { use: { trainingEnds: null } })).toBe('usable');
  });

  it('warns from its notice on, counted back over months and years', () => {
    const ends = { valid_until: '2027-05-10', notice_days: 40 };
    expect(decide(ends)).toMatchObject({
      warnings: ['grant g ends on 2027-05-10 (notice from 2027-03-31)'],
    });
    expect(decide({ ...ends, notice_days: 39 })).toMatchObject({ warnings: [] });
    expect(decide({ spdx: 'CC-BY-SA-4.0' })).toMatchObject({
      warnings: ['grant g is share-alike'],
    });
  });

  it('is never widened by taking rights away (all right x date combinations)', () => {
    const rights = ['allow', 'conditional', 'unstated', 'deny'] as const;
    const days = [null, '2026-01-01', '2027-01-01', '2028-01-01'];
    for (const pretrain of rights) {
      for (const until of days) {
        const usable = outcome({ uses: { pretrain }, valid_until: until }) === 'usable';
        expect(usable).toBe(pretrain === 'allow' && (until === null || until > '2027-03-31'));
      }
    }
  });
});

describe('territories', () => {
  it('hold their members, and the world holds all', () => {
    expect(holdsAll(['EU'], 'DE')).toBe(true);
    expect(holdsAll(['EU'], 'NO')).toBe(false);
    expect(holdsAll(['EEA'], 'NO')).toBe(true);
    expect(holdsAll(['EU', 'IS', 'LI', 'NO'], 'EEA')).toBe(true);
    expect(holdsAll(['US'], 'US-CA')).toBe(true);
    expect(holdsAll(['US-CA'], 'US')).toBe(false);
    expect(holdsAll(['EU', 'US'], 'WORLD')).toBe(false);
    expect(holdsAll(['WORLD'], 'JP')).toBe(true);
    expect(touches(['FR'], 'EU')).toBe(true);
    expect(touches(['FR'], 'DE')).toBe(false);
    expect(touches(['US-CA'], 'US')).toBe(true);
    expect(touches(['FR'], 'WORLD')).toBe(true);
  });
});

describe('the table of public licences', () => {
  it('names only ids of the SPDX list', () => {
    expect(PINNED_LICENCES.filter((id) => !isSpdxId(id))).toEqual([]);
    expect(PINNED_LICENCES.length).toBeGreaterThan(60);
  });

  it.each([
    ['CC-BY-4.0', 'pretrain', 'allow'],
    ['CC-BY-4.0', 'commercial', 'allow'],
    ['MIT', 'redistribute_text', 'allow'],
    ['CC-BY-NC-4.0', 'pretrain', 'allow'],
    ['CC-BY-NC-4.0', 'commercial', 'deny'],
    ['CC-BY-ND-4.0', 'pretrain', 'conditional'],
    ['CC-BY-NC-ND-4.0', 'commercial', 'deny'],
    ['LicenseRef-press', 'pretrain', 'unstated'],
    ['Apache 2', 'pretrain', 'unstated'],
  ] as const)('%s: %s is %s', (id, use, right) => {
    expect(licenceTerms(id).uses[use]).toBe(right);
  });

  it('leaves AND with the least of all rights and makes one choice for OR', () => {
    const both = grantOf({ grant_id: 'g', spdx: 'MIT AND CC-BY-NC-4.0' });
    expect(both.uses.commercial).toBe('deny');
    const either = grantOf({ grant_id: 'g', spdx: 'CC-BY-NC-4.0 OR MIT OR Apache-2.0' });
    expect([either.uses.commercial, either.spdxConcluded]).toEqual(['allow', 'MIT']);
    expect(either.spdxDeclared).toBe('CC-BY-NC-4.0 OR MIT OR Apache-2.0');
  });

  it('lets a person conclude otherwise than the publisher declares, and keeps both', () => {
    const g = grantOf({ grant_id: 'g', spdx_declared: 'MIT', spdx_concluded: 'NOASSERTION' });
    expect([g.spdxDeclared, g.spdxConcluded, g.uses.pretrain]).toEqual([
      'MIT',
      'NOASSERTION',
      'unstated',
    ]);
  });

  it('keeps in the record what decides nothing', () => {
    const written = {
      ...OPEN,
      grantor: { name: 'Press', id: 'HRB 7' },
      grantee: 'Clinic',
      survives: { trained_models: 'yes', days_to_delete: 30 },
      evidence: [{ uri: 'contract.pdf', page: 4 }],
    };
    const grant = grantOf(written);
    expect([grant.grantor, grant.evidence]).toEqual([
      'Press',
      [{ uri: 'contract.pdf', sha256: null }],
    ]);
    expect(grant.notes).toEqual({
      grantee: 'Clinic',
      'grantor.id': 'HRB 7',
      'survives.trained_models': 'yes',
      'survives.days_to_delete': 30,
      'evidence[0].page': 4,
    });
  });
});

const GRANTS = [
  { grant_id: 'mit', spdx: 'MIT' },
  { grant_id: 'cc-by', spdx: 'CC-BY-4.0' },
  { grant_id: 'nc', spdx: 'CC-BY-NC-4.0' },
  {
    grant_id: 'pd',
    spdx: 'LicenseRef-public-domain',
    uses: { pretrain: 'allow', commercial: 'allow' },
  },
  { grant_id: 'old', spdx: 'Apache-2.0', valid_until: '2020-01-01' },
  { grant_id: 'early', spdx: 'ISC', scope: { content_before: '2022-11-30' } },
];

function deciderOf(grants: readonly Record<string, unknown>[], parse = parseSpdx) {
  const file = recipeFile.parse({
    name: 'x',
    version: 'dev',
    token_budget: 1,
    sources: [{ name: 's', paths: ['p'], domain: 'd', grant: { field: 'license' } }],
    use: { purposes: ['pretrain', 'commercial'] },
  });
  const recipe = recipeOfFile(file, grants.map(grantOf));
  const source = recipe.sources[0] as Source;
  const decider = createGrantDecider(recipe, '2026-11-23', parse);
  return (grantValue: string | null, created: string | null = null) =>
    decider({ source, grantValue, created });
}

describe('a row that names its licence', () => {
  it.each([
    ['mit', 'mit'],
    ['MIT', 'mit'],
    ['  MIT ', 'mit'],
    ['MIT AND CC-BY-4.0', 'mit AND cc-by'],
    ['MIT AND MIT', 'mit'],
    ['(MIT)', 'mit'],
    ['CC0-1.0 OR LicenseRef-public-domain', 'pd'],
    ['MIT OR CC-BY-4.0', 'mit'],
    ['Apache-2.0 OR MIT', 'mit'],
    ['(CC-BY-NC-4.0 OR MIT) AND CC-BY-4.0', 'mit AND cc-by'],
    ['CC-BY-NC-4.0', 'use_denied'],
    ['MIT AND CC-BY-NC-4.0', 'use_denied'],
    ['MIT AND GPL-3.0-only', 'no_grant'],
    ['Apache-2.0', 'grant_expired'],
    ['Apache-2.0 OR GPL-3.0-only', 'grant_expired'],
    [null, 'no_grant'],
    ['', 'no_grant'],
    ['  ', 'no_grant'],
    ['NOASSERTION', 'no_grant'],
    ['NONE', 'no_grant'],
    ['mit-style but non-commercial', 'no_grant'],
    ['cc-by-4.0', 'no_grant'],
    ['__proto__', 'no_grant'],
  ])('%s comes to %s', (value, expected) => {
    const decision = deciderOf(GRANTS)(value);
    expect(decision.usable ? decision.grantId : decision.refusal).toBe(expected);
  });

  it('is judged by its date only where a grant covers dated text', () => {
    const decider = deciderOf(GRANTS);
    expect(decider('ISC', '13-Jun-2000').usable).toBe(true);
    expect(decider('ISC', '2023/01/05')).toMatchObject({ refusal: 'out_of_scope' });
    expect(decider('ISC', 'fill me in')).toMatchObject({ refusal: 'out_of_scope' });
  });

  it('is not confused with a dated row whose date and licence spell the same', () => {
    for (const [value, created] of [
      ['2000-06-13\nISC', null],
      ['10:2000-06-133:ISC', null],
      ['', '2000-06-13'],
    ] as const) {
      const decider = deciderOf(GRANTS);
      expect(decider(value, created)).toMatchObject({ refusal: 'no_grant' });
      expect(decider('ISC', '2000-06-13')).toMatchObject({ usable: true, grantId: 'early' });
      expect(decider(value, created)).toMatchObject({ refusal: 'no_grant' });
    }
  });

  it('follows the renewed grant of a licence, and a denial by any', () => {
    const renewed = [...GRANTS, { grant_id: 'new', spdx: 'Apache-2.0' }];
    expect(deciderOf(renewed)('Apache-2.0')).toMatchObject({ grantId: 'new' });
    const denial = { grant_id: 'no', spdx: 'MIT', uses: { pretrain: 'deny' } };
    expect(deciderOf([...GRANTS, denial])('MIT')).toMatchObject({ refusal: 'use_denied' });
  });

  it('is parsed once for each distinct value', () => {
    let parses = 0;
    const decider = deciderOf(GRANTS, (text) => {
      parses += 1;
      return parseSpdx(text);
    });
    const before = parses;
    for (let i = 0; i < 100; i++) decider('MIT AND CC-BY-4.0');
    expect(parses - before).toBe(1);
  });

  it('records ids that can be told apart again', () => {
    expect(grantIdsOf('mit AND cc-by')).toEqual(['mit', 'cc-by']);
    for (const grant_id of ['a AND b', 'NONE', 'NOASSERTION', '']) {
      expect(grantFile.safeParse({ grant_id }).success).toBe(false);
    }
  });
});

const FREE: Fee = {
  currency: 'USD',
  fixed: null,
  perToken: null,
  perDocument: null,
  perEpoch: null,
  cap: null,
  minimum: null,
  meter: 'in_mix',
};

describe('a fee', () => {
  const used = { tokens: 1_000_000, documents: 10, epochs: 1 };

  it.each([
    ['a fixed sum', { fixed: '5000.00' }, 500_000],
    ['a price per token', { perToken: '0.000001' }, 100],
    ['a price per document', { perDocument: '1.5' }, 1500],
    ['all of them together', { fixed: '1', perToken: '0.000001', perDocument: '0.10' }, 300],
    ['a minimum', { perDocument: '0.10', minimum: '250' }, 25_000],
    ['a cap', { fixed: '9000', cap: '8000.50' }, 800_050],
    ['half a cent, rounded up once', { fixed: '0.005' }, 1],
    ['less than half a cent', { fixed: '0.0049999' }, 0],
    ['ten times 0.4 cents, not ten times nothing', { perDocument: '0.004' }, 4],
    ['a currency without cents', { currency: 'JPY', fixed: '100.5' }, 101],
    ['a currency with mills', { currency: 'KWD', fixed: '1.0005' }, 1001],
  ])('%s', (_, prices, expected) => {
    expect(feeOf({ ...FREE, ...prices }, used)).toBe(expected);
  });

  it('charges each pass begun and nothing for what is not used', () => {
    const fee = { ...FREE, perEpoch: '100', fixed: '1', minimum: '50' };
    expect(feeOf(fee, { tokens: 5, documents: 1, epochs: 1.2 })).toBe(20_100);
    expect(feeOf(fee, { tokens: 0, documents: 0, epochs: 0 })).toBe(0);
  });

  it('is exact where doubles are not, and never falls with more tokens', () => {
    expect(feeOf({ ...FREE, perToken: '0.1' }, { tokens: 3, documents: 1, epochs: 1 })).toBe(30);
    expect(minorUnits('90071992547409.91', 'USD')).toBe(9_007_199_254_740_991);
    const price = fc.bigInt({ min: 0n, max: 10n ** 9n });
    const count = fc.nat({ max: 1_000_000 });
    fc.assert(
      fc.property(price, count, count, (units, a, b) => {
        const fee = { ...FREE, perToken: `0.${units.toString().padStart(12, '0')}` };
        const at = (tokens: number) => feeOf(fee, { tokens, documents: 1, epochs: 1 });
        const cents = (units * BigInt(a) + 5n * 10n ** 9n) / 10n ** 10n;
        expect(at(a)).toBe(Number(cents));
        expect(at(a + b)).toBeGreaterThanOrEqual(at(a));
      }),
      { seed: 5 },
    );
  });
});
