/**
 * Counts of types under resampling: each generation draws n tokens from alpha p_0 + b p_t (Wright-Fisher with
 * immigration). Families draw n tokens each, from their own counts (isolated) or from all (pooled). t = 0 is the law.
 */
import { binomial, multinomial } from '../../random/samplers.js';
import type { RandomStream } from '../../random/stream.js';

export interface TypeLoop {
  /** Tokens of a generation, of each family. */
  readonly n: number;
  /** Shares of the types at t = 0; sums to 1. */
  readonly law: Float64Array;
  readonly humanShare: number;
  readonly human: 'fresh' | 'fixed';
  readonly draw: 'multinomial' | 'quota';
  readonly families: number;
  readonly structure: 'pooled' | 'isolated';
}

/** H = 1 - sum of squared shares of counts. */
export function heterozygosity(counts: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (const count of counts) {
    sum += count;
    squares += count * count;
  }
  return 1 - squares / (sum * sum);
}

/** One chain of F families; `read` gets the counts of every family at t = 1 .. last. */
export function typeChain(
  stream: RandomStream,
  loop: TypeLoop,
  last: number,
  read: (t: number, families: readonly Float64Array[]) => void,
): void {
  const { n, law, humanShare, human, families, structure } = loop;
  const size = law.length;
  const counts = Array.from({ length: families }, () => new Float64Array(size));
  const pool = new Float64Array(size);
  const drawn = new Float64Array(size);
  const block = human === 'fixed' ? new Float64Array(size) : null;
  if (block !== null) multinomial(stream, Math.round(humanShare * n), law, block);
  let sources: readonly Float64Array[] = counts.map(() => law);
  for (let t = 1; t <= last; t++) {
    for (let f = 0; f < families; f++) {
      const humans = humanTokens(stream, loop);
      const own = counts[f]!;
      if (block !== null) drawn.set(block);
      else multinomial(stream, humans, law, drawn);
      // Counts are overwritten as they are drawn: a family that learns from itself learns from a copy.
      const source = sources[f]!;
      const from = source === own ? own.slice() : source;
      multinomial(stream, n - humans, from, own);
      for (let i = 0; i < size; i++) own[i]! += drawn[i]!;
    }
    if (families > 1 && structure === 'pooled') {
      pool.fill(0);
      for (const own of counts) for (let i = 0; i < size; i++) pool[i]! += own[i]!;
      const shared = pool.slice();
      sources = counts.map(() => shared);
    } else sources = counts;
    read(t, counts);
  }
}

/** Human tokens of one generation: a quota, or each token with chance alpha. */
function humanTokens(stream: RandomStream, { n, humanShare, draw, human }: TypeLoop): number {
  if (humanShare === 0) return 0;
  if (human === 'fixed' || draw === 'quota') return Math.round(humanShare * n);
  return binomial(stream, n, humanShare);
}

/** Generations until one type has all tokens, without human text; the first sample is generation 1. */
export function absorptionTime(stream: RandomStream, n: number, law: Float64Array): number {
  let source = law;
  for (let t = 1; ; t++) {
    const counts = new Float64Array(source.length);
    multinomial(stream, n, source, counts);
    source = counts.filter((count) => count > 0);
    if (source.length <= 1) return t;
  }
}
