/**
 * How the most tokens v change with one right-hand side: v(t) is concave and piecewise linear in the change t. With a
 * price y at t = 0, v(t) <= v(0) + y t everywhere, so the t with v(t) >= v(0) + y t are exactly
 * the interval in which the price holds: two linear programs, max t and min t under
 * `total - y t >= v(0)`, give its ends. Both start at the optimum that is known and take a few pivots.
 */
import type { Basis, LinearModel, Session, Solver } from './model.js';
import { reduceProgram } from './reduced-program.js';

/** LP units: what the solver's tolerance of 1e-7 may leave of a line that holds. */
const LINE_ROOM = 1e-7;
/** Changes smaller than this, in LP units (1e-10 of the budget), are no range. */
const RANGE_LEAST = 1e-6;
/** Where the price on one side is looked for first, in LP units; then ever nearer. */
const STEP_FIRST = 1e-2;
const SAME_PRICE = 1e-6;

/** Which right-hand side changes: of a row, or the upper bound of a column. */
export type Side = { readonly row: number } | { readonly column: number };

/** Change of the right-hand side in LP units; null: without end. */
export interface PriceRange {
  readonly from: number | null;
  readonly to: number | null;
}

/** One price, or another one for less than for more; null: less (or more) cannot be had at all. */
export interface SidePrices extends PriceRange {
  readonly below: number | null;
  readonly above: number | null;
}

interface Piece {
  readonly price: number | null;
  readonly end: number | null;
}

export class PriceProgram {
  private readonly rowOf: readonly number[];
  private readonly columnOf: readonly number[];
  private readonly uppers: readonly number[];
  private readonly session: Session;
  private readonly total: number;
  private readonly change: number;
  private readonly line: number;
  private readonly rowsOfColumn: readonly (readonly (readonly [row: number, value: number])[])[];
  /** Prices of merged columns: what holds for one of them holds for all. */
  private readonly known = new Map<string, SidePrices>();
  private basis: Basis | null = null;
  private value = 0;

  /** `total`: the column whose value is maximised. */
  constructor(model: Omit<LinearModel, 'objective'>, total: number, solver: Solver) {
    const objective = { sense: 'maximise', indices: [total], values: [1] } as const;
    const { program, rowOf, columnOf } = reduceProgram({ ...model, objective });
    this.uppers = model.columns.map(({ upper }) => upper);
    this.rowOf = rowOf;
    this.columnOf = columnOf;
    this.session = solver.open(program);
    this.total = columnOf[total]!;
    this.change = this.session.addColumn({ lower: -Infinity, upper: Infinity });
    const line = { indices: [this.total], values: [1], lower: -Infinity, upper: Infinity };
    this.line = this.session.addRow(line);
    const rows: [number, number][][] = program.columns.map(() => []);
    program.rows.forEach((row, r) => {
      row.indices.forEach((column, k) => {
        rows[column]!.push([r, row.values[k]!]);
      });
    });
    this.rowsOfColumn = rows;
  }

  /** Solves; the prices of rows and of upper bounds, in tokens per unit. Null without an optimum. */
  async open(): Promise<{ priceOf(side: Side): number } | null> {
    this.session.setColumnBounds(this.change, { lower: 0, upper: 0 });
    const solution = await this.session.solve();
    if (solution.status !== 'optimal' || solution.rowDuals === null) return null;
    this.basis = this.session.basis();
    this.value = solution.objective;
    this.session.setColumnBounds(this.change, { lower: -Infinity, upper: Infinity });
    const { rowDuals, columnDuals } = solution;
    return {
      priceOf: (side) =>
        'row' in side
          ? (rowDuals[this.rowOf[side.row]!] ?? 0)
          : Math.max(0, columnDuals![this.columnOf[side.column]!] ?? 0),
    };
  }

  /**
   * Where the price holds; where it does not hold on a side at all, the price and range of that side.
   * `free`: the direction in which a price of 0 holds without end, since there is only more room.
   */
  async pricesOf(side: Side, price: number, free: 'more' | 'less'): Promise<SidePrices | null> {
    const place = 'row' in side ? this.rowOf[side.row]! : this.columnOf[side.column]!;
    if (place === -1) return null;
    const key = `${'row' in side ? 'row' : 'column'} ${place} ${price}`;
    let prices = this.known.get(key);
    if (prices === undefined) {
      this.place(side, 1);
      const more = await this.piece(1, price, price === 0 && free === 'more');
      const less = await this.piece(-1, price, price === 0 && free === 'less');
      this.place(side, 0);
      prices = { from: less.end, to: more.end, below: less.price, above: more.price };
      this.known.set(key, prices);
    }
    if (prices.from === null || 'row' in side) return prices;
    // Nothing can be held less than not at all.
    return { ...prices, from: Math.max(prices.from, -this.uppers[side.column]!) };
  }

  /** Price and end of the piece of v that begins at 0. */
  private async piece(direction: 1 | -1, price: number, isEndless: boolean): Promise<Piece> {
    if (isEndless) return { price, end: null };
    const end = await this.end(price, direction);
    return end === null || Math.abs(end) >= RANGE_LEAST ? { price, end } : this.beside(direction);
  }

  /** Lets the change of `t` act on the right-hand side, or no more. */
  private place(side: Side, factor: 0 | 1): void {
    if ('row' in side) {
      this.session.setCoefficient(this.rowOf[side.row]!, this.change, -factor);
      return;
    }
    for (const [row, value] of this.rowsOfColumn[this.columnOf[side.column]!]!) {
      this.session.setCoefficient(row, this.change, factor * value);
    }
  }

  /** The farthest change up to which `total >= value + price x change` can be had. */
  private async end(price: number, direction: 1 | -1): Promise<number | null> {
    const sense = direction === 1 ? 'maximise' : 'minimise';
    this.session.setCoefficient(this.line, this.change, -price);
    this.session.setRowBounds(this.line, { lower: this.value - LINE_ROOM, upper: Infinity });
    this.session.setObjective({ sense, indices: [this.change], values: [1] });
    this.session.start(this.basis, true);
    const solution = await this.session.solve();
    if (solution.status === 'unbounded') return null;
    return solution.status === 'optimal' ? solution.values[this.change]! : 0;
  }

  /** Price and end of the piece that begins at 0 and goes to one side. */
  private async beside(direction: 1 | -1): Promise<Piece> {
    for (let step = STEP_FIRST; step > RANGE_LEAST; step /= 16) {
      const at = await this.at(direction * step);
      if (at === null) continue;
      const gap = at.value - at.price * direction * step - this.value;
      if (gap > SAME_PRICE * Math.max(1, Math.abs(at.price)) * step + LINE_ROOM) continue;
      const end = await this.end(at.price, direction);
      if (end === null || Math.abs(end) >= RANGE_LEAST) return { price: at.price, end };
    }
    return { price: null, end: 0 };
  }

  /** v and its slope at a change; null where nothing is feasible. */
  private async at(change: number): Promise<{ value: number; price: number } | null> {
    this.session.setRowBounds(this.line, { lower: -Infinity, upper: Infinity });
    this.session.setColumnBounds(this.change, { lower: change, upper: change });
    this.session.setObjective({ sense: 'maximise', indices: [this.total], values: [1] });
    this.session.start(this.basis);
    const solution = await this.session.solve();
    this.session.setColumnBounds(this.change, { lower: -Infinity, upper: Infinity });
    if (solution.status !== 'optimal' || solution.columnDuals === null) return null;
    return { value: solution.objective, price: solution.columnDuals[this.change]! };
  }

  close(): void {
    this.session.close();
  }
}
