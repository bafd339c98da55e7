/**
 * An infeasible plan in a few lines: what is wrong, what to do, what else would do, and why. The terminal, the failure of a
 * build and the page say the same.
 */
import type { InfeasiblePlan, WayOut } from '../schema/plan.js';
import { formatCount, plural } from './format.js';

export interface InfeasibleLines {
  /** `no mix can keep these 2 rules at once: at most .. (a); at least .. (b in health)`. */
  readonly wrong: string;
  /** The cheapest way out, then the cheapest of the other sort (limits; text and labels). */
  readonly todo: readonly string[];
  /** A sentence per member of the conflict. */
  readonly why: readonly string[];
}

const FOUND: readonly WayOut['kind'][] = ['text', 'label'];

export function infeasibleLines(plan: InfeasiblePlan): InfeasibleLines {
  const { conflict, waysOut } = plan;
  const [first] = waysOut;
  const isFound = (way: WayOut) => FOUND.includes(way.kind);
  const other =
    first === undefined ? undefined : waysOut.find((way) => isFound(way) !== isFound(first));
  const todo = [first, other].filter((way) => way !== undefined);
  const isOneOfSeveral = first?.kind === 'combination';
  return {
    wrong: `${wrongOf(conflict)}${isOneOfSeveral ? '; this is not the only conflict' : ''}`,
    todo: todo.map((way) => wayLine(way, plan.tokenBudget)),
    why: conflict.map(
      (member) =>
        `${memberName(member)}: ${member.statement}; without this rule ${plural(member.without, 'token')} could be written`,
    ),
  };
}

/** Up to this many members are said in words on one line, more by their ids. */
const WORDS_MAX = 3;

function wrongOf(conflict: InfeasiblePlan['conflict']): string {
  if (conflict.length === 0) return 'no mix of whole tokens keeps every rule';
  const what = conflict.length === 1 ? 'this rule' : `these ${conflict.length} rules at once`;
  const members = conflict.map((member) =>
    conflict.length > WORDS_MAX
      ? memberName(member)
      : `${askedBy(member.statement)} (${memberName(member)})`,
  );
  return `no mix can keep ${what}: ${members.join('; ')}`;
}

/** What a rule asks for, without the figures of the text. */
const askedBy = (statement: string) => statement.split('; ')[0]!;

/** `unknown-each in health`; the mix as a whole goes without saying. */
export function memberName({
  capId,
  scope,
}: Pick<InfeasiblePlan['conflict'][number], 'capId' | 'scope'>): string {
  return scope === 'all' ? capId : `${capId} in ${scope}`;
}

/** `--set a=1 (raise ..); then 500 of 1,000 tokens`; text is said in words alone. */
export function wayLine(way: WayOut, tokenBudget: number): string {
  const settings = settingsOf(way);
  const what = settings === '' ? way.statement : `${settings} (${way.statement})`;
  return `${what}; then ${tokensAfter(way, tokenBudget)}`;
}

function tokensAfter(way: WayOut, tokenBudget: number): string {
  const budget = budgetAfter(way, tokenBudget);
  const after = `${formatCount(way.tokensAllocated)} of ${plural(budget, 'token')}`;
  if (way.forBudget === null) return after;
  const { amount, tokensAllocated } = way.forBudget;
  return `${after} (with ${formatCount(amount)}: ${formatCount(tokensAllocated)})`;
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
