/**
 * `accumulate`: a pool that keeps every block (W8, B7). t counts blocks, t = 1 is human text alone. `hRatio` is that of n tokens
 * of a power law in each block, without suppression; `poolRate` that of one type with c copies in the first block.
 */
import { multinomial, poisson } from '../../random/samplers.js';
import type { RandomStream } from '../../random/stream.js';
import { poolRatio } from '../closed-forms/pool.js';
import { accumulatedRatio } from '../closed-forms/wright-fisher.js';
import { zipfShares } from '../closed-forms/zipf.js';
import { kindOfHeterozygosity } from '../loops/rare-events.js';
import { judgedMean, type Spread } from '../loops/trust.js';
import { simpsonOf } from '../loops/type-law.js';
import { heterozygosity } from '../loops/type-loop.js';
import type { Model, ModelRun, SimulatedRow } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';

/** A growing pool of types: block t + 1 is drawn from the pool of t. */
function typesPool(
  stream: RandomStream,
  { n, law, last }: { n: number; law: Float64Array; last: number },
  read: (t: number, pool: Float64Array) => void,
): void {
  const pool = new Float64Array(law.length);
  const block = new Float64Array(law.length);
  for (let t = 1; t <= last; t++) {
    multinomial(stream, n, t === 1 ? law : pool, block);
    for (let i = 0; i < pool.length; i++) pool[i]! += block[i]!;
    read(t, pool);
  }
}

/** Copies of one type in the pool of t = 1 .. last: a new block has Poisson(w K / t) of them. */
function copiesPool(
  stream: RandomStream,
  { copies, w, last }: { copies: number; w: number; last: number },
  read: (t: number, count: number) => void,
): void {
  let count = copies;
  read(1, count);
  for (let t = 1; t < last; t++) {
    count += poisson(stream, (w * count) / t);
    read(t + 1, count);
  }
}

/** Variance and skewness of the pool's rate at t over that of human text: cumulants of copies K' = K + Poisson(u K), u = w / t. */
function poolSpread(copies: number, w: number, last: number): Spread {
  let [first, second, third] = [copies, 0, 0];
  for (let t = 1; t < last; t++) {
    const u = w / t;
    const grown = 1 + u;
    third = grown ** 3 * third + 3 * grown * u * second + u * first;
    second = grown ** 2 * second + u * first;
    first *= grown;
  }
  const variance = second / (last * copies) ** 2;
  return { variance, skewness: second === 0 ? 0 : third / second ** 1.5 };
}

function run(given: ModelRun): SimulatedRow[] {
  const { values, ts, replicates } = given;
  const [n, w, copies] = [values.n as number, values.w as number, values.c as number];
  const law = zipfShares(values.types as number, values['zipf-beta'] as number);
  const start = 1 - simpsonOf(law);
  const last = ts.at(-1) ?? 0;
  const means = new ReplicateMeans(2, ts.length);
  const indexOf = new Map(ts.map((t, i) => [t, i]));
  eachReplicate(given, 'accumulate', (stream) => {
    typesPool(stream, { n, law, last }, (t, pool) => {
      const i = indexOf.get(t);
      if (i !== undefined) means.add(0, i, heterozygosity(pool) / start);
    });
    copiesPool(stream, { copies, w, last }, (t, count) => {
      const i = indexOf.get(t);
      if (i !== undefined) means.add(1, i, count / (t * copies));
    });
  });
  return ts.flatMap((t, i): SimulatedRow[] => {
    if (t === 0) return [{ quantity: 'hRatio', t, mean: 1, se: 0, theory: 1, kind: 'E' }];
    const spread = poolSpread(copies, w, t);
    const ratio = accumulatedRatio({ n, humanShare: 0, draw: 'multinomial' }, t);
    return [
      {
        ...{ quantity: 'hRatio', t, mean: means.mean(0, i), se: means.standardError(0, i) },
        ...{ theory: ratio, kind: kindOfHeterozygosity(ratio * start, replicates) },
      },
      {
        ...{ quantity: 'poolRate', t, mean: means.mean(1, i) },
        theory: poolRatio({ humanShare: 0, suppression: w }, t),
        ...judgedMean(means.standardError(1, i), spread, replicates),
      },
    ];
  });
}

export const accumulate: Model = {
  name: 'accumulate',
  summary: 'A pool that keeps every block; t counts blocks, t = 1 is human text alone',
  parameters: [
    {
      ...{ name: 'n', kind: 'integer', unit: 'tokens per block', min: 2, max: 1e9 },
      ...{ fallback: 100, describe: 'Tokens of each block' },
    },
    {
      ...{ name: 'types', kind: 'integer', unit: 'types', min: 2, max: 1e6, fallback: 50 },
      describe: 'Types of a power law',
    },
    {
      ...{ name: 'zipf-beta', kind: 'number', unit: 'exponent', min: 0, max: 10, fallback: 1 },
      describe: 'Exponent of the power law of shares by rank',
    },
    {
      ...{ name: 'w', kind: 'number', unit: 'ratio of rates', min: 0, max: 1, fallback: 1 },
      describe: 'Suppression of the one type in synthetic blocks',
    },
    {
      ...{ name: 'c', kind: 'integer', unit: 'copies', min: 1, max: 1e6, fallback: 20 },
      describe: 'Copies of the one type in the first block',
    },
  ],
  quantities: [
    {
      ...{ name: 'hRatio', unit: 'of H_0', describe: 'Heterozygosity of the pool over the law’s' },
      source: 'W8: Kazdan 2025 (setting); derived',
    },
    {
      ...{ name: 'poolRate', unit: 'of human frequency', describe: 'Rate of the type in the pool' },
      source: 'B7: derived',
    },
  ],
  check: () => null,
  run,
};
