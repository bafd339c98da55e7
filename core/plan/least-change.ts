/**
 * The least change of one knob under which a mix exists, all other rules on:
 *   shift       its rows get a common slack; one program minimises it
 *   repetition  likewise, with rows x <= available x factor and the factor a column
 *   reach       the most tokens without the floor under the budget; the budget of which that is the share
 *   share       a share stands in coefficients: bisection over readable numbers
 *   rebuild     bisection too, with a model of the changed recipe for each number
 * A bisection ends with a number that frees and whose readable neighbour does not: at most 60 solves.
 */
import { instanceOf } from './instance.js';
import type { Knob } from './knobs.js';
import type { MixModel, MixModelOptions } from './mix-model.js';
import type { Solver } from './model.js';
import { roundOutwards, stepOutwards } from './readable.js';
import { type Point, RelaxedModel, signOf } from './relaxed-model.js';

const BISECTIONS_MAX = 60;

export interface ChangeContext {
  readonly model: RelaxedModel;
  /** The same with integers for families everywhere; asked where the other's answer does not hold. */
  readonly sharp: RelaxedModel;
  readonly options: MixModelOptions;
  readonly solver: Solver;
}

/** A readable value that frees the model, the nearest to the knob's own; null where none does. */
export async function leastValue(context: ChangeContext, knob: Knob): Promise<number | null> {
  const { model } = context;
  switch (knob.search) {
    case 'shift':
      return shifted(model, knob);
    case 'repetition':
      return repeated(model, knob);
    case 'reach':
      return reached(model, knob);
    case 'share':
      return bisected(knob, (value) => isFreeAtShare(model, knob, value));
    case 'rebuild':
      return bisected(knob, (value) => isFreeRebuilt(context, knob, value));
  }
}

const all = (model: RelaxedModel) => model.groups.map((_, g) => g);
const outwards = ({ up, isWhole }: Knob) => ({ up, isWhole });

/** One program: least slack common to all rows of the knob. */
async function shifted(model: RelaxedModel, knob: Knob): Promise<number | null> {
  const { session, change, mix } = model;
  const rows = knob.groups.flatMap((g) => model.groups[g]!.rows);
  const elastic = knob.kind === 'licence_budget' ? [mix.licence!.row!] : rows;
  for (const row of elastic) session.setCoefficient(row, change, signOf(mix.draft.rows[row]!));
  const point = await model.least(() => 'on', { indices: [change], values: [1] });
  for (const row of elastic) session.setCoefficient(row, change, 0);
  if (point === null) return null;
  return roundOutwards(shiftedTo(model, knob, point[change]!), outwards(knob));
}

/** The knob's value when its rows are loosened by `slack` LP units. */
export function shiftedTo(model: RelaxedModel, knob: Knob, slack: number): number {
  const { tokensPerUnit, recipe, anchor } = model.instance;
  const sign = knob.up ? 1 : -1;
  if (knob.kind === 'licence_budget') {
    return knob.from + slack * model.mix.licence!.minorPerUnit;
  }
  if (knob.kind === 'anchor') {
    const { lower } = model.mix.draft.rows[model.mix.rules.anchor!]!;
    return Math.max(0, Math.min(knob.from, ((lower - slack) * tokensPerUnit) / anchor!.whole));
  }
  const tokens = sign * slack * tokensPerUnit;
  const amount = knob.kind === 'min_budget_share' ? tokens / recipe.tokenBudget : tokens;
  return Math.max(0, knob.from + amount);
}

/** Rows that say how often text is repeated stand only while they are asked for. */
async function repeated(model: RelaxedModel, knob: Knob): Promise<number | null> {
  const { session, change, mix, instance } = model;
  const { strata, tokensPerUnit } = instance;
  const rows = knob.groups
    .flatMap((g) => model.groups[g]!.strata)
    .map((i) =>
      session.addRow({
        indices: [mix.x[i]!, change],
        values: [1, -strata[i]!.tokens / tokensPerUnit],
        ...{ lower: -Infinity, upper: 0 },
      }),
    );
  const moved = new Set(knob.groups);
  const point = await model.least((g) => (moved.has(g) ? 'off' : 'on'), {
    indices: [change],
    values: [1],
  });
  for (const row of rows) session.setRowBounds(row, { lower: -Infinity, upper: Infinity });
  if (point === null) return null;
  const value = roundOutwards(Math.max(knob.from, point[change]!), outwards(knob));
  return value > knob.furthest ? null : value;
}

async function reached(model: RelaxedModel, knob: Knob): Promise<number | null> {
  const moved = new Set(knob.groups);
  const tokens = await model.tokensUnder(all(model).filter((g) => !moved.has(g)));
  if (tokens === 0) return null;
  return roundOutwards(tokens / model.instance.recipe.minBudgetShare, outwards(knob));
}

/** Between the knob's value, which does not free, and the furthest; over readable numbers. */
export async function bisected(
  knob: Knob,
  isFree: (value: number) => Promise<boolean>,
): Promise<number | null> {
  const isBeyond = (a: number, b: number) => (knob.up ? a >= b : a <= b);
  let bound = knob.from;
  let best = knob.furthest;
  if (isBeyond(bound, best) || !(await isFree(best))) return null;
  for (let step = 0; step < BISECTIONS_MAX; step++) {
    let middle = roundOutwards((bound + best) / 2, outwards(knob));
    if (isBeyond(middle, best)) middle = stepOutwards(best, { ...outwards(knob), up: !knob.up });
    if (isBeyond(bound, middle)) return best;
    if (await isFree(middle)) best = middle;
    else bound = middle;
  }
  return best;
}

async function isFreeAtShare(model: RelaxedModel, knob: Knob, value: number): Promise<boolean> {
  setShare(model, knob, value);
  const isFree = await model.isFree();
  setShare(model, knob, knob.from);
  return isFree;
}

/** A share stands as -share before the column of its whole. */
function setShare(model: RelaxedModel, knob: Knob, share: number): void {
  for (const g of knob.groups) {
    for (const row of model.groups[g]!.rows) {
      const whole = wholeOf(model.mix, row, knob.from);
      if (whole !== null) model.session.setCoefficient(row, whole, -share);
    }
  }
}

/** Column of the whole that a share row is of: the last of the row; null where it is no such row. */
function wholeOf({ draft, x }: MixModel, row: number, share: number): number | null {
  const { indices, values } = draft.rows[row]!;
  const column = indices.at(-1);
  if (column === undefined || column <= x.at(-1)! || values.at(-1) !== -share) return null;
  return column;
}

/** The share that a mix needs: of all rows of the knob, the furthest part / whole. */
export function shareAt(model: RelaxedModel, knob: Knob, point: Point): number {
  let needed = knob.from;
  for (const row of knob.groups.flatMap((g) => model.groups[g]!.rows)) {
    const whole = wholeOf(model.mix, row, knob.from);
    if (whole === null || point[whole]! <= 0) continue;
    const { indices, values } = model.mix.draft.rows[row]!;
    const part = indices.reduce(
      (sum, column, k) => sum + (column === whole ? 0 : values[k]! * point[column]!),
      0,
    );
    const share = Math.min(1, Math.max(0, part / point[whole]!));
    needed = knob.up ? Math.max(needed, share) : Math.min(needed, share);
  }
  return needed;
}

async function isFreeRebuilt(
  { model, options, solver }: ChangeContext,
  knob: Knob,
  value: number,
): Promise<boolean> {
  const { recipe, inventory } = model.instance;
  const instance = instanceOf(knob.apply(recipe, value), inventory);
  const changed = RelaxedModel.open(instance, options, solver);
  const tokens = await changed.tokensUnder(all(changed));
  changed.close();
  model.solves += changed.solves;
  return tokens > 0;
}
