/**
 * `weights`: a mean estimated anew in each generation from n human draws of weight omega and k n synthetic draws around the
 * estimate before (V2). Variances are in units of that of n human draws; the truth is known at t = 0.
 *
 * Each part enters by its mean alone, so a generation is two normal draws: exact. Kind E, A with too few replicates
 * for a mean of squares.
 */
import { normal } from '../../random/samplers.js';
import { bestWeight, weightedVariance, weightedVarianceLimit } from '../closed-forms/weights.js';
import { judgedMean, squareSpread } from '../loops/trust.js';
import type { Model, ModelRun, SimulatedRow } from '../model.js';
import { eachReplicate, ReplicateMeans } from '../replicate-means.js';

function run(given: ModelRun): SimulatedRow[] {
  const { values, ts, replicates } = given;
  const syntheticRatio = values.k as number;
  const weight = (values.weight as number | null) ?? bestWeight(syntheticRatio);
  const means = new ReplicateMeans(1, ts.length);
  const indexOf = new Map(ts.map((t, i) => [t, i]));
  const last = ts.at(-1) ?? 0;
  eachReplicate(given, 'weights', (stream) => {
    let estimate = 0;
    for (let t = 0; t <= last; t++) {
      if (t > 0) {
        const synthetic = estimate + normal(stream) / Math.sqrt(syntheticRatio);
        estimate = weight * normal(stream) + (1 - weight) * synthetic;
      }
      const i = indexOf.get(t);
      if (i !== undefined) means.add(0, i, estimate * estimate);
    }
  });
  const rows = ts.map((t, i): SimulatedRow => {
    const theory = weightedVariance({ weight, syntheticRatio }, t);
    const judged = judgedMean(means.standardError(0, i), squareSpread(theory), replicates);
    // The truth is known at t = 0: nothing is random there.
    const kind = t === 0 ? 'E' : judged.kind;
    return { quantity: 'variance', t, mean: means.mean(0, i), se: judged.se, theory, kind };
  });
  return [...rows, bestRow(syntheticRatio, ts[0] ?? 0)];
}

/** The best weight found by search over the long-run variance: its flat bottom allows some 8 digits, hence A. */
function bestRow(syntheticRatio: number, t: number): SimulatedRow {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [1e-9, 1];
  for (let i = 0; i < 80; i++) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    const at = (weight: number) => weightedVarianceLimit({ weight, syntheticRatio });
    if (at(a) < at(b)) high = b;
    else low = a;
  }
  const theory = bestWeight(syntheticRatio);
  return { quantity: 'bestWeight', t, mean: (low + high) / 2, se: 0, theory, kind: 'A' };
}

export const weights: Model = {
  name: 'weights',
  summary: 'Variance of an estimate from weighted human and synthetic draws; t counts fits',
  parameters: [
    {
      ...{ name: 'k', kind: 'number', unit: 'synthetic per human draw', min: 1e-6, max: 1e6 },
      ...{ fallback: 1, describe: 'Synthetic draws for each human one' },
    },
    {
      ...{ name: 'weight', kind: 'number', unit: 'share', min: 1e-3, max: 1, fallback: null },
      describe: 'Weight of the human draws; without it the best one',
    },
  ],
  quantities: [
    {
      ...{ name: 'variance', unit: 'variances of a human-only estimate' },
      describe: 'Mean squared error of the estimate',
      source: 'V2: He, Xu and Cheng 2026',
    },
    {
      ...{ name: 'bestWeight', unit: 'share', describe: 'Weight of the least long-run variance' },
      source: 'V2: He, Xu and Cheng 2026',
    },
  ],
  check: () => null,
  run,
};
