/**
 * `depth`: how many models stand behind a text (F2). A text of generation t is synthetic with chance s, and follows then one
 * text of its model's corpus: that of t - 1 (replace), or of any generation before, each alike (accumulate). t = 0 is human text.
 *
 * One text per replicate is traced back. Kind E; A where synthetic, human or deep texts are too rare among the replicates.
 */
import type { RandomStream } from '../../random/stream.js';
import { accumulatedDepth, depthTail, meanDepth } from '../closed-forms/depth.js';
import { tailOf } from '../loops/gaussian-tails.js';
import { kindOfMean } from '../loops/trust.js';
import type { Model, ModelRun, SimulatedRow } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';

const [DEPTH, DEEP] = [0, 1] as const;

type Policy = 'replace' | 'accumulate';

function tracedDepth(stream: RandomStream, t: number, share: number, policy: Policy): number {
  let depth = 0;
  for (let g = t; g > 0; ) {
    if (share < 1 && stream.uniform() >= share) break;
    depth++;
    g = policy === 'replace' ? g - 1 : stream.below(g);
  }
  return depth;
}

/** P(depth >= 2): s^2 from t = 2 on; accumulate: s times the share s (t - 1) / t of synthetic text in the pool. */
function deepShare(share: number, t: number, policy: Policy): number {
  if (policy === 'replace') return depthTail(share, 2, t);
  return t === 0 ? 0 : (share * share * (t - 1)) / t;
}

/** Skewness of an event of chance q; 0 where it is certain or impossible. */
function eventSkewness(q: number): number {
  return q === 0 || q === 1 ? 0 : (1 - 2 * q) / Math.sqrt(q * (1 - q));
}

/**
 * Skewness of a depth from its exact moments: D = 0 or, with chance s, 1 + the depth of a text of the corpus, whose moments
 * are those of t - 1, or the mean over all blocks before.
 */
function depthSkewness(share: number, t: number, policy: Policy): number {
  let now: readonly [number, number, number] = [0, 0, 0];
  let pool = now;
  for (let g = 1; g <= t; g++) {
    const [one, two, three] = policy === 'replace' ? now : pool;
    now = [share * (1 + one), share * (1 + 2 * one + two), share * (1 + 3 * one + 3 * two + three)];
    const join = (i: 0 | 1 | 2) => pool[i] + (now[i] - pool[i]) / (g + 1);
    pool = [join(0), join(1), join(2)];
  }
  return tailOf(...now).skewness;
}

function run(given: ModelRun): SimulatedRow[] {
  const { ts, replicates } = given;
  const share = given.values.s as number;
  const policy = given.values.policy as Policy;
  const means = new ReplicateMeans(2, ts.length);
  eachReplicate(given, 'depth', (stream) => {
    ts.forEach((t, i) => {
      const depth = tracedDepth(stream, t, share, policy);
      means.add(DEPTH, i, depth);
      means.add(DEEP, i, depth >= 2 ? 1 : 0);
    });
  });
  return ts.flatMap((t, i): SimulatedRow[] => {
    const row = (quantity: string, index: number) => ({
      ...{ quantity, t, mean: means.mean(index, i), se: means.standardError(index, i) },
    });
    const mean = policy === 'replace' ? meanDepth(share, t) : accumulatedDepth(share, t);
    const deep = deepShare(share, t, policy);
    return [
      {
        ...row('depth', DEPTH),
        theory: mean,
        kind: kindOfMean(depthSkewness(share, t, policy), replicates),
      },
      { ...row('deep', DEEP), theory: deep, kind: kindOfMean(eventSkewness(deep), replicates) },
    ];
  });
}

export const depth: Model = {
  name: 'depth',
  summary: 'How many models stand behind a text; t is g, 0 human text',
  parameters: [
    {
      ...{ name: 's', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 1 },
      describe: 'Share of synthetic text in each generation',
    },
    {
      ...{ name: 'policy', kind: 'choice', unit: '', choices: ['replace', 'accumulate'] },
      ...{ fallback: 'replace', describe: 'Models are trained on the last generation, or on all' },
    },
  ],
  quantities: [
    {
      ...{ name: 'depth', unit: 'models', describe: 'Mean number of models behind a text' },
      source: 'F2: derived',
    },
    {
      ...{ name: 'deep', unit: 'share', describe: 'Texts with two models or more behind them' },
      source: 'F2: derived',
    },
  ],
  check: () => null,
  run,
};
