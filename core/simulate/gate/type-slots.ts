/**
 * Types of a spectrum as slots of a simulation. Up to a limit each type is a slot of its own and the
 * simulation is exact. Above it, each crowded class of equal counts is a stratum: `most` of its types stand
 * for all of them, each with the weight types / most; classes with fewer types (the frequent ones) stay whole.
 * Means of sums over types stay unbiased; their spread between runs is overstated, never understated.
 */
import type { Spectrum } from '../../schema/risk.js';

/** Types that are simulated one by one; a domain of more is sampled. */
export const TYPE_SLOTS = 200_000;

export interface TypeSlots {
  readonly length: number;
  /** Copies at g = 0. */
  readonly copies: Float64Array;
  /** Types that a slot stands for, >= 1 (less for the odd part of a class). */
  readonly weights: Float64Array;
}

/** Slots in the order of ascending counts; `limit` >= the number of distinct counts. Cost: linear. */
export function typeSlots({ counts, types }: Spectrum, limit = TYPE_SLOTS): TypeSlots {
  const most = mostPerClass(types, limit);
  const slotsOf = types.map((count) =>
    Math.max(count > 0 ? 1 : 0, Math.floor(Math.min(count, most))),
  );
  const length = slotsOf.reduce((sum, slots) => sum + slots, 0);
  const copies = new Float64Array(length);
  const weights = new Float64Array(length);
  let at = 0;
  counts.forEach((count, i) => {
    copies.fill(count, at, at + slotsOf[i]!);
    weights.fill(types[i]! / slotsOf[i]!, at, at + slotsOf[i]!);
    at += slotsOf[i]!;
  });
  return { length, copies, weights };
}

/** Largest whole m with sum of min(types, m) within the limit; infinite where all fit. */
function mostPerClass(types: readonly number[], limit: number): number {
  const slots = (most: number) =>
    types.reduce((sum, count) => sum + Math.max(count > 0 ? 1 : 0, Math.min(count, most)), 0);
  if (slots(Number.POSITIVE_INFINITY) <= limit) return Number.POSITIVE_INFINITY;
  let [fits, tooMany] = [1, limit + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (slots(middle) <= limit) fits = middle;
    else tooMany = middle;
  }
  return fits;
}

/** Slots of several spectra one after another, and where each begins. */
export function joinSlots(parts: readonly TypeSlots[]): TypeSlots & { starts: readonly number[] } {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const copies = new Float64Array(length);
  const weights = new Float64Array(length);
  const starts: number[] = [];
  let at = 0;
  for (const part of parts) {
    starts.push(at);
    copies.set(part.copies, at);
    weights.set(part.weights, at);
    at += part.length;
  }
  return { length, copies, weights, starts: [...starts, length] };
}
