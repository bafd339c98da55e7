/**
 * Agreement of two reviewers beyond chance, over documents that both saw.
 *
 * kappa = (po - pe) / (1 - pe), po the share on which they agree, pe what their marginals alone would
 * give. Variance by Fleiss, Cohen and Everitt (Psychological Bulletin 72, 1969, eq. 13); the interval
 * is normal and clipped to [-1, 1]; few pairs make it wide, not exact.
 */
import { assert } from '../schema/failure.js';
import { normalQuantile } from './normal.js';

export interface Kappa {
  /** In [-1, 1]; null where it is undefined: no pairs, or both always give one and the same answer. */
  readonly kappa: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly pairs: number;
  /** Share of pairs that agree; null where there are none. */
  readonly agreement: number | null;
}

/** Cohen's kappa of answers `first[i]`, `second[i]` to one document; two-sided `confidence` in (0, 1). */
export function cohensKappa(
  first: readonly string[],
  second: readonly string[],
  confidence = 0.95,
): Kappa {
  assert(first.length === second.length, 'kappa needs two answers to each document');
  const pairs = first.length;
  const answers = [...new Set([...first, ...second])].sort();
  if (pairs === 0) return { kappa: null, low: null, high: null, pairs, agreement: null };
  const table = tableOf(first, second, answers);
  const rows = table.map((row) => row.reduce((sum, p) => sum + p, 0));
  const columns = answers.map((_, j) => table.reduce((sum, row) => sum + row[j]!, 0));
  const agreement = table.reduce((sum, row, i) => sum + row[i]!, 0);
  const chance = rows.reduce((sum, p, i) => sum + p * columns[i]!, 0);
  if (answers.length === 1) return { kappa: null, low: null, high: null, pairs, agreement };
  const kappa = (agreement - chance) / (1 - chance);
  const variance = varianceOf({ table, rows, columns, agreement, chance }) / pairs;
  const half = normalQuantile((1 + confidence) / 2) * Math.sqrt(Math.max(0, variance));
  const [low, high] = [Math.max(-1, kappa - half), Math.min(1, kappa + half)];
  return { kappa, low, high, pairs, agreement };
}

/** Shares of pairs by the two answers. */
function tableOf(
  first: readonly string[],
  second: readonly string[],
  answers: readonly string[],
): number[][] {
  const place = new Map(answers.map((answer, i) => [answer, i]));
  const table = answers.map(() => answers.map(() => 0));
  for (let i = 0; i < first.length; i++) {
    table[place.get(first[i]!)!]![place.get(second[i]!)!]! += 1 / first.length;
  }
  return table;
}

interface Shares {
  readonly table: readonly (readonly number[])[];
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly agreement: number;
  readonly chance: number;
}

/** Variance of kappa times the number of pairs. */
function varianceOf({ table, rows, columns, agreement, chance }: Shares): number {
  const [a, e] = [1 - agreement, 1 - chance];
  let same = 0;
  let other = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < rows.length; j++) {
      const p = table[i]![j]!;
      if (i === j) same += p * (e - (rows[i]! + columns[i]!) * a) ** 2;
      else other += p * (columns[i]! + rows[j]!) ** 2;
    }
  }
  return (same + a * a * other - (agreement * chance - 2 * chance + agreement) ** 2) / e ** 4;
}
