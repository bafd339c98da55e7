/**
 * Rows of chances and of means that few replicates carry: whether their z can be trusted, and which error they have.
 * A chance has its exact error sqrt(p (1 - p) / R), never a sample error of 0 where nothing happened; below 30 expected
 * events its law is not near normal, and the row is of kind A.
 */
import type { SimulatedRow, TheoryKind } from '../model.js';

/** Events that a z needs: the skewness of the count is then at most .18. */
export const EVENTS_ENOUGH = 30;

/** A chance, simulated as a share of R replicates, against an exact theory. */
export function chanceRow(at: {
  readonly quantity: string;
  readonly t: number;
  readonly events: number;
  readonly replicates: number;
  readonly theory: number;
}): SimulatedRow {
  const { quantity, t, events, replicates, theory } = at;
  const rarer = Math.min(theory, 1 - theory) * replicates;
  const isCertain = theory === 0 || theory === 1;
  const kind: TheoryKind = rarer >= EVENTS_ENOUGH || isCertain ? 'E' : 'A';
  const se = Math.sqrt((theory * (1 - theory)) / replicates);
  return { quantity, t, mean: events / replicates, se, theory, kind };
}

/**
 * Kind of a mean H_t / H_0 that few replicates may carry: a chain that is not absorbed has H of about 1/3 (uniform share of
 * two types), so R H_t 3 of them carry the mean.
 */
export function kindOfHeterozygosity(expected: number, replicates: number): TheoryKind {
  return 3 * expected * replicates >= 2 * EVENTS_ENOUGH ? 'E' : 'A';
}
