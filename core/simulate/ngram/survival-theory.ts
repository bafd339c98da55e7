/**
 * Type survival of the loop by its branching forms on measured counts: each of the c copies of a type at g = 0
 * starts a line of its own, lost after j generations with chance f_j, m = 1 - alpha. Fresh human text comes by
 * whole documents of a text of N words: a share x = alpha n / N of them each generation. A type with C copies in d of
 * those documents is absent at g with chance
 *
 *   replace, fresh      f_g^c  prod over j < g of (1 - x (1 - f_j^(C/d)))^d      (B1 where x is small and C = d)
 *   replace, fixed      f_g^c, or 0 for a type of the block                      (B6)
 *   accumulate, fresh   e^(-b c) (1 - min(1, x g))^d                             written at g = 1, or drawn since
 *   accumulate, fixed   e^(-b c), or 0 for a type of the block
 *
 * A: types are no independent lines, and a discounting model does not write each word at its rate exactly.
 */
import { absentOutsideBlock, lineAfter } from '../closed-forms/branching.js';
import type { LoopResult, LoopSettings } from './loop-settings.js';

export type MeasuredCounts = Omit<LoopResult, 'values'>;
export type SurvivalScenario = Pick<
  LoopSettings,
  'policy' | 'human' | 'humanShare' | 'temperature'
>;

/**
 * Expected share of the types of g = 0 that the corpus of g holds; null where no form is known: at a temperature
 * other than 1, and for accumulate-subsample.
 */
export function survivalTheory(
  measured: MeasuredCounts,
  scenario: SurvivalScenario,
  g: number,
): number | null {
  if (g === 0) return 1;
  if (scenario.temperature !== 1 || scenario.policy === 'accumulate-subsample') return null;
  const absent = absentBy(measured, scenario, g);
  const isFixed = scenario.human === 'fixed';
  let [types, present] = [0, 0];
  measured.counts.forEach((copies, word) => {
    if (copies === 0) return;
    types++;
    const isKept = isFixed && measured.humanCounts[word]! > 0;
    present += isKept ? 1 : 1 - absent(copies, word);
  });
  return present / types;
}

type Absent = (copies: number, word: number) => number;

function absentBy(measured: MeasuredCounts, scenario: SurvivalScenario, g: number): Absent {
  const { policy, human, humanShare } = scenario;
  const drawn = humanShare * measured.textShare;
  if (policy === 'replace') {
    return human === 'fixed' ? lostOutside(humanShare, g) : lostFresh(measured, humanShare, g);
  }
  const left = human === 'fixed' ? 1 : 1 - Math.min(1, drawn * g);
  return (copies, word) => Math.exp(-(1 - humanShare) * copies) * left ** measured.documents[word]!;
}

function lostOutside(humanShare: number, g: number): Absent {
  const found = new Map<number, number>();
  return (copies) => {
    let absent = found.get(copies);
    if (absent === undefined) {
      absent = absentOutsideBlock({ copies, humanShare, suppression: 1 }, g);
      found.set(copies, absent);
    }
    return absent;
  };
}

function lostFresh(measured: MeasuredCounts, humanShare: number, g: number): Absent {
  const { textCounts, documents, textShare } = measured;
  const drawn = humanShare * textShare;
  const lost = Array.from({ length: g + 1 }, (_, j) => 1 - lineAfter(1 - humanShare, j).alive);
  return (copies, word) => {
    const perDocument = textCounts[word]! / documents[word]!;
    let absent = lost[g]! ** copies;
    for (let j = 0; j < g; j++) {
      absent *= (1 - drawn * (1 - lost[j]! ** perDocument)) ** documents[word]!;
    }
    return absent;
  };
}
