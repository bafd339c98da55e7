/**
 * Counts of (context, successor) pairs as sorted arrays. A pair is one number,
 * `context * base + successor`, exact below 2^53; sorting the pairs brings a context's successors
 * together, and a context is found by binary search. Both n-gram models stand on this table.
 */
import { assert } from '../../core/schema/failure.js';

export interface NgramTable {
  readonly base: number;
  /** Distinct contexts, ascending. */
  readonly contexts: Float64Array;
  /** Successors of context i stand at [starts[i], starts[i + 1]). */
  readonly starts: Int32Array;
  readonly successors: Int32Array;
  readonly counts: Float64Array;
  /** Sum of the counts of each context. */
  readonly totals: Float64Array;
}

/** Table of `pairs`, which it sorts in place. Cost: one sort and one pass. */
export function buildNgramTable(pairs: Float64Array, base: number): NgramTable {
  pairs.sort();
  const last = pairs.length - 1;
  assert(last < 0 || (pairs[0]! >= 0 && pairs[last]! <= Number.MAX_SAFE_INTEGER), 'exact pairs');
  const contexts: number[] = [];
  const starts: number[] = [];
  const successors: number[] = [];
  const counts: number[] = [];
  const totals: number[] = [];
  for (let i = 0; i < pairs.length; ) {
    const pair = pairs[i]!;
    let end = i + 1;
    while (end < pairs.length && pairs[end] === pair) end++;
    const context = Math.floor(pair / base);
    if (contexts[contexts.length - 1] !== context) {
      contexts.push(context);
      starts.push(successors.length);
      totals.push(0);
    }
    successors.push(pair - context * base);
    counts.push(end - i);
    totals[totals.length - 1]! += end - i;
    i = end;
  }
  starts.push(successors.length);
  return {
    base,
    contexts: Float64Array.from(contexts),
    starts: Int32Array.from(starts),
    successors: Int32Array.from(successors),
    counts: Float64Array.from(counts),
    totals: Float64Array.from(totals),
  };
}

/** Position of a context, or -1. */
export function findContext(table: NgramTable, context: number): number {
  let low = 0;
  let high = table.contexts.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = table.contexts[middle]!;
    if (found === context) return middle;
    if (found < context) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Count of a successor at a context's position. */
export function successorCount(table: NgramTable, position: number, successor: number): number {
  let low = table.starts[position]!;
  let high = table.starts[position + 1]! - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = table.successors[middle]!;
    if (found === successor) return table.counts[middle]!;
    if (found < successor) low = middle + 1;
    else high = middle - 1;
  }
  return 0;
}

/** Distinct successors of a context. */
export function successorTypes(table: NgramTable, position: number): number {
  return table.starts[position + 1]! - table.starts[position]!;
}
