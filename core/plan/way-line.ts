/** A way out in one line, as plan, build, page and advice say it. */
import type { WayOut } from '../schema/plan.js';
import { count } from './rule-statement.js';

const NO_WAY = 'no single change frees it: ask for less, or add text';

/** `cheapest way out: ..`; what to think of where none is known. */
export function cheapestLine([cheapest]: readonly WayOut[], tokenBudget: number): string {
  return cheapest === undefined ? NO_WAY : `cheapest way out: ${wayLine(cheapest, tokenBudget)}`;
}

/** `--set a=1 (raise ..); then 500 of 1,000 tokens`; text is said in words alone. */
export function wayLine(way: WayOut, tokenBudget: number): string {
  const settings = settingsOf(way);
  const what = settings === '' ? way.statement : `${settings} (${way.statement})`;
  return `${what}; then ${tokensAfter(way, tokenBudget)}`;
}

function tokensAfter(way: WayOut, tokenBudget: number): string {
  const budget = budgetAfter(way, tokenBudget);
  const after = `${count(way.tokensAllocated)} of ${count(budget)} ${budget === 1 ? 'token' : 'tokens'}`;
  if (way.forBudget === null) return after;
  const { amount, tokensAllocated } = way.forBudget;
  return `${after} (with ${count(amount)}: ${count(tokensAllocated)})`;
}

/** The budget that a way leaves. */
export function budgetAfter({ changes }: WayOut, tokenBudget: number): number {
  return changes.find(({ setting }) => setting?.startsWith('token_budget='))?.to ?? tokenBudget;
}

/** `--set key=value` per change, ready for a POSIX shell; '' where no recipe key does it. */
export function settingsOf({ changes }: WayOut): string {
  return changes
    .flatMap(({ setting }) => (setting === null ? [] : [`--set ${shellWord(setting)}`]))
    .join(' ');
}

function shellWord(text: string): string {
  return /^[\w.,:/=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
