/**
 * Tail coverage and the critical human share: the printed table, limits under every policy, the fixed block's
 * scan, half-life and effective corpus, a hundred domains, refusals.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../core/schema/failure.js';
import type { Spectrum } from '../core/schema/risk.js';
import { absentFresh, absentOutsideBlock } from '../core/simulate/closed-forms/branching.js';
import {
  absentAt,
  criticalShare,
  effectiveCorpus,
  halfLife,
  type TailLoop,
  tailCoverage,
} from '../core/simulate/gate/critical-share.js';
import { crossing } from '../core/stats/crossing.js';

/** Lower-cased words of the l2r human text: 504,543 words, 30,391 types; the types with 1 to 5 copies. */
const L2R: Spectrum = {
  counts: [1, 2, 3, 4, 5],
  types: [13001, 4666, 2460, 1591, 1108],
  words: 504_543,
};

const POLICIES = ['replace', 'accumulate', 'accumulate-subsample'] as const;
const HUMAN = ['fresh', 'fixed'] as const;
const SETTINGS = POLICIES.flatMap((policy) => HUMAN.map((human) => ({ policy, human })));

function loopOf(w: number, changes: Partial<TailLoop> = {}): TailLoop {
  const suppression = () => w;
  const base = { spectrum: L2R, suppression, generations: 10, policy: 'replace', human: 'fresh' };
  return { ...base, ...changes } as TailLoop;
}

describe('the table of the l2r human text at g = 10', () => {
  const table = [
    [1, 0.3674, 0.2961, 0.6418, 0.8648],
    [0.9, 0.4484, 0.3715, 0.5424, 0.815],
    [0.5, 0.6508, 0.569, 0.3242, 0.6585],
    [0, 0.7768, 0.709, 0.2134, 0.5163],
  ] as const;
  test.each(table)('w = %d', (w, alpha, massWeighted, atTenth, atThree) => {
    const loop = loopOf(w);
    const off = (found: number, printed: number) => Math.abs(found - printed);
    expect(off(criticalShare({ ...loop, threshold: 0.9 }), alpha)).toBeLessThan(1e-4);
    const byMass = criticalShare({ ...loop, threshold: 0.9, massWeighted: true });
    expect(off(byMass, massWeighted)).toBeLessThan(1e-4);
    expect(off(tailCoverage({ ...loop, humanShare: 0.1 }), atTenth)).toBeLessThan(1e-4);
    expect(off(tailCoverage({ ...loop, humanShare: 0.3 }), atThree)).toBeLessThan(1e-4);
  });
});

describe('tail coverage', () => {
  test('is the sum of the chances of its types', () => {
    const suppression = (copies: number) => (copies < 3 ? 0.4 : 0.8);
    for (const human of HUMAN) {
      const loop = loopOf(0, { suppression, human });
      const absent =
        human === 'fresh'
          ? absentFresh
          : (line: Parameters<typeof absentOutsideBlock>[0], g: number) =>
              absentOutsideBlock(line, g) * Math.exp(-line.humanShare * line.copies);
      let [there, whole] = [0, 0];
      for (const [i, copies] of L2R.counts.entries()) {
        const line = { copies, humanShare: 0.2, suppression: suppression(copies) };
        there += L2R.types[i]! * (1 - absent(line, 10));
        whole += L2R.types[i]! * (1 - Math.exp(-copies));
      }
      expect(tailCoverage({ ...loop, humanShare: 0.2 })).toBeCloseTo(there / whole, 12);
    }
  });

  test('is 1 for fresh human text alone under replace, whatever w and g', () => {
    for (const w of [0, 0.3, 1])
      for (const generations of [1, 5, 100]) {
        const loop = loopOf(w, { generations });
        expect(tailCoverage({ ...loop, humanShare: 1 })).toBeCloseTo(1, 13);
      }
  });

  test('looks at types with up to 5 copies, and leaves out those without any', () => {
    const spectrum = {
      counts: [0, ...L2R.counts, 6, 4000],
      types: [900, ...L2R.types, 500, 20],
      words: 0,
    };
    const [with5, all] = [loopOf(0.5), loopOf(0.5, { spectrum })].map((loop) =>
      tailCoverage({ ...loop, humanShare: 0.2 }),
    );
    expect(all).toBe(with5);
  });

  test('at w = 0 is the coverage by human tokens alone', () => {
    const shareKept = (alpha: number) =>
      L2R.counts.reduce((sum, c, i) => sum - L2R.types[i]! * Math.expm1(-alpha * c), 0);
    const found = tailCoverage({ ...loopOf(0), humanShare: 0.4 });
    expect(found).toBeCloseTo(shareKept(0.4) / shareKept(1), 13);
  });

  test('rises with w, and with alpha for fresh human text; falls with g under replace', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, fc.integer({ min: 1, max: 40 }), (w, a, b, generations) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const at = (humanShare: number, suppression: number, g = generations) =>
          tailCoverage({ ...loopOf(suppression, { generations: g }), humanShare });
        expect(at(high, w)).toBeGreaterThanOrEqual(at(low, w) - 1e-12);
        expect(at(w, high)).toBeGreaterThanOrEqual(at(w, low) - 1e-12);
        expect(at(a, w, generations + 1)).toBeLessThanOrEqual(at(a, w) + 1e-12);
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});

describe('the critical share', () => {
  test.each(SETTINGS)('is where coverage crosses its threshold: $policy, $human', (setting) => {
    for (const w of [0, 0.5, 0.9]) {
      const loop = loopOf(w, setting);
      const alpha = criticalShare({ ...loop, threshold: 0.95 });
      const at = (humanShare: number) => tailCoverage({ ...loop, humanShare });
      for (let humanShare = alpha; humanShare <= 1; humanShare += 0.0173)
        expect(at(humanShare)).toBeGreaterThanOrEqual(0.95 - 1e-9);
      if (alpha > 0) expect(at(alpha - 1e-6)).toBeLessThan(0.95);
    }
  });

  test('is 0 where no human text is needed, and 1 where all of it is', () => {
    expect(criticalShare({ ...loopOf(1, { generations: 1 }), threshold: 0.9 })).toBe(0);
    expect(criticalShare({ ...loopOf(1, { policy: 'accumulate' }), threshold: 0.9 })).toBe(0);
    expect(criticalShare({ ...loopOf(0), threshold: 1 })).toBeCloseTo(1, 10);
  });

  test.each(SETTINGS)('from it on the threshold is kept: $policy, $human', (setting) => {
    for (const w of [0, 0.5, 1]) {
      const loop = loopOf(w, setting);
      const alpha = criticalShare({ ...loop, threshold: 0.9 });
      const at = (humanShare: number) => tailCoverage({ ...loop, humanShare });
      for (let i = 0; i <= 20; i++) {
        expect(at(alpha + ((1 - alpha) * i) / 20)).toBeGreaterThanOrEqual(0.9 - 1e-9);
      }
      if (alpha > 0) expect(at(alpha - 0.001)).toBeLessThan(0.9);
    }
  });

  test.each(SETTINGS)('all human text has all of it: $policy, $human', (setting) => {
    const coverage = tailCoverage({ ...loopOf(0.5, setting), humanShare: 1 });
    if (setting.human === 'fixed' || setting.policy === 'replace')
      expect(coverage).toBeCloseTo(1, 12);
    else expect(coverage).toBeGreaterThanOrEqual(1 - 1e-12);
  });

  test('does not depend on the order of the spectrum', () => {
    const spectrum = {
      counts: [...L2R.counts].reverse(),
      types: [...L2R.types].reverse(),
      words: L2R.words,
    };
    const [there, back] = [loopOf(0.5), loopOf(0.5, { spectrum })];
    const alphas = [there, back].map((loop) => criticalShare({ ...loop, threshold: 0.9 }));
    expect(alphas[0]).toBeCloseTo(alphas[1]!, 11);
  });
});

describe('half-life and effective corpus', () => {
  test('absence from the samples of a pool rises with g, so that halving finds its first half', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, fc.constantFrom(...HUMAN), (humanShare, suppression, human) => {
        const type = { copies: 2, humanShare, suppression, human };
        const refresh = { policy: 'accumulate-subsample', human } as const;
        for (let g = 1; g < 60; g++) {
          const [now, next] = [absentAt(type, refresh, g), absentAt(type, refresh, g + 1)];
          expect(next).toBeGreaterThanOrEqual(now - 1e-12);
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  test.each(SETTINGS)('of one type: $policy, $human', (setting) => {
    const type = { copies: 3, humanShare: 0.05, suppression: 0.6, ...setting };
    const g = halfLife(type);
    if (setting.policy === 'accumulate') expect(g).toBeNull();
    else {
      expect(absentAt(type, type, g!)).toBeGreaterThanOrEqual(0.5);
      expect(absentAt(type, type, g! - 1)).toBeLessThan(0.5);
    }
  });

  test('a rare type can be missing from the planned mix itself', () => {
    const type = { copies: 0.5, humanShare: 0.1, suppression: 0, human: 'fresh' } as const;
    expect(halfLife({ ...type, policy: 'accumulate' })).toBe(1);
  });

  test.each(SETTINGS)('at g = 1 all policies hold the planned mix: $policy, $human', (setting) => {
    const line = { humanShare: 0.3, suppression: 0.5, ...setting };
    const made = 1 - Math.exp(-0.35);
    expect(effectiveCorpus(line, 1)).toBeCloseTo(made + 0.3, 12);
  });

  test('of fresh human text alone is the whole corpus, of a cut tail alpha of it', () => {
    const line = { humanShare: 1, suppression: 0.5, policy: 'replace', human: 'fresh' } as const;
    expect(effectiveCorpus(line, 9)).toBeCloseTo(1, 14);
    expect(effectiveCorpus({ ...line, humanShare: 0.2, suppression: 0 }, 9)).toBeCloseTo(0.2, 14);
    const pool = { ...line, humanShare: 0.2, suppression: 0, policy: 'accumulate' } as const;
    expect(effectiveCorpus(pool, 9)).toBeCloseTo(1.8, 14);
  });
});

test('a crossing is bracketed as closely as asked, in few calls', () => {
  for (const f of [
    (x: number) => x - 1 / 3,
    (x: number) => Math.tanh(1000 * (x - 0.7)),
    (x: number) => (x < 0.25 ? -1 : 1),
    (x: number) => (x - 0.5) ** 9,
  ]) {
    let calls = 0;
    const counted = (x: number) => {
      calls++;
      return f(x);
    };
    const found = crossing(counted, { low: 0, high: 1, width: 1e-12 });
    expect(f(found)).toBeGreaterThanOrEqual(0);
    expect(f(found - 1e-12)).toBeLessThanOrEqual(0);
    expect(calls).toBeLessThan(130);
  }
});

test('a hundred domains with their own spectra and curves have their shares', () => {
  const alphas = Array.from({ length: 100 }, (_, domain) => {
    const types = L2R.types.map((count, i) =>
      Math.round(count * (1 + ((domain * 7 + i) % 13) / 10)),
    );
    const suppression = (copies: number) => Math.min(1, 0.005 * domain + copies / 10);
    const loop = loopOf(0, { spectrum: { counts: L2R.counts, types, words: 0 }, suppression });
    const alpha = criticalShare({ ...loop, threshold: 0.9 });
    expect(tailCoverage({ ...loop, humanShare: alpha })).toBeCloseTo(0.9, 9);
    return alpha;
  });
  expect(Math.min(...alphas)).toBeGreaterThan(0.36);
  expect(Math.max(...alphas)).toBeLessThan(0.78);
  expect(new Set(alphas).size).toBe(100);
});

describe('what is refused', () => {
  const empty = { counts: [9], types: [4], words: 36 };
  test.each([
    [
      'no tail',
      () => tailCoverage({ ...loopOf(1, { spectrum: empty }), humanShare: 0.1 }),
      'up to 5 copies',
    ],
    ['w above 1', () => tailCoverage({ ...loopOf(1.01), humanShare: 0.1 }), 'w to be'],
    ['g = 0', () => tailCoverage({ ...loopOf(1, { generations: 0 }), humanShare: 0.1 }), 'g to be'],
    ['a share above 1', () => tailCoverage({ ...loopOf(1), humanShare: 1.1 }), 'alpha to be'],
    [
      'a threshold above 1',
      () => criticalShare({ ...loopOf(1), threshold: 1.1 }),
      'threshold to be',
    ],
  ])('%s', (_, act, says) => {
    expect(act).toThrow(Failure);
    expect(act).toThrow(says);
  });
});
