/**
 * One stage after the other on a growing model: solve for a wish, keep its optimum, go on. Integers vary
 * until they are kept; then every later stage is a linear program.
 *
 * An optimum is kept as a row (wish >= optimum - tolerance). Once integers are settled, duals do it better: a
 * column or row with a dual that is not 0 stands at its bound in every optimum, so it is held there
 * (`held-face.ts`). Later programs become smaller with every stage, and no tolerance adds up. Where that finds no
 * optimum, or an earlier wish is worse off than its row allows, the rows decide.
 * Every program is solved from scratch: an answer depends on the program, not on the solves before.
 */
import { HeldFace } from './held-face.js';
import type { MixModel } from './mix-model.js';
import type { Objective, Solution, Solver } from './model.js';

/**
 * How far a later stage may fall behind an earlier optimum, in LP units (1e-10 of the budget): ten
 * times the solver's feasibility tolerance, so that the optimum itself always remains feasible.
 */
export const STAGE_TOLERANCE = 1e-6;

export type Optimal = Extract<Solution, { status: 'optimal' }>;

/** A stage's duals, and the row that keeps its optimum in later ones. */
export interface StageDuals extends Pick<Optimal, 'rowDuals' | 'columnDuals'> {
  readonly name: string;
  readonly row: number;
}

/** The growing model, the answer so far, and the integers. */
export class StageRun {
  readonly stages: { name: string; objective: number }[] = [];
  readonly duals: StageDuals[] = [];
  readonly unfinished: string[] = [];
  readonly integers = new Map<number, number>();
  values: Float64Array = new Float64Array(0);
  readonly model: MixModel;
  private readonly solver: Solver;
  private readonly held: { column: number; lower: number; upper: number }[] = [];
  private readonly freed: { column: number; lower: number; upper: number }[] = [];
  /** Rows that keep the optima of stages. */
  private readonly kept: number[] = [];
  /** Those of them whose optima the face holds: stages since integers are settled. */
  private onFace: number[] = [];
  private face: HeldFace;
  private isSettled: boolean;

  constructor(model: MixModel, solver: Solver) {
    this.model = model;
    this.solver = solver;
    this.face = new HeldFace(model.draft);
    this.isSettled = this.free().length === 0;
  }

  /** Integer columns that vary. */
  private free(): number[] {
    return this.model.draft.columns.flatMap((c, i) => (c.integer && c.lower < c.upper ? [i] : []));
  }

  /**
   * Solves, keeps the optimum as a row, and gives the LP's solution; null when there is none. `unit`
   * is what one unit of the objective is worth: tokens, unless it is money.
   */
  async stage(
    name: string,
    wish: Objective | null,
    unit: number = this.model.instance.tokensPerUnit,
  ): Promise<Optimal | null> {
    if (wish === null || wish.indices.length === 0) return null;
    const solution = (await this.solveOnFace(wish)) ?? (await this.solve(wish));
    if (solution === null) {
      if (this.stages.length > 0) this.unfinished.push(name);
      return null;
    }
    this.values = solution.values;
    this.stages.push({ name, objective: solution.objective * unit });
    const terms = wish.indices.map((column, k) => [column, wish.values[k]!] as const);
    const largest = largestOf(wish.values);
    const slack = STAGE_TOLERANCE * largest;
    const bounds =
      wish.sense === 'maximise'
        ? { lower: solution.objective - slack }
        : { upper: solution.objective + slack };
    const row = this.model.draft.addRow(terms, bounds);
    this.kept.push(row);
    const { rowDuals, columnDuals } = solution;
    this.duals.push({ name, row, rowDuals, columnDuals });
    if (this.isSettled) {
      this.face.hold(solution, largest);
      this.onFace.push(row);
    }
    return solution;
  }

  /** The optimum among those of all stages before; null where there are no duals to tell them by. */
  private async solveOnFace(wish: Objective): Promise<Optimal | null> {
    if (this.face.isEmpty) return null;
    const solution = await this.solver.solve({
      ...this.face.program(this.onFace),
      objective: wish,
    });
    if (solution.status === 'optimal' && this.face.keeps(this.kept, solution.values))
      return solution;
    this.face = new HeldFace(this.model.draft);
    this.onFace = [];
    return null;
  }

  private async solve(wish: Objective): Promise<Optimal | null> {
    const { columns, rows } = this.model.draft;
    const ask = () => this.solver.solve({ columns, rows, objective: wish });
    let solution = await ask();
    if (solution.status !== 'optimal' && this.kept.length > 0) {
      this.widenKept();
      solution = await ask();
    }
    const free = this.free();
    if (solution.status === 'optimal' && free.length > 0) {
      for (const i of free) this.fix(i, Math.round(solution.values[i]!));
      solution = await ask();
    }
    if (solution.status === 'optimal') return solution;
    if (this.stages.length > 0 || solution.status === 'infeasible') return null;
    const detail = solution.status === 'failed' ? solution.detail : solution.status;
    throw new Error(`the solver did not finish: ${detail}`);
  }

  /** Rounding can make a tolerance too small: ten times as much, for all that follows. */
  private widenKept(): void {
    const { rows } = this.model.draft;
    for (const r of this.kept) {
      const row = rows[r]!;
      const room = 9 * STAGE_TOLERANCE * largestOf(row.values);
      rows[r] = { ...row, lower: row.lower - room, upper: row.upper + room };
    }
  }

  private fix(i: number, value: number): void {
    const column = this.model.draft.columns[i]!;
    this.freed.push({ column: i, lower: column.lower, upper: column.upper });
    column.lower = value;
    column.upper = value;
    this.integers.set(i, value);
  }

  releaseIntegers(): void {
    for (const { column, lower, upper } of this.freed.splice(0)) {
      this.model.draft.columns[column]!.lower = lower;
      this.model.draft.columns[column]!.upper = upper;
    }
  }

  /** Fixes integers at the answer so far, for good; those that `isKept` leaves out vary on. */
  keepIntegers(isKept: (column: number) => boolean = () => true): void {
    this.releaseIntegers();
    this.model.draft.columns.forEach((column, i) => {
      if (!column.integer || column.lower === column.upper || !isKept(i)) return;
      this.fix(i, this.integers.get(i) ?? 0);
    });
    this.freed.length = 0;
    this.isSettled = this.held.length === 0 && this.free().length === 0;
  }

  /** Sets integers that nothing above limits to values that forbid nothing, until `letGo`. */
  hold(values: ReadonlyMap<number, number>): void {
    for (const [i, value] of values) {
      const { lower, upper } = this.model.draft.columns[i]!;
      this.fix(i, value);
      this.freed.pop();
      this.held.push({ column: i, lower, upper });
    }
  }

  letGo(): void {
    this.freed.push(...this.held.splice(0));
    this.releaseIntegers();
  }
}

/** Largest absolute value, at least 1. */
function largestOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
}
