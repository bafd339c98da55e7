/**
 * The stream and the samplers against exact laws, at fixed seeds. Each goodness of fit is a chi-square over cells of
 * 20 expected draws or more, turned into a z-score (Wilson-Hilferty) and asked to lie in [-4.5, 4.5]; each moment
 * is asked to lie within 4.5 standard errors. False alarm of one check: 7e-6; of the about 90 here together: 6e-4,
 * once, when a seed or a sampler is changed; with the seeds fixed the suite gives the same answer each time.
 */
import { describe, expect, it } from 'vitest';
import {
  logBinomial,
  logHypergeometric,
  logPoisson,
  stirlingRest,
} from '../core/random/count-probability.js';
import { derive } from '../core/random/draw.js';
import {
  binomial,
  chiSquare,
  gamma,
  hypergeometric,
  logChiSquare,
  logGammaDraw,
  multinomial,
  normal,
  poisson,
} from '../core/random/samplers.js';
import { RandomStream } from '../core/random/stream.js';
import { logGamma } from '../core/stats/beta.js';

const BOUND = 4.5;
const SEED = 20261126;

function streamOf(...parts: (string | number)[]): RandomStream {
  return new RandomStream(derive(SEED, 'test-samplers', ...parts));
}

/** z of a chi-square of `df` degrees of freedom. Source: Wilson & Hilferty, PNAS 17, 1931. */
function chiSquareZ(value: number, df: number): number {
  const spread = 2 / (9 * df);
  return (Math.cbrt(value / df) - 1 + spread) / Math.sqrt(spread);
}

/** z of counts 0, 1, .. against a law, cells merged from below until 20 are expected in each. */
function fitZ(draws: number[], probability: (k: number) => number, last: number): number {
  const observed = new Float64Array(last + 2);
  for (const k of draws)
    observed[Math.min(k, last + 1)] = (observed[Math.min(k, last + 1)] ?? 0) + 1;
  const cells: { seen: number; expected: number }[] = [];
  let [seen, expected, covered] = [0, 0, 0];
  for (let k = 0; k <= last; k++) {
    const p = probability(k);
    covered += p;
    seen += observed[k] ?? 0;
    expected += p * draws.length;
    if (expected < 20) continue;
    cells.push({ seen, expected });
    [seen, expected] = [0, 0];
  }
  const rest = {
    seen: seen + (observed[last + 1] ?? 0),
    expected: expected + (1 - covered) * draws.length,
  };
  const top = cells.at(-1);
  if (top === undefined) throw new Error('one cell only');
  top.seen += rest.seen;
  top.expected += rest.expected;
  expect(cells.length).toBeGreaterThan(1);
  const value = cells.reduce(
    (sum, cell) => sum + (cell.seen - cell.expected) ** 2 / cell.expected,
    0,
  );
  return chiSquareZ(value, cells.length - 1);
}

/** z of the uniformity of numbers in [0, 1) over 64 equal cells. */
function uniformZ(values: number[]): number {
  return fitZ(
    values.map((u) => Math.min(63, Math.floor(u * 64))),
    () => 1 / 64,
    63,
  );
}

function momentZ(values: number[], mean: number, variance: number): number {
  const average = values.reduce((sum, x) => sum + x, 0) / values.length;
  return (average - mean) / Math.sqrt(variance / values.length);
}

function many<T>(count: number, take: () => T): T[] {
  return Array.from({ length: count }, take);
}

/** Laws written with ln n! of core/stats: another path than the samplers'. */
function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
const poissonLaw = (mean: number) => (k: number) =>
  Math.exp(k * Math.log(mean) - mean - logGamma(k + 1));
const binomialLaw = (n: number, p: number) => (k: number) =>
  Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));

/** sfc32 of PractRand, written again with whole numbers of any size; counter 1, 16 words thrown away. */
function* sfc32(seedA: number, seedB: number, seedC: number): Generator<number> {
  const word = (x: bigint) => x & 0xffffffffn;
  let [a, b, c, counter] = [BigInt(seedA), BigInt(seedB), BigInt(seedC), 1n];
  for (let i = 0; ; i++) {
    const drawn = word(a + b + counter);
    counter = word(counter + 1n);
    a = b ^ (b >> 9n);
    b = word(c + word(c << 3n));
    c = word((word(c << 21n) | (c >> 11n)) + drawn);
    if (i >= 16) yield Number(drawn);
  }
}

describe('the random stream', () => {
  it('gives the words of sfc32', () => {
    for (const key of [
      derive(1, 'a'),
      derive(2, 'b', 3),
      { hi: 0, lo: 0 },
      { hi: 4294967295, lo: 4294967295 },
    ]) {
      const stream = new RandomStream(key);
      const reference = sfc32(key.hi, key.lo, (key.hi ^ 0x9e3779b9) >>> 0);
      for (let i = 0; i < 1000; i++) expect(stream.uint32()).toBe(reference.next().value);
    }
  });

  it('fills [0, 1) evenly, alone and in pairs, and each bit is a fair coin', () => {
    const stream = streamOf('even');
    const values = many(200_000, () => stream.uniform());
    expect(values.every((u) => u >= 0 && u < 1)).toBe(true);
    expect(Math.abs(uniformZ(values))).toBeLessThan(BOUND);
    expect(Math.abs(momentZ(values, 0.5, 1 / 12))).toBeLessThan(BOUND);
    const pairs = many(
      100_000,
      () => 8 * Math.floor(8 * stream.uniform()) + Math.floor(8 * stream.uniform()),
    );
    expect(Math.abs(fitZ(pairs, () => 1 / 64, 63))).toBeLessThan(BOUND);
    const ones = new Float64Array(32);
    for (let i = 0; i < 100_000; i++) {
      const word = stream.uint32();
      for (let bit = 0; bit < 32; bit++) ones[bit] = (ones[bit] ?? 0) + ((word >>> bit) & 1);
    }
    for (const count of ones)
      expect(Math.abs(count - 50_000) / Math.sqrt(25_000)).toBeLessThan(BOUND);
  });

  it('draws whole numbers below n evenly, for n that divides no power of two', () => {
    for (const n of [3, 7, 100, 3_000_000_000]) {
      const stream = streamOf('below', n);
      const draws = many(60_000, () => stream.below(n));
      expect(draws.every((x) => Number.isInteger(x) && x >= 0 && x < n)).toBe(true);
      const cells = n <= 100 ? n : 60;
      const z = fitZ(
        draws.map((x) => Math.floor((x / n) * cells + 1e-9)),
        () => 1 / cells,
        cells - 1,
      );
      expect(Math.abs(z)).toBeLessThan(BOUND);
    }
  });

  it('gives unrelated words under neighbouring keys', () => {
    const values = many(50_000, () => 0).map((_, i) => streamOf('key', i).uniform());
    expect(Math.abs(uniformZ(values))).toBeLessThan(BOUND);
    const products = values.slice(1).map((u, i) => (u - 0.5) * ((values[i] ?? 0) - 0.5));
    expect(Math.abs(momentZ(products, 0, 1 / 144))).toBeLessThan(BOUND);
  });
});

describe('log probabilities of counts', () => {
  it('agree with ln n! to rounding', () => {
    for (const n of [1, 2, 15, 16, 40, 1000]) {
      const stirling = (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI);
      expect(stirlingRest(n)).toBeCloseTo(logGamma(n + 1) - stirling, 10);
    }
    for (const k of [0, 1, 5, 60, 100, 180]) {
      expect(logPoisson(k, 61.5)).toBeCloseTo(Math.log(poissonLaw(61.5)(k)), 9);
      expect(logBinomial(k, 180, 0.37)).toBeCloseTo(Math.log(binomialLaw(180, 0.37)(k)), 9);
    }
  });

  it('keep their digits at a mean of 1e12, where ln n! has lost them', () => {
    const mean = 1e12;
    expect(logPoisson(mean, mean)).toBeCloseTo(-0.5 * Math.log(2 * Math.PI * mean), 12);
    // One standard deviation out: -1/2, and the skew term x^3 / 6 - x / 2 over sqrt(mean), x = 1.
    const out = logPoisson(mean + 1e6, mean) - logPoisson(mean, mean);
    expect(out).toBeCloseTo(-0.5 + (1 / 6 - 1 / 2) / 1e6, 10);
  });
});

describe('continuous samplers', () => {
  it('normal has the moments of N(0, 1), a symmetric tail, and even cells', () => {
    const stream = streamOf('normal');
    const values = many(400_000, () => normal(stream));
    const moments: [power: number, mean: number, variance: number][] = [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ];
    for (const [power, mean, variance] of moments) {
      const powers = values.map((x) => x ** power);
      expect(Math.abs(momentZ(powers, mean, variance))).toBeLessThan(BOUND);
    }
    // P(|X| > x) of the tables, the last beyond the edge 3.4426 of the ziggurat's lowest layer.
    for (const [x, p] of [
      [0.5, 0.6170750774519738],
      [1, 0.31731050786291415],
      [2, 0.04550026389635842],
      [3, 0.0026997960632601866],
      [3.5, 0.00046525815807105],
    ] as const) {
      const beyond = values.map((value) => (Math.abs(value) > x ? 1 : 0) as number);
      expect(Math.abs(momentZ(beyond, p, p * (1 - p)))).toBeLessThan(BOUND);
    }
    const squares = many(100_000, () => Math.exp(-(normal(stream) ** 2 + normal(stream) ** 2) / 2));
    expect(Math.abs(uniformZ(squares))).toBeLessThan(BOUND);
  });

  it('gamma has its four moments at every shape, and mean log psi(shape)', () => {
    for (const shape of [0.05, 0.5, 1, 1.7, 12, 4000]) {
      const stream = streamOf('gamma', shape);
      const values = many(120_000, () => gamma(stream, shape));
      expect(values.every((x) => x >= 0 && x < Infinity)).toBe(true);
      const raised = (power: number) => {
        let product = 1;
        for (let j = 0; j < power; j++) product *= shape + j;
        return product;
      };
      for (const power of [1, 2]) {
        const z = momentZ(
          values.map((x) => x ** power),
          raised(power),
          raised(2 * power) - raised(power) ** 2,
        );
        expect(Math.abs(z)).toBeLessThan(BOUND);
      }
    }
    // Gamma(1/2): ln has mean psi(1/2) = -gamma - 2 ln 2 and variance pi^2 / 2; Gamma(1): -gamma and pi^2 / 6.
    const euler = 0.5772156649015329;
    const half = streamOf('log-gamma');
    const logs = many(100_000, () => logGammaDraw(half, 0.5));
    expect(Math.abs(momentZ(logs, -euler - 2 * Math.LN2, Math.PI ** 2 / 2))).toBeLessThan(BOUND);
    const ones = many(100_000, () => logGammaDraw(half, 1));
    expect(Math.abs(momentZ(ones, -euler, Math.PI ** 2 / 6))).toBeLessThan(BOUND);
  });

  it('gamma of shape 1 is exponential and chi-square of 2 degrees too, cell by cell', () => {
    const stream = streamOf('exponential');
    expect(Math.abs(uniformZ(many(100_000, () => Math.exp(-gamma(stream, 1)))))).toBeLessThan(
      BOUND,
    );
    const two = many(100_000, () => Math.exp(-chiSquare(stream, 2) / 2));
    expect(Math.abs(uniformZ(two))).toBeLessThan(BOUND);
    // Shape 3: the survival function is e^-x (1 + x + x^2 / 2). Shape 1/2 below one: U = gamma / (gamma + gamma') is arcsine.
    const three = many(100_000, () => gamma(stream, 3)).map(
      (x) => Math.exp(-x) * (1 + x + (x * x) / 2),
    );
    expect(Math.abs(uniformZ(three))).toBeLessThan(BOUND);
    const arcsine = many(100_000, () => {
      const x = gamma(stream, 0.5);
      return Math.min(
        1 - 2 ** -53,
        (2 / Math.PI) * Math.asin(Math.sqrt(x / (x + gamma(stream, 0.5)))),
      );
    });
    expect(Math.abs(uniformZ(arcsine))).toBeLessThan(BOUND);
  });

  it('logs of tiny shapes stay finite where the draw itself underflows', () => {
    const stream = streamOf('tiny');
    const logs = many(20_000, () => logGammaDraw(stream, 0.001));
    expect(logs.every(Number.isFinite)).toBe(true);
    expect(Math.min(...logs)).toBeLessThan(-745);
    expect(Number.isFinite(logChiSquare(stream, 1e-6))).toBe(true);
    for (const shape of [0, -1, Number.NaN, Infinity]) {
      expect(() => gamma(stream, shape)).toThrow('shape');
    }
  });
});

describe('count samplers', () => {
  it.each([0.01, 0.7, 3, 10, 29.999, 30, 30.5, 57, 300, 20_000])(
    'poisson fits its law at mean %d',
    (mean) => {
      const stream = streamOf('poisson', mean);
      const draws = many(100_000, () => poisson(stream, mean));
      const last = Math.ceil(mean + 12 * Math.sqrt(mean) + 20);
      expect(Math.abs(fitZ(draws, poissonLaw(mean), last))).toBeLessThan(BOUND);
      expect(Math.abs(momentZ(draws, mean, mean))).toBeLessThan(BOUND);
      const squares = draws.map((k) => (k - mean) ** 2);
      expect(Math.abs(momentZ(squares, mean, mean + 2 * mean * mean))).toBeLessThan(BOUND);
    },
  );

  it.each([
    [1, 0.3],
    [10, 0.5],
    [59, 0.5],
    [61, 0.5],
    [100, 0.29],
    [100, 0.31],
    [100, 0.97],
    [1000, 0.0001],
    [1000, 0.9],
    [400, 0.08],
    [1_000_000, 0.00001],
    [1_000_000, 0.25],
  ])('binomial fits its law at n = %d, p = %d', (n, p) => {
    const stream = streamOf('binomial', n, p);
    const draws = many(100_000, () => binomial(stream, n, p));
    const variance = n * p * (1 - p);
    const low = Math.max(0, Math.floor(n * p - 12 * Math.sqrt(variance) - 20));
    const high = Math.min(n, Math.ceil(n * p + 12 * Math.sqrt(variance) + 20));
    expect(draws.every((k) => Number.isInteger(k) && k >= low && k <= high)).toBe(true);
    const law = binomialLaw(n, p);
    const z = fitZ(
      draws.map((k) => k - low),
      (k) => law(k + low),
      high - low,
    );
    expect(Math.abs(z)).toBeLessThan(BOUND);
    expect(Math.abs(momentZ(draws, n * p, variance))).toBeLessThan(BOUND);
    const fourth = variance * (1 + 3 * variance - 6 * p * (1 - p));
    const squares = draws.map((k) => (k - n * p) ** 2);
    expect(Math.abs(momentZ(squares, variance, fourth - variance ** 2))).toBeLessThan(BOUND);
  });

  it('counts keep mean and spread at huge means, and never leave their range', () => {
    const stream = streamOf('huge');
    for (const mean of [1e9, 1e14]) {
      const draws = many(20_000, () => poisson(stream, mean) - mean);
      expect(Math.abs(momentZ(draws, 0, mean))).toBeLessThan(BOUND);
      const squares = draws.map((x) => (x * x) / mean);
      expect(Math.abs(momentZ(squares, 1, 2))).toBeLessThan(BOUND);
    }
    const halves = many(20_000, () => binomial(stream, 2 ** 50, 0.5) - 2 ** 49);
    expect(Math.abs(momentZ(halves, 0, 2 ** 48))).toBeLessThan(BOUND);
    expect(
      Math.abs(
        momentZ(
          halves.map((x) => (x * x) / 2 ** 48),
          1,
          2,
        ),
      ),
    ).toBeLessThan(BOUND);
  });

  it('extremes are certain', () => {
    const stream = streamOf('extremes');
    for (let i = 0; i < 1000; i++) {
      expect(poisson(stream, 0)).toBe(0);
      expect(binomial(stream, 1000, 0)).toBe(0);
      expect(binomial(stream, 1000, 1)).toBe(1000);
      expect(binomial(stream, 0, 0.5)).toBe(0);
      expect(binomial(stream, 50, 1e-300)).toBe(0);
      expect(binomial(stream, 50, 1 - 2 ** -53)).toBeGreaterThanOrEqual(49);
      expect(hypergeometric(stream, { marked: 5, unmarked: 0, drawn: 3 })).toBe(3);
      expect(hypergeometric(stream, { marked: 5, unmarked: 9, drawn: 14 })).toBe(5);
      expect(hypergeometric(stream, { marked: 0, unmarked: 9, drawn: 4 })).toBe(0);
    }
  });

  it('refuse what is no law', () => {
    const stream = streamOf('refuse');
    expect(() => poisson(stream, -1)).toThrow('mean');
    expect(() => poisson(stream, Number.NaN)).toThrow('mean');
    expect(() => binomial(stream, 10, 1.1)).toThrow('p 1.1');
    expect(() => binomial(stream, 2.5, 0.1)).toThrow('whole number');
    expect(() => multinomial(stream, 3, [0, 0], new Float64Array(2))).toThrow('sum to 0');
    expect(() => multinomial(stream, 3, [1], new Float64Array(2))).toThrow('length');
    expect(() => hypergeometric(stream, { marked: 2, unmarked: 2, drawn: 5 })).toThrow(
      'cannot draw',
    );
  });

  it('multinomial sums to n, has binomial margins and the joint law of a small table', () => {
    const stream = streamOf('multinomial');
    const weights = [2, 0, 5, 1, 0];
    const out = new Float64Array(5);
    const joint: number[] = [];
    const margin: number[] = [];
    for (let i = 0; i < 60_000; i++) {
      multinomial(stream, 4, weights, out);
      if (out[0]! + out[2]! + out[3]! !== 4) throw new Error(`counts ${out} do not sum to 4`);
      if (out[1] !== 0 || out[4] !== 0) throw new Error(`a type of no weight was drawn: ${out}`);
      joint.push(5 * out[0]! + out[2]!);
      multinomial(stream, 300, weights, out);
      margin.push(out[2]!);
    }
    const law = (cell: number) => {
      const [x, y] = [Math.floor(cell / 5), cell % 5];
      const z = 4 - x - y;
      if (z < 0) return 0;
      const ways = Math.exp(logGamma(5) - logGamma(x + 1) - logGamma(y + 1) - logGamma(z + 1));
      return ways * 0.25 ** x * 0.625 ** y * 0.125 ** z;
    };
    expect(Math.abs(fitZ(joint, law, 24))).toBeLessThan(BOUND);
    expect(Math.abs(fitZ(margin, binomialLaw(300, 0.625), 300))).toBeLessThan(BOUND);
  });

  it('multinomial places few and many draws of a block alike: margins of each type over 150 types', () => {
    const weights = Float64Array.from({ length: 150 }, (_, i) => (i % 7 === 3 ? 0 : 1 + (i % 5)));
    const total = weights.reduce((sum, w) => sum + w, 0);
    const out = new Float64Array(150);
    for (const [n, rounds] of [
      [1, 60_000],
      [12, 5_000],
      [4_000, 15],
    ] as const) {
      const stream = streamOf('blocks', n);
      const sums = new Float64Array(150);
      for (let round = 0; round < rounds; round++) {
        multinomial(stream, n, weights, out);
        for (let i = 0; i < 150; i++) sums[i]! += out[i]!;
      }
      const drawn = n * rounds;
      expect(sums.reduce((sum, count) => sum + count, 0)).toBe(drawn);
      const types = [...sums.keys()].filter((i) => weights[i]! > 0);
      const value = types.reduce((sum, i) => {
        const expected = (drawn * weights[i]!) / total;
        return sum + (sums[i]! - expected) ** 2 / expected;
      }, 0);
      expect(sums.filter((count, i) => weights[i] === 0 && count > 0).length).toBe(0);
      expect(Math.abs(chiSquareZ(value, types.length - 1))).toBeLessThan(BOUND);
    }
  });

  it('multinomial over 10,000 Zipf types keeps each part of the mass', () => {
    const stream = streamOf('zipf');
    const weights = Float64Array.from({ length: 10_000 }, (_, i) => 1 / (i + 1));
    const total = weights.reduce((sum, w) => sum + w, 0);
    const out = new Float64Array(weights.length);
    const n = 1_000_000;
    multinomial(stream, n, weights, out);
    expect(out.reduce((sum, count) => sum + count, 0)).toBe(n);
    const value = out.reduce((sum, count, i) => {
      const expected = (n * weights[i]!) / total;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    expect(Math.abs(chiSquareZ(value, weights.length - 1))).toBeLessThan(BOUND);
  });

  it.each([
    [3, 4, 5],
    [50, 70, 30],
    [1000, 3000, 800],
    [20, 1_000_000, 400_000],
    [100_000, 100_000, 100_000],
  ])(
    'hypergeometric fits its law at %d marked, %d unmarked, %d drawn',
    (marked, unmarked, drawn) => {
      const stream = streamOf('hypergeometric', marked, unmarked, drawn);
      const draws = many(50_000, () => hypergeometric(stream, { marked, unmarked, drawn }));
      const law = (k: number) =>
        k > drawn || drawn - k > unmarked
          ? 0
          : Math.exp(
              logChoose(marked, k) +
                logChoose(unmarked, drawn - k) -
                logChoose(marked + unmarked, drawn),
            );
      expect(Math.abs(fitZ(draws, law, Math.min(marked, drawn)))).toBeLessThan(BOUND);
      const all = marked + unmarked;
      const mean = (drawn * marked) / all;
      const variance = (mean * (unmarked / all) * (all - drawn)) / (all - 1);
      expect(Math.abs(momentZ(draws, mean, variance))).toBeLessThan(BOUND);
      const mode = Math.floor(mean);
      const logLaw = logHypergeometric(mode, { marked, unmarked, drawn });
      expect(logLaw).toBeCloseTo(Math.log(law(mode)), 6);
    },
  );

  it('the same key gives the same draws again', () => {
    const draw = () => {
      const stream = streamOf('again');
      return [normal(stream), gamma(stream, 0.3), poisson(stream, 80), binomial(stream, 500, 0.4)];
    };
    expect(draw()).toEqual(draw());
  });
});
