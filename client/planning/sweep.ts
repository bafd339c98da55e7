/**
 * Plans a recipe at every value of a range, then narrows the edges by bisection: where a mix begins or
 * ceases to exist, where more of the value gains nothing. An edge is searched by halving the gap of two
 * neighbouring points `HALVINGS` times: it is then known to 1/4096 of the gap (whole tokens at least).
 */
import {
  type Breakpoint,
  edgesOf,
  type Frontier,
  type FrontierPoint,
  frontierPoint,
  isGrowth,
  type Swept,
} from '../../core/report/frontier.js';
import type { Inventory } from '../../core/schema/plan.js';
import type { Recipe } from '../../core/schema/recipe.js';
import type { Replan } from './replan.js';
import { roundedTo } from './sweep-range.js';

const HALVINGS = 12;
/** Digits of a value that bisection tries: finer than any gap of it. */
const EDGE_DIGITS = 9;
/** With more strata an edge costs too many large plans; the points alone then answer. */
export const EDGE_STRATA_MAX = 3_000;

export interface SweepOptions {
  readonly swept: Swept;
  readonly values: readonly number[];
  readonly inventory: Inventory;
  /** The recipe with the key at a value. */
  readonly recipeAt: (value: number) => Promise<Recipe>;
  readonly replan: Replan;
}

type Step = (note?: string) => void;

async function pointAt(options: SweepOptions, value: number): Promise<FrontierPoint> {
  const { swept, inventory, recipeAt, replan } = options;
  return frontierPoint(value, await replan(await recipeAt(value), inventory), swept.capId);
}

/** A plan at every value; `step` after each. */
export async function planPoints(options: SweepOptions, step: Step): Promise<FrontierPoint[]> {
  const points: FrontierPoint[] = [];
  for (const value of options.values) {
    points.push(await pointAt(options, value));
    step();
  }
  return points;
}

/** Edges to search between the points; none where plans are large. */
export function edgesToSearch({ inventory }: SweepOptions, points: readonly FrontierPoint[]) {
  return inventory.strata.length <= EDGE_STRATA_MAX ? edgesOf(points) : [];
}

/** The frontier with its edges narrowed; `step` after each edge. */
export async function withEdges(
  options: SweepOptions,
  points: readonly FrontierPoint[],
  step: Step,
): Promise<Frontier> {
  const all = new Map(points.map((point) => [point.value, point]));
  const breakpoints: Breakpoint[] = [];
  for (const edge of edgesToSearch(options, points)) {
    const { found, sides } = await narrowed(edge, options);
    breakpoints.push(found);
    for (const point of sides) if (!all.has(point.value)) all.set(point.value, point);
    step();
  }
  return {
    ...{ swept: options.swept, breakpoints },
    points: [...all.values()].sort((a, b) => a.value - b.value),
    isSearched: options.inventory.strata.length <= EDGE_STRATA_MAX,
  };
}

/** Halves the gap: the middle joins whichever end it is like. */
async function narrowed(
  edge: Breakpoint,
  options: SweepOptions,
): Promise<{ found: Breakpoint; sides: FrontierPoint[] }> {
  const { kind } = options.swept;
  const sides: { lower?: FrontierPoint; upper?: FrontierPoint } = {};
  let { from, to } = edge;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = roundedTo((from + to) / 2, kind, EDGE_DIGITS);
    if (middle <= from || middle >= to) break;
    const point = { ...(await pointAt(options, middle)), isEdge: true };
    if (isLower(edge, point)) {
      from = middle;
      sides.lower = point;
    } else {
      to = middle;
      sides.upper = point;
    }
  }
  const found = { ...edge, from, to };
  return { found, sides: [sides.lower, sides.upper].filter((point) => point !== undefined) };
}

/** Whether a point belongs to the lower side of the edge. */
function isLower({ kind, tokens }: Breakpoint, point: FrontierPoint): boolean {
  const isPlanned = point.tokens !== null;
  switch (kind) {
    case 'feasible_from':
      return !isPlanned;
    case 'feasible_until':
      return isPlanned;
    case 'grows_until':
      return !isPlanned || isGrowth(point.tokens, tokens!);
    case 'shrinks_from':
      return isPlanned && !isGrowth(point.tokens, tokens!);
  }
}
