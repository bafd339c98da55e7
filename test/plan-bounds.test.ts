/**
 * Bounds of a share at another confidence than its interval's, and what a token then counts for in a cap.
 * Reference: exact quantiles of the beta distribution that the interval was made from.
 */
import { describe, expect, it, test } from 'vitest';
import { isConfident, WHOLE_WEIGHT, weightOf } from '../core/plan/cap-weights.js';
import type { Label } from '../core/schema/label.js';
import type { StratumKey } from '../core/schema/plan.js';
import type { ShareEstimate, TruthShares } from '../core/schema/truth-shares.js';
import { betaQuantile } from '../core/stats/beta.js';
import { boundAt, LEAST_CONFIDENCE } from '../core/stats/bound-at.js';
import { jeffreysInterval } from '../core/stats/intervals.js';
import { assumedTruth, cap } from './plan-fixture.js';

const CONFIDENCES = [0.8, 0.9, 0.95, 0.975, 0.99, 0.999, 0.9999];
const STATED = [0.8, 0.9, 0.95, 0.99];
/** Reviews, and those of them that are so. */
const COUNTS = [10, 30, 100, 400, 2000].flatMap((n) =>
  [0, 1, 2, 5, Math.round(n / 10), Math.round(n / 2), n - 2, n].map((k) => [k, n] as const),
);

const measured = (
  interval: Pick<ShareEstimate, 'point' | 'low' | 'high'>,
  confidence: number,
): ShareEstimate => ({ ...interval, confidence, basis: 'measured', reviews: 100 });

/** Clopper and Pearson's exact interval, Biometrika 26, 1934. */
function exactInterval(k: number, n: number, confidence: number) {
  const tail = (1 - confidence) / 2;
  return {
    point: k / n,
    low: k === 0 ? 0 : betaQuantile(tail, k, n - k + 1),
    high: k === n ? 1 : betaQuantile(1 - tail, k + 1, n - k),
  };
}

describe('a bound at a confidence', () => {
  it('is the Jeffreys bound of the same counts, whatever confidence the interval was stated at', () => {
    for (const [k, n] of COUNTS) {
      for (const stated of STATED) {
        const estimate = measured(jeffreysInterval(k, n, stated), stated);
        for (const asked of CONFIDENCES) {
          const exact = jeffreysInterval(k, n, 2 * asked - 1);
          const found = boundAt(estimate, asked);
          expect(Math.abs(found.upper - exact.high)).toBeLessThan(SLACK);
          expect(Math.abs(found.lower - exact.low)).toBeLessThan(SLACK);
        }
      }
    }
  });

  it('is near the Clopper-Pearson bound where the interval is one of those', () => {
    for (const [k, n] of COUNTS.filter(([, n]) => n >= 30)) {
      const estimate = measured(exactInterval(k, n, 0.95), 0.95);
      for (const asked of [0.9, 0.95, 0.99, 0.999]) {
        const exact = exactInterval(k, n, 2 * asked - 1);
        const found = boundAt(estimate, asked);
        const width = exact.high - exact.low;
        expect(Math.abs(found.upper - exact.high)).toBeLessThan(0.2 * width);
        expect(Math.abs(found.lower - exact.low)).toBeLessThan(0.2 * width);
      }
    }
  });

  it('is the stated end at the stated confidence, and moves outwards with confidence only', () => {
    for (const [k, n] of COUNTS) {
      const estimate = measured(jeffreysInterval(k, n, 0.9), 0.9);
      const at = boundAt(estimate, 0.95);
      expect(at.upper).toBeCloseTo(estimate.high, 12);
      expect(at.lower).toBeCloseTo(estimate.low, 12);
      let before = boundAt(estimate, 0.5);
      expect(before).toEqual(boundAt(estimate, LEAST_CONFIDENCE));
      for (let asked = 0.5; asked < 1; asked += 0.0099) {
        const next = boundAt(estimate, asked);
        expect(next.upper).toBeGreaterThanOrEqual(before.upper);
        expect(next.lower).toBeLessThanOrEqual(before.lower);
        expect(next.lower).toBeGreaterThanOrEqual(0);
        expect(next.upper).toBeLessThanOrEqual(1);
        before = next;
      }
    }
  });

  it('is the stated one, at any confidence, where nothing was measured', () => {
    const { human_authored: human } = assumedTruth('human_authored');
    expect(boundAt(human, 0.5)).toEqual(boundAt(human, 0.9999));
    expect(boundAt(human, 0.9)).toEqual({ lower: 0.95, upper: 1 });
    expect(boundAt(assumedTruth('unknown').synthetic, 0.9)).toEqual({ lower: 0, upper: 1 });
  });
});

/** Halvings of the count and of the share, against exact quantiles. */
const SLACK = 1e-9;

const key = (label: Label, modelFamily = ''): StratumKey => ({
  ...{
    source: 'a',
    domain: 'x',
    label,
    modelFamily,
    grantId: 'open',
    lineageDepth: 0,
    site: '',
    language: '',
    anchored: false,
  },
});

/** Truth with bounds that no stretch changes, so that weights can be read off. */
function stated(bounds: Record<keyof TruthShares, [number, number]>): TruthShares {
  const estimate = ([low, high]: [number, number]): ShareEstimate => ({
    ...{ point: (low + high) / 2, low, high, confidence: 0.95, basis: 'assumed', reviews: 0 },
  });
  return {
    human_authored: estimate(bounds.human_authored),
    human_edited: estimate(bounds.human_edited),
    synthetic: estimate(bounds.synthetic),
  };
}

const truth = stated({
  human_authored: [0.6, 0.9],
  human_edited: [0.05, 0.2],
  synthetic: [0.0123456, 0.1234564],
});

test.each<[string, Label[], string, 'max' | 'min', string | null, number]>([
  // counts            labels of the cap                      label of the text  kind   family  weight
  ['its upper bound', ['synthetic'], 'human_authored', 'max', null, 123457],
  ['its lower bound', ['synthetic'], 'human_authored', 'min', null, 12345],
  [
    'two classes by the third',
    ['human_authored', 'human_edited'],
    'synthetic',
    'max',
    null,
    987655,
  ],
  ['and at least so', ['human_authored', 'human_edited'], 'synthetic', 'min', null, 876543],
  ['unknown text as its truth', ['synthetic'], 'unknown', 'max', null, 123457],
  ['unknown text wholly where it is named', ['synthetic', 'unknown'], 'unknown', 'max', null, 1e6],
  ['also at least', ['human_authored', 'unknown'], 'unknown', 'min', null, 1e6],
  ['labelled text never as unknown', ['unknown'], 'synthetic', 'max', null, 0],
  [
    'all classes wholly',
    ['human_authored', 'human_edited', 'synthetic'],
    'unknown',
    'min',
    null,
    1e6,
  ],
  ['a family by its label', ['synthetic'], 'synthetic:m1', 'max', 'm1', 123457],
  ['another family never', ['synthetic'], 'synthetic:m2', 'max', 'm1', 0],
  ['what may be of the family', ['synthetic'], 'human_authored', 'max', 'm1', 123457],
  ['but not as surely of it', ['synthetic'], 'human_authored', 'min', 'm1', 0],
  ['a family of synthetic text only', ['human_authored'], 'synthetic:m1', 'max', 'm1', 0],
])('a cap at a confidence counts %s', (_, provenance, text, kind, modelFamily, weight) => {
  const [label, family] = text.split(':') as [Label, string | undefined];
  const given = cap('c', { provenance, modelFamily, confidence: 0.9, [kind]: 0.5 });
  if (!isConfident(given)) throw new Error('not at a confidence');
  expect(weightOf(given, { key: key(label, family), truth })).toBe(weight);
});

test('a whole number of millionths is not rounded for the dust of a subtraction', () => {
  const max = cap('c', { provenance: ['synthetic'], confidence: 0.9, max: 0.5 });
  const min = cap('c', { provenance: ['human_authored'], confidence: 0.9, min: 0.5 });
  for (let t = 0.01; t < 1; t += 0.01) {
    const threshold = Number(t.toFixed(2));
    const truth = assumedTruth('human_authored', threshold);
    const [most, least] = [max, min].map((c) => {
      if (!isConfident(c)) throw new Error('not at a confidence');
      return weightOf(c, { key: key('human_authored'), truth });
    });
    expect(most! + least!).toBe(WHOLE_WEIGHT);
    expect(least).toBe(Math.round(threshold * WHOLE_WEIGHT));
  }
});
