/** Best first: tokens of the budget before nearness to targets before money, then gain per cost. */
import type { AdviceGain, LabelLine, LimitLine, TextLine } from '../../schema/advice.js';
import { BUDGET_CAP } from '../cap-rows.js';
import { byCode } from '../stratum.js';
import { gainAmount } from './label-first.js';
import { amountOf } from './replans.js';

const GAINS: readonly AdviceGain[] = ['tokens', 'deviation', 'money', 'none'];

interface Ranked {
  readonly gain: AdviceGain;
  /** Gain per cost. */
  readonly yield: number;
  /** Tokens nearer to the targets, per cost. */
  readonly nearer: number;
}

/** Yields are compared in thousandths: below that they are the rounding of whole tokens. */
const YIELD_UNITS = 1_000;

function byRank(a: Ranked, b: Ranked): number {
  const units = (value: number) => Math.round(value * YIELD_UNITS);
  return (
    GAINS.indexOf(a.gain) - GAINS.indexOf(b.gain) ||
    units(b.yield) - units(a.yield) ||
    units(b.nearer) - units(a.nearer)
  );
}

function rankOfText({ gain, tried }: TextLine): Ranked {
  const first = tried[0]!;
  const tokens = first.change.kind === 'add_text' ? first.change.tokens : 1;
  const nearer = first.gainDeviation / tokens;
  return { gain, yield: amountOf(first, gain) / tokens, nearer };
}

/** By the gain of the first step per token of such text. */
export function sortedText(lines: readonly TextLine[]): TextLine[] {
  return [...lines].sort(
    (a, b) =>
      byRank(rankOfText(a), rankOfText(b)) ||
      byCode(a.domain, b.domain) ||
      byCode(a.label, b.label) ||
      byCode(a.modelFamily, b.modelFamily),
  );
}

function rankOfLabels({ gain, sizes, tokensFirst }: LabelLine): Ranked {
  const size = sizes.find((one) => one.tokens === tokensFirst) ?? sizes.at(-1)!;
  const per = (of: AdviceGain) => gainAmount(size, of) / size.tokens;
  return { gain, yield: gain === 'none' ? 0 : per(gain), nearer: per('deviation') };
}

/** Where a gain can be expected first; then by the gain per labelled token of the size to label first. */
export function sortedLabels(lines: readonly LabelLine[]): LabelLine[] {
  const isBlind = (line: LabelLine) => Number(line.basis === 'unknown' && line.gain !== 'none');
  const isIdle = (line: LabelLine) => Number(line.gain === 'none');
  return [...lines].sort(
    (a, b) =>
      isIdle(a) - isIdle(b) ||
      isBlind(a) - isBlind(b) ||
      byRank(rankOfLabels(a), rankOfLabels(b)) ||
      byCode(a.domain, b.domain) ||
      byCode(a.basis, b.basis),
  );
}

/** By the gain of the small step, then by that of the large one; the budget, a wish, stands last. */
export function sortedLimits(lines: readonly LimitLine[]): LimitLine[] {
  const rankOf = ({ gain, step }: LimitLine): Ranked => {
    return { gain, yield: amountOf(step, gain), nearer: step.gainDeviation };
  };
  const isBudget = (line: LimitLine) => Number(line.capId === BUDGET_CAP);
  const without = (line: LimitLine) =>
    line.without === null ? 0 : amountOf(line.without, line.gain);
  const keyOf = ({ step }: LimitLine) => ('key' in step.change ? step.change.key : '');
  return [...lines].sort(
    (a, b) =>
      isBudget(a) - isBudget(b) ||
      byRank(rankOf(a), rankOf(b)) ||
      without(b) - without(a) ||
      byCode(keyOf(a), keyOf(b)),
  );
}
