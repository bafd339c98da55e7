/**
 * The same linear program, smaller: columns that cannot move are put into the bounds of rows, rows that
 * integers left with one column become bounds of it, and columns with the same entries and cost are one
 * column that may hold what they may hold together. Optimum and duals of rows are the same.
 */
import type { Column, LinearModel, Row } from './model.js';

export interface ReducedProgram {
  readonly program: LinearModel;
  /** Where each row and column went; -1: folded away. */
  readonly rowOf: readonly number[];
  readonly columnOf: readonly number[];
}

interface Range {
  lower: number;
  upper: number;
}

export function reduceProgram(model: LinearModel): ReducedProgram {
  const bounds: Range[] = model.columns.map(({ lower, upper }) => ({ lower, upper }));
  const folded = model.rows.map((row) => foldRow(model.columns, bounds, row));
  const fixed = bounds.map(({ lower, upper }) => lower === upper);
  const rowOf: number[] = [];
  const entries: [row: number, value: number][][] = model.columns.map(() => []);
  const rows: Row[] = [];
  model.rows.forEach((row, r) => {
    rowOf.push(folded[r]! ? -1 : rows.length);
    if (folded[r]!) return;
    let constant = 0;
    row.indices.forEach((column, k) => {
      if (fixed[column]!) constant += row.values[k]! * bounds[column]!.lower;
      else entries[column]!.push([rows.length, row.values[k]!]);
    });
    rows.push({ ...row, lower: row.lower - constant, upper: row.upper - constant });
  });
  const merged = mergeColumns(model, { bounds, fixed, entries });
  const indices = rows.map(() => [] as number[]);
  const values = rows.map(() => [] as number[]);
  merged.first.forEach((column, place) => {
    for (const [r, value] of entries[column]!) {
      indices[r]!.push(place);
      values[r]!.push(value);
    }
  });
  const cost = costsOf(model);
  const priced = merged.first.flatMap((column, place) => (cost[column] === 0 ? [] : [place]));
  const objective = {
    sense: model.objective.sense,
    indices: priced,
    values: priced.map((place) => cost[merged.first[place]!]!),
  };
  const program = {
    columns: merged.columns,
    rows: rows.map((row, r) => ({ ...row, indices: indices[r]!, values: values[r]! })),
    objective,
  };
  return { program, rowOf, columnOf: merged.columnOf };
}

/** True when a row with integers that stand has one column left, whose bounds now say the same. */
function foldRow(columns: readonly Column[], bounds: Range[], row: Row): boolean {
  const isStanding = (column: number) => bounds[column]!.lower === bounds[column]!.upper;
  if (!row.indices.some((column) => columns[column]!.integer && isStanding(column))) return false;
  const left = row.indices.flatMap((column, k) => (isStanding(column) ? [] : [k]));
  if (left.length !== 1) return false;
  const at = left[0]!;
  const constant = row.indices.reduce(
    (sum, column, k) => (k === at ? sum : sum + row.values[k]! * bounds[column]!.lower),
    0,
  );
  const value = row.values[at]!;
  const ends = [(row.lower - constant) / value, (row.upper - constant) / value];
  const range = bounds[row.indices[at]!]!;
  range.lower = Math.max(range.lower, Math.min(...ends));
  range.upper = Math.max(range.lower, Math.min(range.upper, Math.max(...ends)));
  return true;
}

function costsOf({ columns, objective }: LinearModel): Float64Array {
  const costs = new Float64Array(columns.length);
  objective.indices.forEach((column, k) => {
    costs[column] = objective.values[k]!;
  });
  return costs;
}

interface Merging {
  readonly bounds: readonly Range[];
  readonly fixed: readonly boolean[];
  readonly entries: readonly (readonly (readonly [row: number, value: number])[])[];
}

/** Columns from 0 on with equal entries and cost, as the first of them. */
function mergeColumns(model: LinearModel, { bounds, fixed, entries }: Merging) {
  const costs = costsOf(model);
  const places = new Map<string, number>();
  const columns: Column[] = [];
  const first: number[] = [];
  const columnOf = model.columns.map((column, i) => {
    if (fixed[i]!) return -1;
    const { lower, upper } = bounds[i]!;
    const isMergeable = lower === 0 && Number.isFinite(upper);
    const key = isMergeable ? `${costs[i]} ${entries[i]!.join(' ')}` : `${i}`;
    const known = places.get(key);
    if (known !== undefined) {
      columns[known]!.upper += upper;
      return known;
    }
    places.set(key, columns.length);
    first.push(i);
    columns.push({ ...column, lower, upper, integer: false });
    return columns.length - 1;
  });
  return { columns, columnOf, first };
}
