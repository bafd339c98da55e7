/**
 * The rules that a proof of infeasibility uses. A ray weighs rows so that no columns within their bounds can keep the
 * weighed sum: needed are the groups of the rows with a weight, and those that bound a column whose upper bound the
 * sum leans on. Numbers below a tolerance are left out, so the answer is a guess that a solve must confirm.
 */
import type { Row } from './model.js';
import type { Group } from './relaxed-model.js';

/** Weights and sums up to this part of the largest are the solver's noise. */
const RAY_NOISE = 1e-9;

interface Proof {
  readonly ray: Float64Array;
  readonly rows: readonly Row[];
  /** Column of each stratum. */
  readonly x: readonly number[];
}

/** Groups of `active` that the proof needs, in their order. */
export function rayGroups(
  { ray, rows, x }: Proof,
  groups: readonly Group[],
  active: readonly number[],
): number[] {
  const weights = ray.subarray(0, rows.length);
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const isUsed = (row: number) => Math.abs(weights[row]!) > RAY_NOISE * largest;
  const sums = new Map<number, number>();
  let sign = 0;
  rows.forEach(({ indices, values, lower, upper }, r) => {
    if (!isUsed(r)) return;
    const weight = weights[r]!;
    if (lower === -Infinity) sign -= Math.sign(weight);
    else if (upper === Infinity) sign += Math.sign(weight);
    indices.forEach((column, k) => {
      sums.set(column, (sums.get(column) ?? 0) + weight * values[k]!);
    });
  });
  const isBound = (i: number) => Math.sign(sign) * (sums.get(x[i]!) ?? 0) > RAY_NOISE * largest;
  return active.filter((g) => groups[g]!.rows.some(isUsed) || groups[g]!.strata.some(isBound));
}
