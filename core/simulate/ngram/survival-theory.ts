/**
 * Type survival of the loop by its branching forms, averaged over the counts that were measured at g = 0: each
 * of the c copies of a type starts a line of its own. A: types are no independent lines, and a discounting
 * model does not write each word at its rate exactly.
 */
import { absentFresh, absentOutsideBlock, type TypeLine } from '../closed-forms/branching.js';

export interface MeasuredCounts {
  /** Copies at g = 0 by word code. */
  readonly counts: Int32Array;
  /** Copies in the fixed human block, by word code. */
  readonly humanCounts: Int32Array;
}

export interface SurvivalScenario {
  readonly policy: 'replace' | 'accumulate' | 'accumulate-subsample';
  readonly human: 'fresh' | 'fixed';
  /** Human share alpha. */
  readonly humanShare: number;
}

/**
 * Expected share of the types of g = 0 that the corpus of g holds, at temperature 1; null where no form is known.
 *
 * replace: B1 (fresh), or 1 for types in the block and B6 for the others (fixed). accumulate, from g = 1 on:
 * exp(-c (alpha + b) - alpha c (g - 1)) is lost (fresh), e^(-b c) of the types outside the block (fixed).
 */
export function survivalTheory(
  measured: MeasuredCounts,
  scenario: SurvivalScenario,
  g: number,
): number | null {
  if (g === 0) return 1;
  if (scenario.policy === 'accumulate-subsample') return null;
  const isFixed = scenario.human === 'fixed' && scenario.humanShare > 0;
  const lost = new Map<number, number>();
  let [types, present] = [0, 0];
  measured.counts.forEach((copies, word) => {
    if (copies === 0) return;
    types++;
    if (isFixed && measured.humanCounts[word]! > 0) {
      present++;
      return;
    }
    const absent = lost.get(copies) ?? absentOf(copies, scenario, g, isFixed);
    lost.set(copies, absent);
    present += 1 - absent;
  });
  return present / types;
}

function absentOf(
  copies: number,
  { policy, humanShare }: SurvivalScenario,
  g: number,
  isFixed: boolean,
): number {
  const line: TypeLine = { copies, humanShare, suppression: 1 };
  if (policy === 'replace') return isFixed ? absentOutsideBlock(line, g) : absentFresh(line, g);
  const synthetic = (1 - humanShare) * copies;
  return Math.exp(-synthetic - (isFixed ? 0 : humanShare * copies * g));
}
