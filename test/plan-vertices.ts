/**
 * The optimum of a linear wish over `a x <= b` and `c x = d` by trying every vertex: each choice of
 * planes that meet in one point, by elimination. Exponential, and plainly right.
 */
import { dot, type Plane } from './plan-oracle.js';

export interface Equation {
  readonly a: readonly number[];
  readonly b: number;
}

/** Rows in echelon form; `null` where an equation contradicts the others. */
function reduce(equations: readonly Equation[]): number[][] {
  const rows: number[][] = [];
  for (const { a, b } of equations) {
    const scale = Math.max(...a.map(Math.abs), 1e-300);
    let row = [...a.map((v) => v / scale), b / scale];
    for (const done of rows) {
      const pivot = done.findIndex((v) => v !== 0);
      row = row.map((v, k) => v - (row[pivot]! / done[pivot]!) * done[k]!);
      row[pivot] = 0;
    }
    row = row.map((v, k) => (k < a.length && Math.abs(v) < 1e-9 ? 0 : v));
    if (row.slice(0, -1).some((v) => v !== 0)) rows.push(row);
  }
  return rows;
}

/** The one point of n equations; null when they are dependent. */
function intersect(equations: readonly Equation[], n: number): number[] | null {
  const m = equations.map(({ a, b }) => [...a, b]);
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(m[r]![c]!) > Math.abs(m[pivot]![c]!)) pivot = r;
    if (Math.abs(m[pivot]![c]!) < 1e-9) return null;
    [m[c], m[pivot]] = [m[pivot]!, m[c]!];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const f = m[r]![c]! / m[c]![c]!;
      if (f !== 0) for (let k = c; k <= n; k++) m[r]![k]! -= f * m[c]![k]!;
    }
  }
  return m.map((row, i) => row[n]! / row[i]!);
}

function* choices<T>(list: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let i = from; i <= list.length - size; i++) {
    for (const rest of choices(list, size - 1, i + 1)) yield [list[i]!, ...rest];
  }
}

/** A plane divided by its largest coefficient: one tolerance fits all. */
function normal<T extends Equation>(plane: T): T | null {
  const scale = Math.max(...plane.a.map(Math.abs));
  if (scale === 0) return null;
  return { ...plane, a: plane.a.map((v) => v / scale), b: plane.b / scale };
}

export interface Region {
  readonly limits: readonly Plane[];
  readonly equations?: readonly Equation[];
  /** Planes at which a wish that is linear in pieces bends. */
  readonly bends?: readonly Equation[];
  /** How far a point may lie outside a limit, in the unit of x. */
  readonly tolerance: number;
}

/** Least value of the wish over the region; Infinity where the region is empty. */
export function leastOver(region: Region, n: number, wish: (x: readonly number[]) => number) {
  const { tolerance } = region;
  // A rule on nothing: it holds always, or never.
  const impossible = region.limits.some(({ a, b }) => a.every((v) => v === 0) && b < 0);
  if (impossible) return Infinity;
  const limits = region.limits.map(normal).filter((plane) => plane !== null);
  const bends = (region.bends ?? []).map(normal).filter((plane) => plane !== null);
  const fixed = reduce(region.equations ?? []).map((row) => ({ a: row.slice(0, n), b: row[n]! }));
  let least = Infinity;
  for (const chosen of choices([...limits, ...bends], n - fixed.length)) {
    const x = intersect([...fixed, ...chosen], n);
    if (x === null || !limits.every(({ a, b }) => dot(a, x) <= b + tolerance)) continue;
    if (!(region.equations ?? []).every(({ a, b }) => Math.abs(dot(a, x) - b) <= tolerance * 4))
      continue;
    least = Math.min(least, wish(x));
  }
  return least;
}
