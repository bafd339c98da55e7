/** The statistics behind a measure, by themselves: on laws that are known, and on real text. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { TypeCounter } from '../activities/tasks/type-counter.js';
import { derive, draw } from '../core/random/draw.js';
import { RandomStream } from '../core/random/stream.js';
import type { Spectrum } from '../core/schema/risk.js';
import { growthOf } from '../core/simulate/measure/growth.js';
import { OverlapSums } from '../core/simulate/measure/overlap.js';
import { phraseFinder } from '../core/simulate/measure/phrases.js';
import { chao1, goodTuring, zipfBeta } from '../core/simulate/measure/richness.js';
import { spectrumAt } from '../core/simulate/measure/spectrum.js';
import { spectrumOf } from '../core/simulate/measure/spectrum-of.js';
import { type GroupedCounts, suppressionRows } from '../core/simulate/measure/suppression.js';
import { thinSpectrum } from '../core/simulate/measure/thin-spectrum.js';
import { wordsOf } from '../core/simulate/measure/words.js';
import { normalQuantile } from '../core/stats/normal.js';
import { withDuckDb } from '../engines/duckdb.js';
import { SHARED_DATA } from './ballast-runner.js';
import { makeTempFolder, removeFolder } from './source-profile.js';

const typesOf = ({ types }: Spectrum) => types.reduce((sum, of) => sum + of, 0);
const at = (spectrum: Spectrum, count: number) =>
  spectrum.types[spectrum.counts.indexOf(count)] ?? 0;

function poisson(stream: RandomStream, mean: number): number {
  if (mean > 500) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(stream)));
  let [k, p] = [0, Math.exp(-mean)];
  for (let sum = p, u = stream.uniform(); u > sum && k < 2_000; sum += p) {
    k++;
    p *= mean / k;
  }
  return k;
}

function normal(stream: RandomStream): number {
  return normalQuantile(Math.max(2 ** -54, stream.uniform()));
}

describe('thinning a spectrum', () => {
  const spectrum = spectrumOf(
    new Map([
      ...[1, 2, 3, 4, 5, 7, 30].map((count): [number, number] => [count, 60 / count]),
      ...([[4_000, 2]] as [number, number][]),
    ]),
  );

  it('keeps the expected words, and the chance of every type to stay', () => {
    for (const q of [0.9, 0.5, 0.1]) {
      const thin = thinSpectrum(spectrum, q);
      expect(thin.words).toBeCloseTo(q * spectrum.words, 6);
      const stays = spectrum.counts.reduce(
        (sum, count, i) => sum + spectrum.types[i]! * (1 - (1 - q) ** count),
        0,
      );
      expect(typesOf(thin)).toBeCloseTo(stays, 8);
    }
  });

  it('gives each count its binomial share', () => {
    const thin = thinSpectrum(spectrumOf(new Map([[3, 8]])), 0.5);
    expect(thin.counts).toEqual([1, 2, 3]);
    for (const [i, types] of [3, 3, 1].entries()) expect(thin.types[i]).toBeCloseTo(types, 10);
  });

  it('says nothing of extrapolation, and is what it was at its own size', () => {
    expect(spectrumAt(spectrum, spectrum.words / 2).extrapolation).toBe('');
    expect(spectrumAt(spectrum, spectrum.words)).toEqual({ spectrum, extrapolation: '' });
  });
});

describe('richness', () => {
  it('reads unseen mass and types off the rarest', () => {
    const spectrum = spectrumOf(
      new Map([
        [1, 30],
        [2, 9],
        [10, 5],
      ]),
    );
    expect(goodTuring(spectrum)).toBe(30 / 98);
    expect(chao1(spectrum)).toBe(44 + (30 * 29) / 20);
    expect(zipfBeta(spectrum)).toBeNull();
  });

  it('finds the exponent of a Zipf law within 0.03', () => {
    for (const beta of [0.8, 1, 1.5]) {
      const stream = new RandomStream(derive(1, 'zipf', beta));
      const weights = Array.from({ length: 50_000 }, (_, r) => (r + 1) ** -beta);
      const all = weights.reduce((sum, w) => sum + w, 0);
      const types = new Map<number, number>();
      for (const w of weights) {
        const copies = poisson(stream, (1e6 * w) / all);
        types.set(copies, (types.get(copies) ?? 0) + 1);
      }
      expect(Math.abs(zipfBeta(spectrumOf(types))! - beta)).toBeLessThan(0.03);
    }
  });
});

describe('suppression', () => {
  /** One bin of 200 types; each of 20 groups has 1,000 words, and its own luck of a given spread. */
  function counts(stream: RandomStream, rate: number, groups: number[], spread: number) {
    const words = Array.from({ length: 20 }, (_, g) => (groups.includes(g) ? 1_000 : 0));
    const copies = words.map((w) => {
      const luck = Math.exp(spread * normal(stream) - (spread * spread) / 2);
      return w === 0 ? 0 : poisson(stream, w * rate * luck);
    });
    const none = new Array<number>(20).fill(0);
    return { words, copies: [copies, none, none, none, none] } satisfies GroupedCounts;
  }
  const ALL = Array.from({ length: 20 }, (_, g) => g);
  const ODD = ALL.filter((g) => g % 2 === 1);

  it.each([
    ['words come by themselves', 0, 0.6],
    ['words come in documents', 0.5, 0.6],
  ])('has intervals that hold in 95 %% of all cases where %s', (_, spread, w) => {
    const runs = 1_000;
    let held = 0;
    for (let run = 0; run < runs; run++) {
      const stream = new RandomStream(derive(5, 'suppression', String(spread), run));
      const human = counts(stream, 0.02, ODD, spread);
      const family = { family: 'f', ...counts(stream, 0.02 * w, ALL, spread) };
      const [row] = suppressionRows({ types: [200, 0, 0, 0, 0], human, families: [family] });
      if (row!.w.low <= w && w <= row!.w.high) held++;
    }
    // Standard error 0.007. Ten or twenty groups tell their spread only so well: down to 0.92 is as good as it gets.
    expect(held / runs).toBeGreaterThan(0.91);
    expect(held / runs).toBeLessThanOrEqual(1);
  });

  it('of a type that a family never uses is 0 with an upper end', () => {
    const human = counts(new RandomStream(derive(1, 'x')), 0.02, ODD, 0);
    const none = new Array<number>(20).fill(0);
    const family = {
      family: 'f',
      words: ALL.map(() => 1_000),
      copies: [none, none, none, none, none],
    };
    const [row] = suppressionRows({ types: [9, 0, 0, 0, 0], human, families: [family] });
    expect(row!.w.point).toBe(0);
    expect(row!.w.low).toBe(0);
    expect(row!.w.high).toBeGreaterThan(0);
    expect(row!.w.high).toBeLessThan(0.05);
  });
});

describe('overlap of families', () => {
  function rhoOf(planted: number, seed: number): number {
    const [types, words] = [3_000, 400_000];
    const sums = new OverlapSums({
      human: [words, words],
      families: Array.from({ length: 3 }, () => [words, words] as const),
    });
    for (let type = 0; type < types; type++) {
      const stream = new RandomStream(derive(seed, 'overlap', type));
      const rate = 1 / (type + 20) / 6;
      const both = (mean: number) => [poisson(stream, mean), poisson(stream, mean)] as const;
      const common = normal(stream);
      const human = both(rate * words);
      const families = Array.from({ length: 3 }, () => {
        const own = normal(stream);
        const log = 0.5 * (Math.sqrt(planted) * common + Math.sqrt(1 - planted) * own);
        return both(rate * words * Math.exp(log));
      });
      sums.add({ human, families });
    }
    return sums.result().rho!;
  }

  it('is found as it was planted, though counts are noisy', () => {
    // 3,000 types and three pairs: standard error about 0.02 at rho 0, less above; the seed is fixed.
    for (const planted of [0, 0.6, 0.9])
      expect(Math.abs(rhoOf(planted, 3) - planted)).toBeLessThan(0.08);
  });

  it('is not known of families with little text', () => {
    const sums = new OverlapSums({
      human: [1e5, 1e5],
      families: [
        [100, 100],
        [100, 100],
      ],
    });
    for (let i = 0; i < 500; i++)
      sums.add({
        human: [20, 20],
        families: [
          [0, 1],
          [1, 0],
        ],
      });
    expect(sums.result()).toEqual({ rho: null, types: 0 });
  });
});

describe('the counter of types', () => {
  async function countedWith(held: number): Promise<unknown[][]> {
    const scratch = await makeTempFolder();
    const rows = await withDuckDb({ memoryMegabytes: 256, scratch }, async (connection) => {
      const counter = await TypeCounter.create(connection, held);
      for (let document = 0; document < 200; document++) {
        const words = Array.from(
          { length: 30 },
          (_, i) => `word-of-some-length-${(document * i) % 97}`,
        );
        const bucket = { domain: 'd', family: document % 3 === 0 ? 'f' : '', language: 'en' };
        counter.add(bucket, document % 20, words, document % 5 === 0 ? ['two parts'] : []);
      }
      return (await connection.runAndReadAll(counter.close())).getRows();
    });
    await removeFolder(scratch);
    return rows;
  }

  it('says the same whether all types fit in memory or few do', async () => {
    const rows = await countedWith(1e6);
    expect(rows).toEqual(await countedWith(40));
    expect(rows.reduce((sum, row) => sum + Number(row[6]), 0)).toBe(200 * 30 + 40);
    expect(rows.filter((row) => row[3] === 'two parts').every((row) => row[4] === 2)).toBe(true);
  });
});

describe('terms of several words', () => {
  it('are found wherever they stand, one inside the other too', () => {
    const find = phraseFinder(['blood pressure', 'high blood pressure', 'x x']);
    expect(find(wordsOf('High blood-pressure; blood pressure. X x x'))).toEqual([
      ...['high blood pressure', 'blood pressure', 'blood pressure', 'x x', 'x x'],
    ]);
    expect(phraseFinder([])(['a'])).toEqual([]);
  });
});

const L2R = join(SHARED_DATA, 'l2r.jsonl.gz');
const HAS_DATA = existsSync(L2R);

describe.skipIf(!HAS_DATA)(
  `a larger text${HAS_DATA ? '' : ' (skipped: no ../shared/data)'}`,
  () => {
    interface Text {
      readonly u: number;
      readonly group: number;
      readonly words: readonly string[];
    }

    function texts(): Text[] {
      const rows = gunzipSync(readFileSync(L2R)).toString('utf8').trimEnd().split('\n');
      return rows
        .map((line) => JSON.parse(line) as { id: string; text: string; truth: string })
        .filter(({ truth }) => truth === 'human')
        .map(({ id, text }) => ({
          u: draw(derive(1, 'half'), id),
          group: Math.floor(draw(derive(1, 'group'), id) * 20),
          words: wordsOf(text),
        }));
    }

    function spectrum(of: readonly Text[]): Spectrum {
      const copies = new Map<string, number>();
      for (const { words } of of)
        for (const word of words) copies.set(word, (copies.get(word) ?? 0) + 1);
      const types = new Map<number, number>();
      for (const count of copies.values()) types.set(count, (types.get(count) ?? 0) + 1);
      return spectrumOf(types);
    }

    const all = HAS_DATA ? texts() : [];
    const whole = spectrum(all);
    const off = (ours: Spectrum, of: (s: Spectrum) => number) => Math.abs(of(ours) / of(whole) - 1);

    it('has the counts that the method states', () => {
      expect([whole.words, typesOf(whole)]).toEqual([504_543, 30_391]);
      expect([1, 2, 3, 4, 5].map((c) => at(whole, c))).toEqual([
        13_001, 4_666, 2_460, 1_591, 1_108,
      ]);
    });

    it('is foretold by half of its documents', () => {
      const half = all.filter(({ u }) => u < 0.5);
      const known = spectrum(half);
      const without = Array.from({ length: 20 }, (_, g) =>
        spectrum(half.filter(({ group }) => group !== g)),
      );
      const growth = growthOf(known, without);
      const told = spectrumAt(known, whole.words, growth);
      expect(told.spectrum.words).toBeCloseTo(whole.words, 3);
      expect(told.extrapolation).toContain('groups of documents');
      // What the sentence promises; halves differ by a standard error of about 1 % of types.
      expect(off(told.spectrum, typesOf)).toBeLessThan(0.05);
      for (const count of [1, 2, 3, 4, 5])
        expect(off(told.spectrum, (s) => at(s, count))).toBeLessThan(0.12);
      const byWords = spectrumAt(known, whole.words);
      expect(byWords.extrapolation).toContain('too few');
      expect(typesOf(byWords.spectrum)).toBeLessThan(typesOf(told.spectrum));
    });

    it('is foretold by a quarter within what is said of 16 times', () => {
      const part = all.filter(({ u }) => u < 0.25);
      const without = Array.from({ length: 20 }, (_, g) =>
        spectrum(part.filter(({ group }) => group !== g)),
      );
      const known = spectrum(part);
      const told = spectrumAt(known, whole.words, growthOf(known, without));
      expect(off(told.spectrum, typesOf)).toBeLessThan(0.16);
      for (const count of [1, 2, 3, 4, 5])
        expect(off(told.spectrum, (s) => at(s, count))).toBeLessThan(1 / 3);
    });
  },
);
