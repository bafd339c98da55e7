/**
 * Caps on integer tokens, kept exactly while tokens are moved one by one. Every row is
 *   sign x (q part - p whole - bound) <= 0   with integers p, q, bound; part and whole are sums,
 * so a change of one stratum updates each of its rows in O(1).
 */
import type { CapRow, FamilyRow } from './cap-rows.js';
import { ratioOf } from './rational.js';

interface ExactRow {
  readonly sign: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly bound: bigint;
  readonly members: readonly number[];
  readonly scope: readonly number[];
  part: bigint;
  whole: bigint;
}

interface Place {
  readonly row: number;
  readonly inPart: boolean;
  readonly inWhole: boolean;
}

export class ExactRows {
  private readonly rows: ExactRow[] = [];
  private readonly places: Place[][];
  readonly tokens: number[];

  constructor(tokens: readonly number[]) {
    this.tokens = [...tokens];
    this.places = tokens.map(() => []);
  }

  get count(): number {
    return this.rows.length;
  }

  addCap(cap: CapRow): void {
    const sign = cap.kind === 'max_share' || cap.kind === 'max_tokens' ? 1n : -1n;
    if (cap.kind === 'max_tokens' || cap.kind === 'min_tokens') {
      this.add({ sign, p: 0n, q: 1n, bound: BigInt(cap.limit), members: cap.part, scope: [] });
      return;
    }
    const { numerator: p, denominator: q } = ratioOf(cap.limit);
    this.add({ sign, p, q, bound: 0n, members: cap.part, scope: cap.whole });
  }

  addFamily(row: FamilyRow, maxShare: number): void {
    const { numerator: p, denominator: q } = ratioOf(maxShare);
    this.add({ sign: 1n, p, q, bound: 0n, members: row.part, scope: row.whole });
  }

  private add(row: Omit<ExactRow, 'part' | 'whole'>): void {
    const index = this.rows.length;
    const sum = (list: readonly number[]) =>
      list.reduce((total, i) => total + BigInt(this.tokens[i]!), 0n);
    this.rows.push({ ...row, part: sum(row.members), whole: sum(row.scope) });
    const members = new Set(row.members);
    for (const i of new Set([...row.members, ...row.scope])) {
      const inWhole = row.scope.length > 0;
      this.places[i]!.push({ row: index, inPart: members.has(i), inWhole });
    }
  }

  /** > 0 when the row is broken, in its own unit. */
  excess(row: number): bigint {
    const { sign, p, q, bound, part, whole } = this.rows[row]!;
    return sign * (q * part - p * whole - bound);
  }

  /** Change of the row's excess per token more of the stratum. */
  private effect({ row, inPart, inWhole }: Place): bigint {
    const { sign, p, q } = this.rows[row]!;
    return sign * ((inPart ? q : 0n) - (inWhole ? p : 0n));
  }

  /** Strata that the row counts, with the change of its excess per token more. */
  effects(row: number): { stratum: number; effect: bigint }[] {
    const { members, scope } = this.rows[row]!;
    return [...new Set([...members, ...scope])].map((stratum) => {
      const place = this.places[stratum]!.find((p) => p.row === row)!;
      return { stratum, effect: this.effect(place) };
    });
  }

  /** True when the stratum can change by `delta` tokens and no row is broken by it. */
  allows(stratum: number, delta: number): boolean {
    return this.places[stratum]!.every((place) => {
      const change = this.effect(place) * BigInt(delta);
      return change <= 0n || this.excess(place.row) + change <= 0n;
    });
  }

  move(stratum: number, delta: number): void {
    const change = BigInt(delta);
    this.tokens[stratum]! += delta;
    for (const { row, inPart, inWhole } of this.places[stratum]!) {
      if (inPart) this.rows[row]!.part += change;
      if (inWhole) this.rows[row]!.whole += change;
    }
  }

  /** First broken row, or -1. */
  broken(): number {
    return this.rows.findIndex((_, row) => this.excess(row) > 0n);
  }
}
