import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { derive, draw } from '../core/random/draw.js';
import { distinctWords } from '../engines/distinct-words.js';
import { BANDS, bandsFor, jaccard, permutations, recallAt } from '../engines/minhash.js';
import {
  leastOf,
  referenceMarks,
  referenceShingles,
  referenceSketch,
  referenceWords,
} from '../engines/minhash-reference.js';
import { createTextKernel, type TextKernel } from '../engines/text-kernel.js';
import { nastyText, realTexts } from './kernel-texts.js';

describe('the MinHash kernel', () => {
  let kernel: TextKernel;
  beforeAll(async () => {
    kernel = await createTextKernel({ tokenizer: { kind: 'bytes' } });
  });
  const sketch = (text: string): { distinct: number; bands: Uint32Array } => {
    const bands = new Uint32Array(2 * BANDS.bandCount).fill(0xdeadbeef);
    kernel.load(text);
    return { distinct: kernel.sketch(bands, 0), bands };
  };
  const expectTwin = (text: string): void => {
    const { distinct, bands } = sketch(text);
    const shingles = referenceShingles(text);
    expect(distinct).toBe(shingles.length);
    expect(kernel.shingles()).toEqual(shingles);
    expect(bands).toEqual(referenceSketch(text, BANDS));
    const words = referenceWords(text);
    expect(kernel.statistics()).toMatchObject({
      words: words.length,
      distinctWords: distinctWords(referenceMarks(text), words.length),
    });
  };

  it('equals its plain twin bit for bit on any text', () => {
    fc.assert(fc.property(nastyText, expectTwin), { numRuns: 3000, seed: 7 });
  });

  it('equals its plain twin bit for bit on texts of installed packages', () => {
    for (const text of realTexts().slice(0, 40)) expectTwin(text);
  });

  it('equals its plain twin for other bandings', async () => {
    for (const threshold of [0.5, 0.65, 0.9, 1]) {
      const bands = bandsFor(threshold);
      const other = await createTextKernel({ tokenizer: { kind: 'bytes' }, bands });
      for (const text of realTexts().slice(0, 5)) {
        const out = new Uint32Array(2 * bands.bandCount);
        other.load(text);
        other.sketch(out, 0);
        expect(out).toEqual(referenceSketch(text, bands));
      }
    }
  });

  it('normalises a single character of every block as the whole text would be', () => {
    for (let codePoint = 0x80; codePoint < 0x1_f000; codePoint += 1) {
      if (codePoint >= 0xac00 && codePoint < 0xf900) continue; // Hangul, surrogates, private use
      if (codePoint >= 0x4e00 && codePoint < 0x9f00) continue; // Han
      if (codePoint >= 0x12000 && codePoint < 0x16a00) continue; // cuneiform, hieroglyphs
      const text = `xΑ${String.fromCodePoint(codePoint)}A\u0301 b`;
      kernel.load(text);
      if (kernel.statistics().words !== referenceWords(text).length) expectTwin(text);
      if (codePoint % 7 === 0) expectTwin(text);
    }
  });

  it('takes characters of scripts without spaces as words', () => {
    kernel.load('漢字かな สวัสดี abc');
    expect(kernel.statistics().words).toBe(4 + 6 + 1);
  });

  it('writes zeros for a text without words, and nothing outside its place', () => {
    const out = new Uint32Array(2 * BANDS.bandCount + 2).fill(9);
    kernel.load(' … !! \n');
    expect(kernel.sketch(out, 1)).toBe(0);
    expect(Array.from(out.subarray(1, -1)).every((x) => x === 0)).toBe(true);
    expect([out[0], out.at(-1)]).toEqual([9, 9]);
    expect(kernel.shingles().length).toBe(0);
  });

  it('ignores case, punctuation, layout and compatibility forms', () => {
    expect(sketch('The ﬁrst, second  third\nFOURTH fifth.')).toEqual(
      sketch('the first second third fourth (fifth)'),
    );
  });

  it('counts distinct words without bias and with the error of linear counting', () => {
    // z of each text has mean 0 and variance 1. Mean of 200: standard error .071, 5 of them is a false
    // alarm in 2e6 runs. Sum of squares: chi-square-like, 200 +- 20; 5 of these in about 1e6.
    const texts = 200;
    const key = derive(17, 'words');
    let sum = 0;
    let squares = 0;
    for (let text = 0; text < texts; text++) {
      const words = Array.from({ length: 50 + 10 * text }, (_, i) =>
        Math.floor(draw(key, `${text}/${i}`) * 36 ** 8).toString(36),
      );
      const distinct = new Set(words).size;
      const loaded = [...words, ...words.slice(0, distinct / 2)].join(' ');
      kernel.load(loaded);
      const { slots } = referenceMarks(loaded);
      const load = distinct / slots;
      const error = Math.sqrt(slots * (Math.exp(load) - load - 1));
      const z = (kernel.statistics().distinctWords - distinct) / error;
      sum += z;
      squares += z * z;
    }
    expect(Math.abs(sum / texts)).toBeLessThan(5 / Math.sqrt(texts));
    expect(Math.abs(squares - texts)).toBeLessThan(5 * Math.sqrt(2 * texts));
  });

  it('counts distinct words of real texts within a few percent', () => {
    for (const text of realTexts()) {
      const words = referenceWords(text);
      kernel.load(text);
      const distinct = new Set(words).size;
      // 5 standard errors of linear counting at a tenth of the slots, and one word of rounding.
      const margin = 5 * Math.sqrt(0.06 * distinct) + 1;
      expect(Math.abs(kernel.statistics().distinctWords - distinct)).toBeLessThan(margin);
    }
  });

  it('forgets a long text when a short one follows', () => {
    const before = sketch('one two three four five six');
    sketch('seven eight nine '.repeat(200_000));
    expect(sketch('one two three four five six')).toEqual(before);
  });

  it('counts words, lines and code points', () => {
    const statistics = (text: string): unknown => {
      kernel.load(text);
      return kernel.statistics();
    };
    expect(statistics('')).toEqual({ words: 0, distinctWords: 0, lines: 0, characters: 0 });
    expect(statistics('a b\nçé A')).toEqual({
      ...{ words: 4, distinctWords: 3 },
      ...{ lines: 2, characters: 8 },
    });
    expect(statistics('a\n')).toEqual({ words: 1, distinctWords: 1, lines: 1, characters: 2 });
    fc.assert(
      fc.property(nastyText, (text) => {
        kernel.load(text);
        expect(kernel.statistics().characters).toBe([...text].length);
      }),
      { seed: 13 },
    );
  });
});

describe('banding', () => {
  it('finds a pair at the threshold with probability .99 at least', () => {
    for (let threshold = 0.5; threshold <= 1; threshold += 0.01) {
      const bands = bandsFor(Math.min(threshold, 1));
      expect(recallAt(threshold, bands)).toBeGreaterThanOrEqual(0.99);
      expect(bands.hashCount).toBe(bands.bandCount * bands.rowsPerBand);
      expect(bands.hashCount).toBeLessThanOrEqual(64);
    }
  });

  it('estimates Jaccard without bias and with the variance of independent rows', () => {
    // 400 pairs of 300-element sets at Jaccard j, 60 rows each: the mean of the agreeing share has
    // standard error sqrt(j (1 - j) / 24000) <= .0033; 4.5 of them is a false alarm in 1.5e5 runs.
    // The sum of squared deviations / variance is chi-square-like with 400 degrees: 400 +- 28;
    // 5 of these is a false alarm in about 1e6 runs.
    const pairs = 400;
    const rows = BANDS.hashCount;
    for (const [shared, each] of [
      [100, 200],
      [200, 100],
      [240, 60],
    ] as const) {
      const j = shared / (shared + 2 * each);
      const shares = Array.from({ length: pairs }, (_, pair) =>
        agreement(pair, shared, each, rows),
      );
      const mean = shares.reduce((sum, share) => sum + share, 0) / pairs;
      const standardError = Math.sqrt((j * (1 - j)) / (pairs * rows));
      expect(Math.abs(mean - j)).toBeLessThan(4.5 * standardError);
      const variance = (j * (1 - j)) / rows;
      const squares = shares.reduce((sum, share) => sum + (share - j) ** 2 / variance, 0);
      expect(Math.abs(squares - pairs)).toBeLessThan(5 * Math.sqrt(2 * pairs));
    }
  });

  it('draws odd multipliers, all different', () => {
    const { multipliers } = permutations(64);
    expect(new Set(multipliers).size).toBe(64);
    expect(multipliers.every((a) => a % 2 === 1)).toBe(true);
  });
});

describe('exact Jaccard', () => {
  it('equals the definition on any two sets', () => {
    const hashes = fc.uniqueArray(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 30 });
    fc.assert(
      fc.property(hashes, hashes, hashes, (common, x, y) => {
        const a = new Set([...common, ...x]);
        const b = new Set([...common, ...y]);
        const shared = [...a].filter((hash) => b.has(hash)).length;
        const all = new Set([...a, ...b]).size;
        const sorted = (set: Set<bigint>): BigUint64Array => BigUint64Array.from(set).sort();
        expect(jaccard(sorted(a), sorted(b))).toBe(a.size && b.size ? shared / all : 0);
      }),
      { seed: 2 },
    );
  });
});

/** Share of rows in which two sets of well mixed hashes agree. */
function agreement(pair: number, shared: number, each: number, rows: number): number {
  const element = (i: number): bigint => {
    let h = BigInt.asUintN(64, BigInt(pair * 1000 + i + 1) * 0x9e3779b97f4a7c15n);
    h = BigInt.asUintN(64, (h ^ (h >> 30n)) * 0xbf58476d1ce4e5b9n);
    h = BigInt.asUintN(64, (h ^ (h >> 27n)) * 0x94d049bb133111ebn);
    return h ^ (h >> 31n);
  };
  const range = (from: number, to: number): bigint[] =>
    Array.from({ length: to - from }, (_, i) => element(from + i));
  const common = range(0, shared);
  const a = leastOf(BigUint64Array.from([...common, ...range(shared, shared + each)]), rows);
  const b = leastOf(BigUint64Array.from([...common, ...range(400, 400 + each)]), rows);
  return a.filter((least, row) => least === b[row]).length / rows;
}
