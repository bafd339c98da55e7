/**
 * One stage after the other on a growing model: solve for a wish, keep its optimum as a row, go on.
 * Integers vary until they are kept; then every later stage is a linear program.
 */
import type { MixModel } from './mix-model.js';
import type { Objective, Solution, Solver } from './model.js';

/**
 * How far a later stage may fall behind an earlier optimum, in LP units (1e-10 of the budget): ten
 * times the solver's feasibility tolerance, so that the optimum itself always remains feasible.
 */
export const STAGE_TOLERANCE = 1e-6;

export type Optimal = Extract<Solution, { status: 'optimal' }>;

/** The growing model, the answer so far, and the integers. */
export class StageRun {
  readonly stages: { name: string; objective: number }[] = [];
  readonly unfinished: string[] = [];
  readonly integers = new Map<number, number>();
  values: Float64Array = new Float64Array(0);
  readonly model: MixModel;
  private readonly solver: Solver;
  private readonly held: { column: number; lower: number; upper: number }[] = [];
  private readonly freed: { column: number; lower: number; upper: number }[] = [];

  constructor(model: MixModel, solver: Solver) {
    this.model = model;
    this.solver = solver;
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
    const solution = await this.solve(wish);
    if (solution === null) {
      if (this.stages.length > 0) this.unfinished.push(name);
      return null;
    }
    this.values = solution.values;
    this.stages.push({ name, objective: solution.objective * unit });
    const terms = wish.indices.map((column, k) => [column, wish.values[k]!] as const);
    const slack = STAGE_TOLERANCE * Math.max(1, ...wish.values.map(Math.abs));
    const bounds =
      wish.sense === 'maximise'
        ? { lower: solution.objective - slack }
        : { upper: solution.objective + slack };
    this.model.draft.addRow(terms, bounds);
    return solution;
  }

  private async solve(wish: Objective): Promise<Optimal | null> {
    const { columns, rows } = this.model.draft;
    const ask = () => this.solver.solve({ columns, rows, objective: wish });
    let solution = await ask();
    const free = columns.flatMap((c, i) => (c.integer && c.lower < c.upper ? [i] : []));
    if (solution.status === 'optimal' && free.length > 0) {
      for (const i of free) this.fix(i, Math.round(solution.values[i]!));
      solution = await ask();
    }
    if (solution.status === 'optimal') return solution;
    if (this.stages.length > 0 || solution.status === 'infeasible') return null;
    const detail = solution.status === 'failed' ? solution.detail : solution.status;
    throw new Error(`the solver did not finish: ${detail}`);
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
