/** Licence money while strata change one by one: always what counting all of it anew gives. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { licenceCost, licenceTerms } from '../core/plan/licence.js';
import { LicenceMeter } from '../core/plan/licence-meter.js';
import type { Fee } from '../core/schema/grant.js';
import { feeGrant, inventoryOf, recipeOf } from './plan-fixture.js';

const METERS: Fee['meter'][] = ['trained', 'in_mix', 'ingested'];
const price = fc.option(fc.integer({ min: 1, max: 40 }), { nil: null });
const amountOf = (cents: number | null) => (cents === null ? null : (cents / 100).toFixed(2));
const anyFee = fc.record({
  meter: fc.constantFrom(...METERS),
  prices: fc.tuple(price, price, price, price),
  cap: fc.option(fc.integer({ min: 50, max: 300 }), { nil: null }),
});
const step = fc.record({ at: fc.nat(3), tokens: fc.nat(20), documents: fc.nat(9) });

test('after any changes the money is that of the whole tally, and savings are its differences', () => {
  let changed = 0;
  fc.assert(
    fc.property(
      fc.tuple(anyFee, anyFee),
      fc.array(step, { minLength: 5, maxLength: 30 }),
      (fees, steps) => {
        const plain = inventoryOf(
          'a x h 9 doc=2 grant=g0\nb x h 7 doc=3 grant=g1\nc x h 5 grant=both\nd x h 4 grant=open',
        );
        const strata = plain.strata.map((s) =>
          s.grantId === 'both' ? { ...s, grantId: 'g0 AND g1' } : s,
        );
        const grants = fees.map(({ meter, prices, cap }, g) => {
          const [fixed, perToken, perDocument, perEpoch] = prices.map(amountOf);
          const parts = {
            fixed,
            perToken,
            perDocument,
            perEpoch,
            cap: amountOf(cap),
          } as Partial<Fee>;
          return feeGrant(`g${g}`, { currency: 'EUR', meter, ...parts });
        });
        const recipe = recipeOf(
          { ...plain, strata },
          { grants, licenceBudget: { currency: 'EUR', amount: '9.00', rates: {} } },
        );
        const terms = licenceTerms(recipe, strata)!;
        const used = { tokens: [3, 0, 5, 1], documents: [1, 0, 5, 1] };
        const meter = new LicenceMeter(terms, strata, used);
        expect(meter.minorUnits).toBe(licenceCost(terms, strata, used));
        for (const { at, tokens, documents } of steps) {
          const before = meter.minorUnits;
          const saved = meter.savedBy(at, { tokens, documents });
          expect(meter.minorUnits).toBe(before);
          meter.set(at, { tokens, documents });
          used.tokens[at] = tokens;
          used.documents[at] = documents;
          expect(meter.minorUnits).toBe(licenceCost(terms, strata, used));
          expect(before - meter.minorUnits).toBe(saved);
          if (saved !== 0) changed++;
        }
      },
    ),
    { numRuns: 100, seed: 12 },
  );
  expect(changed).toBeGreaterThan(200);
});
