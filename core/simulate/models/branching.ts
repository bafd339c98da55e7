/**
 * `branching`: the copies of one type, each with Poisson offspring of mean m = b w (B1-B3, B5, B6). t is g: 0 the human corpus
 * with c copies. Fresh: Poisson(alpha c) new copies in each generation; fixed: each copy is in the block with chance alpha.
 */
import { absentFixed, absentFresh, meanRatio } from '../closed-forms/branching.js';
import { forgettingMedian } from '../closed-forms/forgetting.js';
import { type CopiesLoop, copiesChain, copiesCumulants } from '../loops/copies-loop.js';
import { chanceRow } from '../loops/rare-events.js';
import { judgedMean } from '../loops/trust.js';
import type { Model, ModelRun, ParameterValues, SimulatedRow } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';

const loopOf = (values: ParameterValues): CopiesLoop => ({
  copies: values.c as number,
  humanShare: values.alpha as number,
  suppression: values.w as number,
  human: values.human as CopiesLoop['human'],
});

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
  const spread = { variance: variance / loop.copies ** 2, skewness };
  const judged = judgedMean(means.standardError(0, i), spread, replicates);
  return { quantity: 'meanRatio', t, mean: means.mean(0, i), theory, ...judged };
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
