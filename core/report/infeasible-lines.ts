/**
 * An infeasible plan in a few lines: what is wrong, what to do, what else would do, and why. The terminal, the failure of a
 * build and the page say the same.
 */
import { cheapestLine, wayLine } from '../plan/way-line.js';
import type { InfeasiblePlan, WayOut } from '../schema/plan.js';
import { plural } from './format.js';

export interface InfeasibleLines {
  /** `no mix can keep these 2 rules at once: at most .. (a); at least .. (b in health)`. */
  readonly wrong: string;
  /** A sentence per conflict beside it: `nor these 3 rules at once: ..`. */
  readonly further: readonly string[];
  /** The cheapest way out, then the cheapest of the other sort (limits; text and labels). */
  readonly todo: readonly string[];
  /** The same with the words that lead to it: `cheapest way out: ..`, `or: ..`; what to think of where there is none. */
  readonly ways: readonly string[];
  /** A sentence per member of the conflict. */
  readonly why: readonly string[];
}

const FOUND: readonly WayOut['kind'][] = ['text', 'label'];

export function infeasibleLines(plan: InfeasiblePlan): InfeasibleLines {
  const { conflict, further, waysOut, tokenBudget } = plan;
  const [first] = waysOut;
  const isFound = (way: WayOut) => FOUND.includes(way.kind);
  const other =
    first === undefined ? undefined : waysOut.find((way) => isFound(way) !== isFound(first));
  const todo = [first, other].filter((way) => way !== undefined);
  return {
    wrong: `${wrongOf(conflict)}${isUntold(plan, first) ? '; this is not the only conflict' : ''}`,
    further: further.map((members) => `nor ${rulesOf(members)}`),
    todo: todo.map((way) => wayLine(way, tokenBudget)),
    ways: [
      cheapestLine(waysOut, tokenBudget),
      ...(other === undefined ? [] : [`or: ${wayLine(other, tokenBudget)}`]),
    ],
    why: [conflict, ...further].flat().map(whyOf),
  };
}

/** A way changes rules together, and one of them is no member of a conflict that is told. */
function isUntold({ conflict, further }: InfeasiblePlan, way: WayOut | undefined): boolean {
  if (way?.kind !== 'combination') return false;
  const told = new Set([conflict, ...further].flat().map(({ capId }) => capId));
  return way.changes.some(({ capId }) => !told.has(capId));
}

const whyOf = (member: Member) =>
  `${memberName(member)}: ${member.statement}; under the other rules of this conflict ${plural(member.without, 'token')} could be written`;

type Member = InfeasiblePlan['conflict'][number];

/** Up to this many members are said in words on one line, more by their ids. */
const WORDS_MAX = 3;

function wrongOf(conflict: readonly Member[]): string {
  if (conflict.length === 0) return 'no mix of whole tokens keeps every rule';
  return `no mix can keep ${rulesOf(conflict)}`;
}

/** `these 2 rules at once: at most .. (a); at least .. (b in health)`. */
function rulesOf(conflict: readonly Member[]): string {
  const what = conflict.length === 1 ? 'this rule' : `these ${conflict.length} rules at once`;
  const members = conflict.map((member) =>
    conflict.length > WORDS_MAX
      ? memberName(member)
      : `${askedBy(member.statement)} (${memberName(member)})`,
  );
  return `${what}: ${members.join('; ')}`;
}

/** What a rule asks for, without the figures of the text. */
const askedBy = (statement: string) => statement.split('; ')[0]!;

/** `unknown-each in health`; the mix as a whole goes without saying. */
export function memberName({ capId, scope }: Pick<Member, 'capId' | 'scope'>): string {
  return scope === 'all' ? capId : `${capId} in ${scope}`;
}
