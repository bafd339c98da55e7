/**
 * Caps on integer tokens, kept exactly while tokens are moved one by one. Every row is
 *   sign x (q part - p whole - bound) <= 0   with integers p, q, bound; part is a sum of weight x
 * tokens (weights are millionths in a cap at a confidence, else 1), whole a sum of tokens, so a change
 * of one stratum updates each of its rows in O(1).
 */
import { type CapRow, type FamilyRow, weightsOf } from './cap-rows.js';
import { WHOLE_WEIGHT } from './cap-weights.js';
import { ratioOf } from './rational.js';

interface ExactRow {
  readonly sign: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly bound: bigint;
  /** Weight of each stratum of the part. */
  readonly members: ReadonlyMap<number, bigint>;
  readonly scope: readonly number[];
  part: bigint;
  whole: bigint;
}

interface Place {
  readonly row: number;
  readonly weight: bigint;
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
    const unit = cap.weights === null ? 1n : BigInt(WHOLE_WEIGHT);
    const members =
      cap.weights === null
        ? wholly(cap.part)
        : new Map([...weightsOf(cap)].map(([i, weight]) => [i, BigInt(weight)]));
    if (cap.kind === 'max_tokens' || cap.kind === 'min_tokens') {
      const bound = BigInt(cap.limit) * unit;
      this.add({ sign, p: 0n, q: 1n, bound, members, scope: [] });
      return;
    }
    const { numerator, denominator: q } = ratioOf(cap.limit);
    this.add({ sign, p: numerator * unit, q, bound: 0n, members, scope: cap.whole });
  }

  addFamily(row: FamilyRow, maxShare: number): void {
    const { numerator: p, denominator: q } = ratioOf(maxShare);
    this.add({ sign: 1n, p, q, bound: 0n, members: wholly(row.part), scope: row.whole });
  }

  private add(row: Omit<ExactRow, 'part' | 'whole'>): void {
    const index = this.rows.length;
    let [part, whole] = [0n, 0n];
    for (const [i, weight] of row.members) part += weight * BigInt(this.tokens[i]!);
    for (const i of row.scope) whole += BigInt(this.tokens[i]!);
    this.rows.push({ ...row, part, whole });
    for (const i of new Set([...row.members.keys(), ...row.scope])) {
      const inWhole = row.scope.length > 0;
      this.places[i]!.push({ row: index, weight: row.members.get(i) ?? 0n, inWhole });
    }
  }

  /** > 0 when the row is broken, in its own unit. */
  excess(row: number): bigint {
    const { sign, p, q, bound, part, whole } = this.rows[row]!;
    return sign * (q * part - p * whole - bound);
  }

  /** Change of the row's excess per token more of the stratum. */
  private effect({ row, weight, inWhole }: Place): bigint {
    const { sign, p, q } = this.rows[row]!;
    return sign * (q * weight - (inWhole ? p : 0n));
  }

  /** Strata that the row counts, with the change of its excess per token more. */
  effects(row: number): { stratum: number; effect: bigint }[] {
    const { members, scope } = this.rows[row]!;
    return [...new Set([...members.keys(), ...scope])].map((stratum) => {
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
    for (const { row, weight, inWhole } of this.places[stratum]!) {
      this.rows[row]!.part += weight * change;
      if (inWhole) this.rows[row]!.whole += change;
    }
  }

  /** First broken row, or -1. */
  broken(): number {
    return this.rows.findIndex((_, row) => this.excess(row) > 0n);
  }
}

const wholly = (part: readonly number[]) => new Map(part.map((i) => [i, 1n]));
