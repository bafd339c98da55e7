/**
 * The single best thing to do, in one sentence. What is at hand comes first: labels of text that is
 * there, where they are expected to gain; then text to find, then money, then limits, which are somebody's
 * policy. Among these a gain in tokens goes before one in nearness to the targets.
 */
import type {
  Advice,
  AdviceChange,
  AdviceGain,
  LabelLine,
  LimitLine,
  TextLine,
  Tried,
} from '../../schema/advice.js';
import { BUDGET_CAP } from '../cap-rows.js';
import { count } from '../rule-statement.js';
import { gainAmount } from './label-first.js';
import { amountOf } from './replans.js';

export type Found = Omit<Advice, 'headline' | 'dearestLimit' | 'notes'>;

export function headlineOf(found: Found): string {
  const { labels, text, money, limits } = found;
  for (const gain of ['tokens', 'deviation'] as const) {
    const label = labels.find((line) => line.gain === gain && line.basis !== 'unknown');
    if (label !== undefined) return labelSentence(label, gain);
    const add = text.find((line) => line.gain === gain);
    if (add !== undefined) return textSentence(found, add);
    const raise = money?.tried.find((one) => amountOf(one, gain) > found.roundingTokens);
    if (raise !== undefined) return `Raise ${settingOf(raise.change)}: ${effect(found, raise)}.`;
    const limit = limits.find((line) => line.gain === gain && line.capId !== BUDGET_CAP);
    if (limit !== undefined) return limitSentence(found, limit, gain);
  }
  return nothingSentence(found);
}

/** `12,000 tokens more, 3,000 tokens nearer to the targets`; what is only rounding is left out. */
function effect({ roundingTokens }: Found, { gainTokens, gainDeviation }: Tried): string {
  const parts: string[] = [];
  if (Math.abs(gainTokens) > roundingTokens) {
    parts.push(`${count(Math.abs(gainTokens))} tokens ${gainTokens > 0 ? 'more' : 'fewer'}`);
  }
  if (Math.abs(gainDeviation) > roundingTokens) {
    const way = gainDeviation > 0 ? 'nearer to' : 'farther from';
    parts.push(`${count(Math.abs(gainDeviation))} tokens ${way} the targets`);
  }
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

const word = (label: string) => label.replaceAll('_', ' ');

function labelSentence({ domain, sizes, tokensFirst }: LabelLine, gain: AdviceGain): string {
  const size = sizes.find((one) => one.tokens === tokensFirst)!;
  const range = gain === 'tokens' ? size.expectedTokens : size.expectedDeviation;
  const interval = range === null ? '' : ` (${count(range.low)} to ${count(range.high)})`;
  const of = `${count(size.tokens)} unknown tokens of ${domain} (${count(size.documents)} documents)`;
  const by = gain === 'tokens' ? 'more' : 'nearer to the targets';
  return `Label ${of} first: ${count(gainAmount(size, gain))} tokens ${by} expected${interval}.`;
}

function textSentence(found: Found, { domain, label, tried, tokensUseful }: TextLine): string {
  const useful = tried.find(({ change }) => 'tokens' in change && change.tokens === tokensUseful)!;
  const of = `${count(tokensUseful!)} tokens of ${word(label)} text of ${domain}`;
  const isFull =
    found.now.tokens < found.tokenBudget && useful.figures.tokens === found.tokenBudget;
  const end = isFull ? 'the budget is reached then' : 'more of it adds nothing';
  return `Add ${of}: ${effect(found, useful)}; ${end}.`;
}

function looserText(change: AdviceChange): string {
  return change.kind === 'set' ? String(change.to) : '';
}

function settingOf(change: AdviceChange): string {
  return change.kind === 'set' ? `${change.key} from ${change.from} to ${change.to}` : change.kind;
}

function limitSentence(found: Found, { step, without }: LimitLine, gain: AdviceGain): string {
  const best = amountOf(step, gain) > found.roundingTokens || without === null ? step : without;
  return `No text of one domain would help; set ${settingOf(best.change)}: ${effect(found, best)}.`;
}

/** What the dearest limit costs, loosened a little and much; the budget is a wish and no limit. */
export function dearestLimitOf(found: Found): string | null {
  const dearest = found.limits.find((line) => line.gain !== 'none' && line.capId !== BUDGET_CAP);
  if (dearest === undefined) return null;
  const { step, without } = dearest;
  const much =
    without === null ? '' : `; to ${looserText(without.change)}: ${effect(found, without)}`;
  return `Dearest limit: ${settingOf(step.change)}: ${effect(found, step)}${much}.`;
}

function nothingSentence({ now, tokenBudget, roundingTokens }: Found): string {
  if (now.tokens < tokenBudget) return 'Nothing that was tried gains a token.';
  const targets = now.deviationTokens <= roundingTokens ? ' and every target' : '';
  return `Nothing is missing: the budget of ${count(tokenBudget)} tokens${targets} is reached.`;
}
