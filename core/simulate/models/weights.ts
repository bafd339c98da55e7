/**
 * Training on fresh human data of weight omega and synthetic data of the last estimate: the variance
 * of the estimate, in units of that of a human-only one. Each generation estimates one mean from n
 * human values (variance 1/n, here 1) and k n synthetic ones.
 */
import { derive } from '../../random/draw.js';
import { RandomStream } from '../../random/stream.js';
import type { Model, ModelRun, SimulatedRow } from '../model.js';

/** v_t = w^2 + (1-w)^2 (1/k + v_{t-1}), v_1 = 1: deterministic. Source: V2, He, Xu and Cheng 2026. */
export function weightedVariance(t: number, weight: number, k: number): number {
  const rate = (1 - weight) ** 2;
  if (rate === 1) return 1 + (t - 1) / k;
  const limit = (weight ** 2 + rate / k) / (1 - rate);
  return limit + rate ** (t - 1) * (1 - limit);
}

/** Standard normal by polar rejection. Source: Marsaglia and Bray, SIAM Review 6, 1964. */
function normal(stream: RandomStream): number {
  for (;;) {
    const [u, v] = [2 * stream.uniform() - 1, 2 * stream.uniform() - 1];
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

function run({ values, ts, replicates, seed, tick }: ModelRun): SimulatedRow[] {
  const k = values.k as number;
  const weight = values.weight as number;
  const last = ts.at(-1)!;
  const sums = new Float64Array(last + 1);
  const squares = new Float64Array(last + 1);
  for (let r = 0; r < replicates; r++) {
    const stream = new RandomStream(derive(seed, 'weights', r));
    let estimate = normal(stream);
    for (let t = 1; t <= last; t++) {
      if (t > 1) {
        const synthetic = estimate + normal(stream) / Math.sqrt(k);
        estimate = weight * normal(stream) + (1 - weight) * synthetic;
      }
      sums[t]! += estimate ** 2;
      squares[t]! += estimate ** 4;
    }
    tick(r + 1, replicates);
  }
  return ts.map((t) => {
    const mean = sums[t]! / replicates;
    const variance = (squares[t]! / replicates - mean ** 2) * (replicates / (replicates - 1));
    const se = Math.sqrt(variance / replicates);
    return { quantity: 'variance', t, mean, se, theory: weightedVariance(t, weight, k), kind: 'E' };
  });
}

export const weights: Model = {
  name: 'weights',
  summary: 'Variance of an estimate from weighted human and synthetic data',
  parameters: [
    {
      name: 'k',
      kind: 'number',
      unit: 'synthetic per human value',
      min: 0,
      exclusiveMin: true,
      max: 1e6,
      fallback: 1,
      describe: 'Synthetic values for each human one',
    },
    {
      name: 'weight',
      kind: 'number',
      unit: 'share',
      min: 0,
      max: 1,
      fallback: 0.5,
      describe: 'Weight of the human data',
    },
  ],
  quantities: [
    {
      name: 'variance',
      unit: 'of a human-only estimate',
      describe: 'Mean squared error of the estimate',
      source: 'V2: He, Xu and Cheng 2026',
    },
  ],
  check: () => null,
  run,
};
