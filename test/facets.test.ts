import { describe, expect, test } from 'vitest';
import { tiersOf } from '../core/license/tier.js';
import { facetsOf, hostOf } from '../core/plan/facets.js';
import type { Grant, Use, UseRight } from '../core/schema/grant.js';
import { cap, feeGrant, inventoryOf, recipeOf } from './plan-fixture.js';

const recipe = recipeOf(inventoryOf('web health h 10'), {
  caps: [
    cap('a', { site: 'gov', max: 0.5 }),
    cap('b', { site: 'cdc.gov', max: 0.2 }),
    cap('c', { language: 'en', max: 0.5 }),
    cap('d', { language: 'en-GB', max: 0.1 }),
  ],
});

describe('facets', () => {
  test('a text belongs to the most specific name that a cap uses', () => {
    const { site, language } = facetsOf(recipe);
    expect(
      ['www.cdc.gov', 'cdc.gov', 'nih.gov', 'gov', 'notcdc.gov', 'x.org', ''].map(site),
    ).toEqual(['cdc.gov', 'cdc.gov', 'gov', 'gov', 'gov', '', '']);
    expect(['en', 'EN-gb', 'en-GB-oed', 'en-US', 'eng', 'de', ''].map(language)).toEqual([
      'en',
      'en-GB',
      'en-GB',
      'en',
      '',
      '',
      '',
    ]);
  });

  test.each([
    ['https://User:pw@WWW.Example.ORG:8080/a?b#c', 'www.example.org'],
    ['http://example.org.', 'example.org'],
    ['http://[::1]:80/x', '[::1]'],
    ['mailto:a@b.org', ''],
    ['', ''],
    ['example.org/a', ''],
    ['https://a.org?x=@b.org', 'a.org'],
  ])('host of %s', (url, host) => {
    expect(hostOf(url)).toBe(host);
  });
});

test('the narrowest tier of several grants counts', () => {
  const grant = (grantId: string, uses: Partial<Record<Use, UseRight>>): Grant => {
    const made = feeGrant(grantId, {});
    return { ...made, uses: { ...made.uses, ...uses } };
  };
  const tierOf = tiersOf([
    grant('free', {}),
    grant('silent', { commercial: 'unstated' }),
    grant('nc', { commercial: 'deny' }),
    grant('lab', { commercial: 'deny', redistribute_text: 'deny', pretrain: 'conditional' }),
  ]);
  expect(['free', 'silent', 'nc', 'lab', 'who', 'free AND nc', 'lab AND nc'].map(tierOf)).toEqual([
    ...['commercial', 'unspecified', 'non_commercial', 'academic_only', 'unspecified'],
    ...['non_commercial', 'academic_only'],
  ]);
});
