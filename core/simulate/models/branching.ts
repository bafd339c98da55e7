/**
 * `branching`: the copies of one type, each with Poisson offspring of mean m = b w (B1-B3, B5, B6). t is g: 0 the human corpus
 * with c copies. Fresh: Poisson(alpha c) new copies in each generation; fixed: each copy is in the block with chance alpha.
 */
import { binomial, poisson } from '../../random/samplers.js';
import type { RandomStream } from '../../random/stream.js';
import { absentFixed, absentFresh, meanRatio } from '../closed-forms/branching.js';
import { forgettingMedian } from '../closed-forms/forgetting.js';
import { chanceRow, EVENTS_ENOUGH } from '../loops/rare-events.js';
import { kindOfMean } from '../loops/trust.js';
import type { Model, ModelRun, ParameterValues, SimulatedRow } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';

export interface CopiesLoop {
  readonly copies: number;
  readonly humanShare: number;
  readonly suppression: number;
  readonly human: 'fresh' | 'fixed';
}

const loopOf = (values: ParameterValues): CopiesLoop => ({
  copies: values.c as number,
  humanShare: values.alpha as number,
  suppression: values.w as number,
  human: values.human as CopiesLoop['human'],
});

/** Counts at g = 1 .. last. */
function copiesChain(
  stream: RandomStream,
  loop: CopiesLoop,
  last: number,
  read: (g: number, count: number) => void,
): void {
  const { copies, humanShare, suppression, human } = loop;
  const m = (1 - humanShare) * suppression;
  const block = human === 'fixed' ? binomial(stream, copies, humanShare) : 0;
  const fresh = human === 'fresh' ? humanShare * copies : 0;
  let count = copies;
  for (let g = 1; g <= last; g++) {
    count = poisson(stream, m * count + fresh) + block;
    read(g, count);
  }
}

/**
 * Mean, variance and skewness of the count at g with fresh copies: cumulants of a Poisson of mean m N + a,
 * k1' = m k1 + a, k2' = k1' + m^2 k2, k3' = k1' + 3 m^2 k2 + m^3 k3.
 */
export function copiesCumulants(
  loop: CopiesLoop,
  g: number,
): { variance: number; skewness: number } {
  const m = (1 - loop.humanShare) * loop.suppression;
  let [first, second, third] = [loop.copies, 0, 0];
  for (let i = 0; i < g; i++) {
    first = m * first + loop.humanShare * loop.copies;
    third = first + 3 * m * m * second + m ** 3 * third;
    second = first + m * m * second;
  }
  return { variance: second, skewness: second === 0 ? 0 : third / second ** 1.5 };
}

/** First g at which at least half of the replicates have lost the type, at most `last`. */
function medianRow(run: ModelRun, loop: CopiesLoop, lost: Float64Array): SimulatedRow {
  const { replicates } = run;
  const last = run.ts.at(-1) ?? 0;
  const found = lost.findIndex((count, g) => g > 0 && count >= replicates / 2);
  const exact = forgettingMedian({ ...loop, human: loop.human });
  const theory = Math.min(exact ?? last, last);
  const absent = loop.human === 'fixed' ? absentFixed : absentFresh;
  const se = Math.sqrt(0.25 / replicates);
  // Whole generations: certain where no chance near the median is within five errors of one half.
  const near = [theory - 1, theory].filter((g) => g >= 0 && g < last + 1);
  const isSafe = near.every((g) => Math.abs(absent(loop, g) - 0.5) > 5 * se);
  return {
    ...{ quantity: 'median', t: last, mean: found < 0 ? last : found, se: 0, theory },
    kind: isSafe ? 'E' : 'A',
  };
}

function run(given: ModelRun): SimulatedRow[] {
  const loop = loopOf(given.values);
  const last = given.ts.at(-1) ?? 0;
  const lost = new Float64Array(last + 1);
  const means = new ReplicateMeans(1, given.ts.length);
  const indexOf = new Map(given.ts.map((t, i) => [t, i]));
  eachReplicate(given, 'branching', (stream) => {
    copiesChain(stream, loop, last, (g, count) => {
      if (count === 0) lost[g]! += 1;
      const i = indexOf.get(g);
      if (i !== undefined) means.add(0, i, count / loop.copies);
    });
  });
  const absent = loop.human === 'fixed' ? absentFixed : absentFresh;
  const rows = given.ts.flatMap((t, i): SimulatedRow[] => {
    const theory = absent(loop, t);
    const at = { t, events: lost[t]!, replicates: given.replicates, theory };
    return [chanceRow({ quantity: 'absent', ...at }), ratioRow(given, loop, { means, i, t })];
  });
  return [...rows, medianRow(given, loop, lost)];
}

function ratioRow(
  { replicates }: ModelRun,
  loop: CopiesLoop,
  { means, i, t }: { means: ReplicateMeans; i: number; t: number },
): SimulatedRow {
  const theory = meanRatio(loop, t);
  if (t === 0) return { quantity: 'meanRatio', t, mean: 1, se: 0, theory, kind: 'E' };
  const { variance, skewness } = copiesCumulants(loop, t);
  const exact = Math.sqrt(variance / replicates) / loop.copies;
  const kind = kindOfMean(skewness, replicates);
  const enough = theory * loop.copies * replicates >= EVENTS_ENOUGH || theory === 0;
  return {
    ...{ quantity: 'meanRatio', t, mean: means.mean(0, i), theory },
    se: loop.human === 'fresh' ? exact : means.standardError(0, i),
    kind: enough ? kind : 'A',
  };
}

export const branching: Model = {
  name: 'branching',
  summary: 'Copies of one type with Poisson offspring; t is the generation g, 0 the human corpus',
  parameters: [
    {
      ...{ name: 'c', kind: 'integer', unit: 'copies', min: 1, max: 1e6, fallback: 1 },
      describe: 'Copies of the type in the human corpus',
    },
    {
      ...{ name: 'alpha', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 0 },
      describe: 'Human share of each generation',
    },
    {
      ...{ name: 'w', kind: 'number', unit: 'ratio of rates', min: 0, max: 1, fallback: 1 },
      describe: 'Suppression: rate in synthetic text over rate in human text',
    },
    {
      ...{ name: 'human', kind: 'choice', unit: '', choices: ['fresh', 'fixed'] },
      ...{ fallback: 'fresh', describe: 'New human text in each generation, or one block in all' },
    },
  ],
  quantities: [
    {
      ...{ name: 'absent', unit: 'probability', describe: 'Chance that no copy is left' },
      source: 'B1, B6: Harris 1963; immigration: Heathcote 1965; derived',
    },
    {
      ...{ name: 'meanRatio', unit: 'of human frequency', describe: 'Mean copies over c' },
      source: 'B5: derived',
    },
    {
      ...{
        name: 'median',
        unit: 'generations',
        describe: 'First g lost with chance 1/2; at most t',
      },
      source: 'B2: derived',
    },
  ],
  check: () => null,
  run,
};
