/**
 * `gaussian`: a normal law refitted to draws of its own fits (G1-G8). t = 0 is the true law N(0, 1), t = 1 the first fit.
 *
 * Kind E where z can be trusted. Raw means of heavy-tailed chains (unbiased, small n, large t; little fresh human text) have
 * no trustworthy sample error: their exact third moment says where that begins, the error is then taken from the
 * exact variance, and where even that does not help the row is of kind A. `geoVar` is a mean of logs and has
 * no such trouble: its z is that of the logs.
 */

import { Failure } from '../../schema/failure.js';
import { refitGeometricVariance, refitSd, refitW2 } from '../closed-forms/gaussian.js';
import { type GaussianLoop, gaussianMoments } from '../closed-forms/gaussian-moments.js';
import { chainTails, subsampleTail } from '../loops/chain-tails.js';
import { gaussianChain } from '../loops/gaussian-loop.js';
import {
  type GaussianTails,
  gaussianTails,
  SETTLED_AFTER,
  type Tail,
} from '../loops/gaussian-tails.js';
import { judgedMean, kindOfMean } from '../loops/trust.js';
import type { Model, ModelRun, ParameterValues, SimulatedRow } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';

const [VAR, LOG_VAR, SD, MU2, W2] = [0, 1, 2, 3, 4] as const;
/** Points of a pool that `accumulate-subsample` may hold: 160 MB of memory. */
const POOL_POINTS_MAX = 20_000_000;

function loopOf(values: ParameterValues): GaussianLoop {
  return {
    n: values.n as number,
    estimator: values.estimator as GaussianLoop['estimator'],
    policy: values.policy as GaussianLoop['policy'],
    human: values.human as GaussianLoop['human'],
    humanShare: values.alpha as number,
    lambda: values.lambda as number,
  };
}

function check(values: ParameterValues): ReturnType<Model['check']> {
  const { n, humanShare } = loopOf(values);
  const quota = Math.round(humanShare * n);
  if (humanShare > 0 && quota === 0) {
    return {
      parameter: 'alpha',
      expected: `0, or enough for one human draw of ${n}`,
      found: String(humanShare),
    };
  }
  return null;
}

function simulated(run: ModelRun, loop: GaussianLoop): ReplicateMeans {
  const last = run.ts.at(-1) ?? 0;
  if (loop.policy === 'accumulate-subsample' && loop.n * last > POOL_POINTS_MAX) {
    throw new Failure('USAGE', {
      subject: 'model gaussian',
      expected: `a pool of at most ${POOL_POINTS_MAX} points for accumulate-subsample`,
      found: `n x t = ${loop.n * last}`,
      where: '--n, --t',
      remedy: 'give a smaller --n or --t, or --policy accumulate, which keeps sums only',
    });
  }
  const means = new ReplicateMeans(5, run.ts.length);
  const indexOf = new Map(run.ts.map((t, i) => [t, i]));
  eachReplicate(run, 'gaussian', (stream) => {
    gaussianChain(stream, loop, last, (t, { mean, logVariance }) => {
      const i = indexOf.get(t);
      if (i === undefined) return;
      const variance = Math.exp(logVariance);
      const sd = Math.exp(logVariance / 2);
      means.add(VAR, i, variance);
      means.add(LOG_VAR, i, logVariance);
      means.add(SD, i, sd);
      means.add(MU2, i, mean * mean);
      means.add(W2, i, mean * mean + (sd - 1) ** 2);
    });
  });
  return means;
}

function rowsAt(run: ModelRun, loop: GaussianLoop, means: ReplicateMeans, i: number, parts: Parts) {
  const { replicates } = run;
  const t = run.ts[i] ?? 0;
  const isChain = loop.policy === 'replace' && loop.humanShare === 0;
  const { moments, tails } = parts;
  const chain = isChain ? chainTails(loop, t, tails) : null;
  const isSubsample = loop.policy === 'accumulate-subsample';
  const isExact = loop.policy === 'replace' || (!isSubsample && t <= SETTLED_AFTER);
  const row = (quantity: string, index: number, theory: number | null, tail: Tail | null) => {
    const [mean, se] = [means.mean(index, i), means.standardError(index, i)];
    const judged =
      tail === null
        ? { se, kind: 'E' as const }
        : isExact
          ? judgedMean(se, tail, replicates)
          : { se, kind: kindOfMean(tail.skewness, replicates) };
    return { quantity, t, mean, theory, ...judged };
  };
  const variance = isSubsample ? subsampleTail(tails.variance, loop.n) : tails.variance;
  return [
    row('var', VAR, moments.variance, variance),
    geometricRow(t, means, i, isChain ? refitGeometricVariance(loop, t) : null),
    row('sd', SD, isChain ? refitSd(loop, t) : null, chain?.sd ?? null),
    row('mu2', MU2, moments.meanSquare, tails.meanSquare),
    row('w2', W2, isChain ? refitW2(loop, t) : null, chain?.w2 ?? null),
  ];
}

interface Parts {
  readonly moments: { readonly variance: number; readonly meanSquare: number };
  readonly tails: GaussianTails;
}

/** The mean of logs, as a variance; its error is scaled so that z is that of the logs. Below e^-745 all are 0. */
function geometricRow(
  t: number,
  means: ReplicateMeans,
  i: number,
  theory: number | null,
): SimulatedRow {
  const log = means.mean(LOG_VAR, i);
  // Repeated draws of one fixed human point can be a whole subsample: its variance is 0, and so is the mean.
  if (Number.isNaN(log)) return { quantity: 'geoVar', t, mean: 0, se: 0, theory, kind: 'E' };
  const mean = Math.exp(log);
  const apart = theory === null || theory === 0 ? 0 : log - Math.log(theory);
  const scale = apart === 0 ? mean : (mean * -Math.expm1(-apart)) / apart;
  return {
    quantity: 'geoVar',
    t,
    mean,
    se: scale * means.standardError(LOG_VAR, i),
    theory,
    kind: 'E',
  };
}

function trueLaw(): SimulatedRow[] {
  const values = { var: 1, geoVar: 1, sd: 1, mu2: 0, w2: 0 };
  return Object.entries(values).map(([quantity, value]) => ({
    ...{ quantity, t: 0, mean: value, se: 0, theory: value, kind: 'E' as const },
  }));
}

function run(given: ModelRun): SimulatedRow[] {
  const loop = loopOf(given.values);
  const means = simulated(given, loop);
  const moments = gaussianMoments(loop, given.ts);
  const tails = gaussianTails(loop, given.ts);
  return given.ts.flatMap((t, i) =>
    t === 0 ? trueLaw() : rowsAt(given, loop, means, i, { moments: moments[i]!, tails: tails[i]! }),
  );
}

export const gaussian: Model = {
  name: 'gaussian',
  summary: 'A normal law fitted to draws of its own fits; t counts refits, t = 1 is the first fit',
  parameters: [
    {
      ...{ name: 'n', kind: 'integer', unit: 'draws per generation', min: 2, max: 1e12 },
      ...{ fallback: 100, describe: 'Draws that each fit is made from' },
    },
    {
      ...{ name: 'estimator', kind: 'choice', unit: '', choices: ['unbiased', 'mle'] },
      ...{ fallback: 'unbiased', describe: 'Divisor of the variance: n - 1 or n' },
    },
    {
      ...{ name: 'policy', kind: 'choice', unit: '', fallback: 'replace' },
      choices: ['replace', 'accumulate', 'accumulate-subsample'],
      describe: 'Fit the last generation, all of them, or n drawn without replacement from all',
    },
    {
      ...{ name: 'alpha', kind: 'number', unit: 'share', min: 0, max: 1, fallback: 0 },
      describe: 'Share of human draws in each generation, a quota of round(alpha n)',
    },
    {
      ...{ name: 'human', kind: 'choice', unit: '', choices: ['fresh', 'fixed'] },
      ...{ fallback: 'fresh', describe: 'New human draws in each generation, or one set in all' },
    },
    {
      ...{ name: 'lambda', kind: 'number', unit: 'variance ratio', min: 0, exclusiveMin: true },
      ...{ max: 100, fallback: 1, describe: 'Variance of a synthetic draw over that of the fit' },
    },
  ],
  quantities: [
    {
      ...{ name: 'var', unit: 'true variances', describe: 'Mean of the fitted variance' },
      source: 'G1, G3-G8: Shumailov 2024; Alemohammad 2024; Kazdan 2025; derived',
    },
    {
      ...{
        name: 'geoVar',
        unit: 'true variances',
        describe: 'Geometric mean of the fitted variance',
      },
      source: 'G2: derived',
    },
    {
      ...{ name: 'sd', unit: 'true standard deviations', describe: 'Mean of the fitted sigma' },
      source: 'G1, G3: derived',
    },
    {
      ...{ name: 'mu2', unit: 'true variances', describe: 'Mean square of the fitted mean' },
      source: 'G1, G3, G5-G8: Shumailov 2024; derived',
    },
    {
      ...{
        name: 'w2',
        unit: 'true variances',
        describe: 'Squared 2-Wasserstein distance to the true law',
      },
      source: 'G1, G3: Shumailov 2024, Thm 3.1; derived',
    },
  ],
  check,
  run,
};
