/**
 * Fractions become integers once: floors, then a deterministic repair of rows that the floors broke
 * (lower the stratum that helps most; where only more tokens help, raise), then the rest by largest
 * remainder, one token at a time, never past a limit or a cap.
 */
import { assert } from '../schema/failure.js';
import type { ExactRows } from './exact-rows.js';

/** Remainders closer than this fraction of a token are equal: float noise decides nothing. */
const REMAINDER_STEPS = 1e3;

export interface Apportionment {
  /** Wanted amounts, >= 0, in the order that breaks ties. */
  readonly ideal: readonly number[];
  /** Sum to reach; less only where limits or rows forbid it. */
  readonly total: number;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** Whole amounts that the rows start from: floors within the limits. `snap` forgives float noise. */
export function floorsOf({ ideal, lower, upper }: Apportionment, snap: number): number[] {
  return ideal.map((value, i) => {
    assert(value >= 0 && Number.isFinite(value), `ideal amount ${value}`);
    return Math.min(upper[i]!, Math.max(lower[i]!, Math.floor(value + snap)));
  });
}

/**
 * Integers with sum `total` (or as near below as rows and limits allow) under every row; null when no
 * repair was found. `rows` holds the floors and is changed in place. Cost: passes x strata x rows.
 */
export function apportion(wanted: Apportionment, rows: ExactRows): number[] | null {
  if (!repair(wanted, rows)) return null;
  let rest = wanted.total - rows.tokens.reduce((sum, n) => sum + n, 0);
  for (let i = rows.tokens.length - 1; i >= 0 && rest < 0; i--)
    rest += lowerBy(wanted, rows, i, rest);
  if (!repair(wanted, rows)) return null;
  rest = wanted.total - rows.tokens.reduce((sum, n) => sum + n, 0);
  const order = wanted.ideal.map((_, i) => i);
  const remainder = (i: number) =>
    Math.round((wanted.ideal[i]! - rows.tokens[i]!) * REMAINDER_STEPS);
  const remainders = order.map(remainder);
  order.sort((a, b) => remainders[b]! - remainders[a]! || a - b);
  let raised = true;
  while (rest > 0 && raised) {
    raised = false;
    for (const i of order) {
      if (rest === 0) break;
      if (rows.tokens[i]! >= wanted.upper[i]! || !rows.allows(i, 1)) continue;
      rows.move(i, 1);
      rest -= 1;
      raised = true;
    }
  }
  return [...rows.tokens];
}

/** Takes up to -rest tokens from one stratum; gives how many. */
function lowerBy({ lower }: Apportionment, rows: ExactRows, i: number, rest: number): number {
  const amount = Math.min(-rest, rows.tokens[i]! - lower[i]!);
  if (amount > 0 && rows.allows(i, -amount)) {
    rows.move(i, -amount);
    return amount;
  }
  return 0;
}

/** Each pass mends one row; a row may break another, so there is a limit. */
function repair(wanted: Apportionment, rows: ExactRows): boolean {
  const passesMax = 20 * (rows.count + rows.tokens.length) + 100;
  for (let pass = 0; pass < passesMax; pass++) {
    const row = rows.broken();
    if (row === -1) return true;
    if (!mendByLowering(wanted, rows, row) && !mendByRaising(wanted, rows, row)) return false;
  }
  return false;
}

function mendByLowering({ lower }: Apportionment, rows: ExactRows, row: number): boolean {
  const excess = rows.excess(row);
  const able = rows
    .effects(row)
    .filter(({ stratum, effect }) => effect > 0n && rows.tokens[stratum]! > lower[stratum]!);
  able.sort(
    (a, b) =>
      Number(b.effect - a.effect) ||
      rows.tokens[b.stratum]! - rows.tokens[a.stratum]! ||
      a.stratum - b.stratum,
  );
  const best = able[0];
  if (best === undefined) return false;
  const needed = Number((excess + best.effect - 1n) / best.effect);
  rows.move(best.stratum, -Math.min(needed, rows.tokens[best.stratum]! - lower[best.stratum]!));
  return true;
}

function mendByRaising({ upper, ideal }: Apportionment, rows: ExactRows, row: number): boolean {
  const able = rows
    .effects(row)
    .filter(({ stratum, effect }) => effect < 0n && rows.tokens[stratum]! < upper[stratum]!)
    .sort((a, b) => {
      const gap = (i: number) => ideal[i]! - rows.tokens[i]!;
      return gap(b.stratum) - gap(a.stratum) || a.stratum - b.stratum;
    });
  const next = able.find(({ stratum }) => rows.allows(stratum, 1));
  if (next === undefined) return false;
  rows.move(next.stratum, 1);
  return true;
}
