/**
 * The single best thing to do, in one sentence. What is at hand comes first: labels of text that is
 * there, where they are expected to gain; then text to find, then money, then limits, which are somebody's
 * policy. Among these a gain in tokens goes before one in nearness to the targets.
 */
import type { Advice, AdviceGain, LabelLine, LimitLine, TextLine } from '../../schema/advice.js';
import { count } from '../conflict.js';
import { gainAmount } from './label-first.js';
import { amountOf } from './replans.js';

export type Found = Omit<Advice, 'headline' | 'notes'>;

export function headlineOf(found: Found): string {
  const { labels, text, money, limits } = found;
  for (const gain of ['tokens', 'deviation'] as const) {
    const label = labels.find((line) => line.gain === gain && line.basis !== 'unknown');
    if (label !== undefined) return labelSentence(label, gain);
    const add = text.find((line) => line.gain === gain);
    if (add !== undefined) return textSentence(found, add, gain);
    const raise = money?.tried.find((one) => amountOf(one, gain) > found.roundingTokens);
    if (raise !== undefined)
      return `Raise ${settingOf(raise.change)}: ${gainText(amountOf(raise, gain), gain)}.`;
    const limit = limits.find((line) => line.gain === gain);
    if (limit !== undefined) return limitSentence(limit, gain);
  }
  return nothingSentence(found);
}

/** `12,000 tokens more`, or `12,000 tokens nearer to the targets`. */
export function gainText(amount: number, gain: AdviceGain): string {
  const by = gain === 'tokens' ? 'more' : 'nearer to the targets';
  return `${count(amount)} tokens ${by}`;
}

const word = (label: string) => label.replaceAll('_', ' ');

function labelSentence({ domain, sizes, tokensFirst }: LabelLine, gain: AdviceGain): string {
  const size = sizes.find((one) => one.tokens === tokensFirst)!;
  const range = gain === 'tokens' ? size.expectedTokens : size.expectedDeviation;
  const interval = range === null ? '' : ` (${count(range.low)} to ${count(range.high)})`;
  const of = `${count(size.tokens)} unknown tokens of ${domain} (${count(size.documents)} documents)`;
  return `Label ${of} first: ${gainText(gainAmount(size, gain), gain)} expected${interval}.`;
}

function textSentence(
  { tokenBudget, now }: Found,
  { domain, label, tried, tokensUseful }: TextLine,
  gain: AdviceGain,
): string {
  const useful = tried.find(({ change }) => 'tokens' in change && change.tokens === tokensUseful)!;
  const of = `${count(tokensUseful!)} tokens of ${word(label)} text of ${domain}`;
  const isFull = now.tokens < tokenBudget && useful.figures.tokens === tokenBudget;
  const end = isFull ? 'which reaches the budget' : 'and more of it adds nothing';
  return `Add ${of}: ${gainText(amountOf(useful, gain), gain)}, ${end}.`;
}

function settingOf(change: LimitLine['step']['change']): string {
  return change.kind === 'set' ? `${change.key} from ${change.from} to ${change.to}` : change.kind;
}

function limitSentence({ step, without }: LimitLine, gain: AdviceGain): string {
  const best = amountOf(step, gain) > 0 || without === null ? step : without;
  return `No text would help; set ${settingOf(best.change)}: ${gainText(amountOf(best, gain), gain)}.`;
}

function nothingSentence({ now, tokenBudget, roundingTokens }: Found): string {
  if (now.status === 'infeasible') return 'Nothing that was tried makes a mix possible.';
  if (now.tokens < tokenBudget) return 'Nothing that was tried gains a token.';
  const targets = now.deviationTokens <= roundingTokens ? ' and every target' : '';
  return `Nothing is missing: the budget of ${count(tokenBudget)} tokens${targets} is reached.`;
}
