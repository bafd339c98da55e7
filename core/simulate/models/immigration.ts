/**
 * `immigration`: the long run with fresh human text. By --h: copies of one type with h new ones in each generation (B4), read
 * after a start from none that is as long as 1e-9 of the law takes. By --n: heterozygosity of n tokens (W5) after as long.
 * Each replicate is read t generations later, so replicates are independent.
 */
import { poisson } from '../../random/samplers.js';
import { absentStationary } from '../closed-forms/branching.js';
import { freshRatioLimit } from '../closed-forms/wright-fisher.js';
import { zipfShares } from '../closed-forms/zipf.js';
import { chanceRow, kindOfHeterozygosity } from '../loops/rare-events.js';
import { judgedMean, type Spread } from '../loops/trust.js';
import { simpsonOf } from '../loops/type-law.js';
import { heterozygosity, typeChain } from '../loops/type-loop.js';
import type { Model, ModelRun, ParameterValues, SimulatedRow } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';

/** Part of the start that may be left when a chain is read. */
const LEFT = 1e-9;
const OFFSPRING_MAX = 0.999;

const offspringOf = (values: ParameterValues) =>
  (1 - (values.alpha as number)) * (values.w as number);

/** Generations after which `factor`^g is below LEFT. */
function settle(factor: number): number {
  return factor === 0 ? 1 : Math.ceil(Math.log(LEFT) / Math.log(factor));
}

function check(values: ParameterValues): ReturnType<Model['check']> {
  const m = offspringOf(values);
  if (values.n === null && m > OFFSPRING_MAX) {
    const expected = `(1 - alpha) w of at most ${OFFSPRING_MAX}, so that there is a long run`;
    return { parameter: 'alpha', expected, found: `${values.alpha} with w = ${values.w}` };
  }
  if (values.n !== null && values.alpha === 0) {
    return { parameter: 'alpha', expected: 'above 0: without it one type takes all', found: '0' };
  }
  if (values.n !== null && values.w !== 1) {
    return { parameter: 'w', expected: '1 with --n', found: String(values.w) };
  }
  return null;
}

function copiesRows(run: ModelRun): SimulatedRow[] {
  const { values, ts, replicates } = run;
  const m = offspringOf(values);
  const h = values.h as number;
  const start = settle(m);
  const lost = new Float64Array(ts.length);
  const means = new ReplicateMeans(1, ts.length);
  eachReplicate(run, 'immigration', (stream) => {
    let count = 0;
    let g = -start;
    ts.forEach((t, i) => {
      for (; g < t; g++) count = poisson(stream, m * count + h);
      if (count === 0) lost[i]! += 1;
      means.add(0, i, count);
    });
  });
  const line = { humanShare: values.alpha as number, suppression: values.w as number };
  const absent = absentStationary({ ...line, freshCopies: h });
  const spread = stationary(h, m);
  return ts.flatMap((t, i): SimulatedRow[] => [
    chanceRow({ quantity: 'absent', t, events: lost[i]!, replicates, theory: absent }),
    {
      ...{ quantity: 'copies', t, mean: means.mean(0, i), theory: h / (1 - m) },
      ...judgedMean(means.standardError(0, i), spread, replicates),
    },
  ]);
}

/** Cumulants of the long run: k1 = h / (1 - m), k2 = k1 / (1 - m^2), k3 = (k1 + 3 m^2 k2) / (1 - m^3). */
function stationary(h: number, m: number): Spread {
  const first = h / (1 - m);
  const variance = first / (1 - m * m);
  const third = (first + 3 * m * m * variance) / (1 - m ** 3);
  return { variance, skewness: third / variance ** 1.5 };
}

function typesRows(run: ModelRun): SimulatedRow[] {
  const { values, ts, replicates } = run;
  const [n, humanShare] = [values.n as number, values.alpha as number];
  const law = zipfShares(values.types as number, values['zipf-beta'] as number);
  const start = settle((1 - 1 / n) * (1 - humanShare) ** 2);
  const first = 1 - simpsonOf(law);
  const means = new ReplicateMeans(1, ts.length);
  const indexOf = new Map(ts.map((t, i) => [t + start, i]));
  const loop = { n, law, humanShare, human: 'fresh', draw: 'multinomial' } as const;
  eachReplicate(run, 'immigration', (stream) => {
    const chain = { ...loop, families: 1, structure: 'pooled' } as const;
    typeChain(stream, chain, start + (ts.at(-1) ?? 0), (t, [counts]) => {
      const i = indexOf.get(t);
      if (i !== undefined) means.add(0, i, heterozygosity(counts!) / first);
    });
  });
  const theory = freshRatioLimit({ n, humanShare, draw: 'multinomial' });
  return ts.map((t, i) => ({
    ...{ quantity: 'hRatio', t, mean: means.mean(0, i), se: means.standardError(0, i), theory },
    kind: kindOfHeterozygosity(theory * first, replicates),
  }));
}

export const immigration: Model = {
  name: 'immigration',
  summary: 'The long run with fresh human text: copies of a type, or heterozygosity of n tokens',
  parameters: [
    {
      ...{ name: 'h', kind: 'number', unit: 'copies per generation', min: 0, exclusiveMin: true },
      ...{ max: 1e6, fallback: 1, describe: 'Fresh human copies of the type, n alpha p' },
    },
    {
      ...{ name: 'alpha', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 0.1 },
      describe: 'Human share of each generation',
    },
    {
      ...{ name: 'w', kind: 'number', unit: 'ratio of rates', min: 0, max: 1, fallback: 1 },
      describe: 'Suppression: rate in synthetic text over rate in human text',
    },
    {
      ...{ name: 'n', kind: 'integer', unit: 'tokens per generation', min: 2, max: 1e9 },
      ...{
        fallback: null,
        describe: 'Instead of h and w: tokens, for the heterozygosity of a power law',
        excludes: ['h', 'w'],
      },
    },
    {
      ...{ name: 'types', kind: 'integer', unit: 'types', min: 2, max: 1e6, fallback: 50 },
      describe: 'With --n: types of the power law',
    },
    {
      ...{ name: 'zipf-beta', kind: 'number', unit: 'exponent', min: 0, max: 10, fallback: 1 },
      describe: 'With --n: its exponent',
    },
  ],
  quantities: [
    {
      ...{ name: 'absent', unit: 'probability', describe: 'Chance that no copy is there' },
      source: 'B4: Heathcote 1965; derived',
    },
    {
      ...{ name: 'copies', unit: 'copies', describe: 'Mean copies, h / (1 - m)' },
      source: 'B5: derived',
    },
    {
      ...{ name: 'hRatio', unit: 'of H_0', describe: 'With --n: heterozygosity over the law’s' },
      source: 'W5: derived',
    },
  ],
  check,
  run: (given) => (given.values.n === null ? copiesRows(given) : typesRows(given)),
};
