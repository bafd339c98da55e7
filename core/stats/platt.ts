/**
 * Platt's step: from a raw score to a chance, P(y = 1 | s) = 1 / (1 + exp(-(slope s + intercept))), fitted
 * on weighted documents of one domain by Newton's method. Targets are (N1 + 1) / (N1 + 2) and
 * 1 / (N0 + 2) instead of 1 and 0, so that separable samples have a finite answer. Source: J. Platt, 1999;
 * Lin, Lin and Weng, Machine Learning 68, 2007 (step control).
 */
import type { Judged } from './detector.js';

export interface Platt {
  readonly slope: number;
  readonly intercept: number;
}

const STEPS = 100;
/** Ridge of the normal equations: keeps them solvable, moves nothing that shows. */
const RIDGE = 1e-9;

/** ln(1 + e^x) without overflow. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

export function logit(p: number): number {
  return Math.log(p) - Math.log1p(-p);
}

/** Targets by Platt's rule; weights scaled to a mean of 1, so that N1 and N0 are numbers of documents. */
function prepare({ isPositive, weights }: Judged): { targets: Float64Array; scaled: Float64Array } {
  const all = Array.from(weights).reduce((sum, weight) => sum + weight, 0);
  const scaled = Float64Array.from(weights, (weight) => (weight * weights.length) / all);
  let positives = 0;
  for (let i = 0; i < scaled.length; i++) if (isPositive[i]) positives += scaled[i]!;
  const negatives = scaled.length - positives;
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  return { scaled, targets: Float64Array.from(scaled, (_, i) => (isPositive[i] ? high : low)) };
}

/** Fits slope and intercept; both classes need an example. Cost: a few passes. */
export function fitPlatt(judged: Judged): Platt {
  const { values } = judged;
  const { targets, scaled } = prepare(judged);
  const lossOf = (slope: number, intercept: number) => {
    let loss = 0;
    for (let i = 0; i < targets.length; i++) {
      const f = slope * values[i]! + intercept;
      loss += scaled[i]! * (softplus(f) - targets[i]! * f);
    }
    return loss;
  };
  let [slope, intercept] = [0, 0];
  let loss = lossOf(slope, intercept);
  for (let step = 0; step < STEPS; step++) {
    const [bySlope, byIntercept] = newtonStep(values, targets, scaled, { slope, intercept });
    let length = 1;
    let next = lossOf(slope - bySlope, intercept - byIntercept);
    while (next > loss && length > 1e-10) {
      length /= 2;
      next = lossOf(slope - length * bySlope, intercept - length * byIntercept);
    }
    if (next >= loss) break;
    [slope, intercept] = [slope - length * bySlope, intercept - length * byIntercept];
    const isStill = loss - next < 1e-12 * (1 + Math.abs(loss));
    loss = next;
    if (isStill) break;
  }
  return { slope, intercept };
}

function newtonStep(
  values: ArrayLike<number>,
  targets: Float64Array,
  weights: Float64Array,
  { slope, intercept }: Platt,
): [bySlope: number, byIntercept: number] {
  let [g1, g0, h11, h10, h00] = [0, 0, RIDGE, 0, RIDGE];
  for (let i = 0; i < targets.length; i++) {
    const s = values[i]!;
    const p = sigmoid(slope * s + intercept);
    const d = weights[i]! * (p - targets[i]!);
    const v = weights[i]! * p * (1 - p);
    g1 += d * s;
    g0 += d;
    h11 += v * s * s;
    h10 += v * s;
    h00 += v;
  }
  const determinant = h11 * h00 - h10 * h10;
  return [(h00 * g1 - h10 * g0) / determinant, (h11 * g0 - h10 * g1) / determinant];
}
