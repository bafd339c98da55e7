/**
 * What each cap costs, with the range in which that holds. A share cap's right-hand side is tokens of
 * slack (`part - share x whole <= slack`), a token cap's is tokens, the licence budget's minor units; a
 * repetition limit's is tokens of its source's text. A minimum has a price <= 0. Integers (families present, grants
 * paid, passes begun) stay as the plan has them.
 *
 * Tokens and range come from the program of most tokens (`price-program.ts`). Deviation and money are derivatives
 * of later stages: with y the duals of stage k and j the stages before it, whose optima are rows of k,
 *   d optimum(k) / d side = y(side) + sum over j of y(row of j) x d optimum(j) / d side.
 * A cap with room and price 0 is free at least as far as the plan itself keeps it.
 */
import type { CapUsage, Price } from '../schema/plan.js';
import { BUDGET_CAP, FAMILIES_CAP, LICENCE_CAP, REPETITION_CAP } from './cap-rows.js';
import { groupBy } from './group-by.js';
import type { MixModel } from './mix-model.js';
import type { Solver } from './model.js';
import { PriceProgram, type Side } from './price-program.js';
import type { StageDuals } from './stage-run.js';
import type { Staged } from './stages.js';

/** Duals nearer to 0 than this are the solver's noise: its dual tolerance is 1e-7. */
const DUAL_NOISE = 1e-6;
/** Room of a cap, as a share of the budget, up to which it may be rounding to whole tokens alone. */
const ROUNDING_ROOM = 1e-6;

/** A side of the program with what a unit of it is, in tokens or minor units, per LP unit. */
interface Priced {
  readonly side: Side;
  readonly unit: number;
}

export interface Prices {
  readonly budget: Price | null;
  /** One per usage; null where a row has none, such as a number of families. */
  readonly caps: readonly (Price | null)[];
}

export async function planPrices(
  model: MixModel,
  staged: Staged,
  usages: readonly CapUsage[],
  solver: Solver,
): Promise<Prices> {
  const columns = columnsOf(model);
  const rows = model.draft.rows.slice(0, model.size.rows);
  const program = new PriceProgram({ columns, rows }, model.total, solver);
  try {
    const opened = await program.open();
    if (opened === null) return { budget: null, caps: usages.map(() => null) };
    const asked = { model, duals: staged.duals, program, priceOf: opened.priceOf };
    const sideOf = sidesOf(model, staged, opened.priceOf);
    const budgetRow = rows.findIndex((row) => row.capId === BUDGET_CAP);
    const unit = model.instance.tokensPerUnit;
    const budget = await priceAt(asked, { side: { row: budgetRow }, unit }, null);
    const caps: (Price | null)[] = [];
    for (const usage of usages) {
      const priced = sideOf(usage);
      caps.push(priced === null ? null : await priceAt(asked, priced, usage));
    }
    return { budget, caps };
  } finally {
    program.close();
  }
}

/** Columns with the limits of repetition, not of the present budget, which is a side itself. */
function columnsOf({ draft, instance, x, size, licence }: MixModel) {
  const columns = draft.columns.slice(0, size.columns);
  // Where nothing limits the money, fees forbid nothing.
  for (const [column, value] of licence?.row === null ? licence.integers : []) {
    columns[column] = { ...columns[column]!, lower: value, upper: value };
  }
  x.forEach((column, i) => {
    const { lower, upper } = columns[column]!;
    if (lower === upper) return;
    columns[column] = {
      ...columns[column]!,
      upper: instance.writable[i]! / instance.tokensPerUnit,
    };
  });
  return columns;
}

interface Asked {
  readonly model: MixModel;
  readonly duals: readonly StageDuals[];
  readonly program: PriceProgram;
  readonly priceOf: (side: Side) => number;
}

const clean = (value: number) => (Math.abs(value) < DUAL_NOISE ? 0 : value);

/** Ends of a range to nine digits: more are the solver's. */
const told = (value: number) => Number(value.toPrecision(9));

async function priceAt(
  { model, duals, program, priceOf }: Asked,
  { side, unit }: Priced,
  usage: CapUsage | null,
): Promise<Price | null> {
  const { tokensPerUnit, recipe } = model.instance;
  const scale = tokensPerUnit / unit;
  const dual = clean(priceOf(side));
  const changes = stageChanges(duals, side);
  const deviation = changes.get('targets');
  const cost = changes.get('cost');
  const minorPerUnit = model.licence?.minorPerUnit ?? 1;
  const later = {
    deviation: deviation === undefined ? null : clean(deviation) * scale,
    money: cost === undefined ? null : 0 - (clean(cost) * minorPerUnit) / unit,
  };
  const isRoomy = usage !== null && usage.slack > ROUNDING_ROOM * recipe.tokenBudget;
  const isMinimum = usage !== null && (usage.kind.startsWith('min') || usage.kind === 'anchor');
  if (dual === 0 && isRoomy) {
    const range = isMinimum ? { from: null, to: usage.slack } : { from: -usage.slack, to: null };
    return { tokens: 0, unique: true, less: 0, more: 0, range, ...later };
  }
  const found = await program.pricesOf(side, dual, isMinimum ? 'less' : 'more');
  if (found === null) return null;
  const [less, more] = [found.below, found.above].map((y) =>
    y === null ? null : clean(y) * scale,
  );
  const range = {
    from: found.from === null ? null : Math.min(0, told(found.from * unit)),
    to: found.to === null ? null : Math.max(0, told(found.to * unit)),
  };
  const unique = less != null && more != null && Math.abs(less - more) <= DUAL_NOISE * scale;
  return { tokens: dual * scale, unique, less: less ?? null, more: more ?? null, range, ...later };
}

/** d optimum / d side of every stage, in LP units; stages without duals have none. */
function stageChanges(stages: readonly StageDuals[], side: Side): Map<string, number> {
  const changes = new Map<string, number>();
  const rows: { readonly row: number; readonly change: number }[] = [];
  for (const { name, row, rowDuals, columnDuals } of stages) {
    if (rowDuals === null || columnDuals === null) continue;
    const own = 'row' in side ? rowDuals[side.row] : columnDuals[side.column];
    const change = rows.reduce((sum, j) => sum + rowDuals[j.row]! * j.change, own ?? 0);
    changes.set(name, change);
    rows.push({ row, change });
  }
  return changes;
}

/** Which side a usage is about; where several are, the dearest one. */
function sidesOf(
  model: MixModel,
  staged: Staged,
  priceOf: (side: Side) => number,
): (usage: CapUsage) => Priced | null {
  const { instance, licence } = model;
  const unit = instance.tokensPerUnit;
  const rowOf = new Map(
    instance.caps.map((cap, i) => [`${cap.capId}\u001f${cap.scope}`, model.capRows[i]!]),
  );
  const repeated = repeatedColumns(model, staged, priceOf);
  const at = (side: Side | undefined): Priced | null =>
    side === undefined ? null : { side, unit };
  return (usage) => {
    if (usage.kind === 'families_min_count') return null;
    if (usage.kind === 'families_max_share' && usage.capId === FAMILIES_CAP) {
      const sides = (model.familyRows.get(usage.scope) ?? []).map((row) => ({ row }));
      return at(dearest(sides, priceOf));
    }
    if (usage.kind === 'licence_budget' && usage.capId === LICENCE_CAP) {
      if (licence === null || licence.row === null) return null;
      return { side: { row: licence.row }, unit: licence.minorPerUnit };
    }
    if (usage.kind === 'anchor' || usage.kind === 'churn') {
      const row = model.rules[usage.kind];
      return at(row === null ? undefined : { row });
    }
    if (usage.kind === 'repetition') {
      return at(repeated.get(usage.capId.slice(REPETITION_CAP.length + 1)));
    }
    const row = rowOf.get(`${usage.capId}\u001f${usage.scope}`);
    return at(row === undefined ? undefined : { row });
  };
}

function dearest<T extends Side>(sides: readonly T[], priceOf: (side: Side) => number) {
  const prices = sides.map(priceOf);
  const best = prices.reduce((b, price, i) => (price > prices[b]! ? i : b), 0);
  return sides[best];
}

/** Per source the column whose repetition limit is dearest, of those that the plan fills; else any. */
function repeatedColumns(
  model: MixModel,
  staged: Staged,
  priceOf: (side: Side) => number,
): Map<string, Side> {
  const { strata, writable } = model.instance;
  const sources = groupBy(strata, ({ source }, i) => (isAtRepetition(model, i) ? source : null));
  return new Map(
    [...sources].map(([source, positions]) => {
      const filled = positions.filter((i) => staged.tokens[i]! >= writable[i]! - 1);
      const asked = filled.length > 0 ? filled : positions;
      const sides = asked.map((i) => ({ column: model.x[i]! }));
      return [source, dearest(sides, priceOf)!] as const;
    }),
  );
}

/** The column's bound is the repetition limit, not the budget. */
function isAtRepetition({ instance }: MixModel, i: number): boolean {
  return instance.writable[i]! < instance.recipe.tokenBudget;
}
