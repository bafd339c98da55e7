/**
 * Few integers, searched from the last basis: branch and bound whose every node is a linear program that a few pivots
 * solve. The solver's own search starts each time from nothing, which costs more than all nodes where two or three
 * integers vary. A search that grows past its bound is left to the solver.
 */
import type { Bounds, Column, Session, Solution } from './model.js';

/** How far from a whole number a value may lie and count as one: the solver's tolerance for integers. */
const WHOLE = 1e-6;
/** By how much a branch must be better than the best answer to be looked at, in LP units. */
const BETTER = 1e-7;
/** Linear programs that one search may cost. */
const NODES_MAX = 24;

type Optimal = Extract<Solution, { status: 'optimal' }>;
type Node = ReadonlyMap<number, Bounds>;

export interface Goal {
  readonly sense: 'minimise' | 'maximise';
  /** An objective from which on any whole answer will do; default: the best. */
  readonly enough?: number;
}

/** The session's program, minimised or maximised; `columns` are its first ones, some of them integer. */
export async function solveBranching(
  session: Session,
  columns: readonly Column[],
  goal: Goal,
): Promise<Solution> {
  const free = columns.flatMap((c, i) => (c.integer && c.lower < c.upper ? [i] : []));
  if (free.length === 0) return session.solve();
  session.relaxIntegers(true);
  const found = await search(session, new Map(free.map((i) => [i, columns[i]!])), goal);
  session.relaxIntegers(false);
  for (const i of free) session.setColumnBounds(i, columns[i]!);
  return found ?? session.solve();
}

/** Null where the search grows too large, or a node has no answer. */
async function search(session: Session, root: Node, goal: Goal): Promise<Solution | null> {
  const sign = goal.sense === 'maximise' ? 1 : -1;
  const enough = sign * (goal.enough ?? sign * Infinity);
  let best: Optimal | null = null;
  const open = [root];
  for (let nodes = 0; open.length > 0; nodes++) {
    if (nodes === NODES_MAX) return null;
    const node = open.pop()!;
    for (const [column, bounds] of node) session.setColumnBounds(column, bounds);
    const solution = await session.solve();
    if (solution.status === 'infeasible') continue;
    if (solution.status !== 'optimal') return null;
    if (best !== null && sign * (solution.objective - best.objective) <= BETTER) continue;
    const column = mostFractional(node, solution.values);
    if (column === null) best = solution;
    if (best !== null && sign * best.objective >= enough) return best;
    if (column !== null) open.push(...branches(node, column, solution.values[column]!));
  }
  return best ?? { status: 'infeasible' };
}

function mostFractional(node: Node, values: Float64Array): number | null {
  let [most, found] = [WHOLE, null as number | null];
  for (const column of node.keys()) {
    const distance = Math.abs(values[column]! - Math.round(values[column]!));
    if (distance > most) [most, found] = [distance, column];
  }
  return found;
}

/** Both sides of a value; the nearer one last, so that it is looked at first. */
function branches(node: Node, column: number, value: number): Node[] {
  const { lower, upper } = node.get(column)!;
  const down = new Map(node).set(column, { lower, upper: Math.floor(value) });
  const up = new Map(node).set(column, { lower: Math.ceil(value), upper });
  return value - Math.floor(value) < 0.5 ? [up, down] : [down, up];
}
