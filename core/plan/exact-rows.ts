/**
 * Caps on integer tokens, kept exactly while tokens are moved one by one. Every row is
 *   sign x (q part - p whole - bound) <= 0   with integers p, q, bound; part is a sum of weight x
 * tokens (weights are millionths in a cap at a confidence, else 1), whole a sum of tokens, so a change
 * of one stratum updates each of its rows in O(1). Rules that are no single row (`anchor.ts`, `churn.ts`)
 * judge themselves and stand behind the rows.
 */
import { type CapRow, type FamilyRow, weightsOf } from './cap-rows.js';
import { WHOLE_WEIGHT } from './cap-weights.js';
import type { ModelDraft } from './model.js';
import { ratioOf } from './rational.js';

/** Change of a row's excess per token more of a stratum. */
export interface Effect {
  readonly stratum: number;
  readonly effect: bigint;
}

/** A rule on the tokens of all strata, which it sees as they change. */
export interface ExactRule {
  /** > 0 when it is broken, in its own unit. */
  excess(): bigint;
  effects(): Effect[];
  /** True when the change breaks nothing, or makes nothing worse. */
  allows(stratum: number, delta: number): boolean;
  /** After tokens have changed. */
  moved(stratum: number, delta: number): void;
  /** The rule on steps from the present tokens, as rows of an integer program. */
  addSteps(draft: ModelDraft, steps: readonly number[]): void;
}

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
  readonly rules: ExactRule[] = [];
  readonly tokens: number[];

  constructor(tokens: readonly number[]) {
    this.tokens = [...tokens];
    this.places = tokens.map(() => []);
  }

  /** Linear rows; the rules have the numbers after them. */
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

  /** `make` gets the tokens, which change under it. */
  addRule(make: (tokens: readonly number[]) => ExactRule): void {
    this.rules.push(make(this.tokens));
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
    if (row >= this.count) return this.rules[row - this.count]!.excess();
    const { sign, p, q, bound, part, whole } = this.rows[row]!;
    return sign * (q * part - p * whole - bound);
  }

  /** Change of the row's excess per token more of the stratum. */
  private effect({ row, weight, inWhole }: Place): bigint {
    const { sign, p, q } = this.rows[row]!;
    return sign * (q * weight - (inWhole ? p : 0n));
  }

  /** Strata that the row counts, with the change of its excess per token more. */
  effects(row: number): Effect[] {
    if (row >= this.count) return this.rules[row - this.count]!.effects();
    const { members, scope } = this.rows[row]!;
    return [...new Set([...members.keys(), ...scope])].map((stratum) => {
      const place = this.places[stratum]!.find((p) => p.row === row)!;
      return { stratum, effect: this.effect(place) };
    });
  }

  /** True when the stratum can change by `delta` tokens and no row is broken by it. */
  allows(stratum: number, delta: number): boolean {
    const isKept = this.places[stratum]!.every((place) => {
      const change = this.effect(place) * BigInt(delta);
      return change <= 0n || this.excess(place.row) + change <= 0n;
    });
    return isKept && this.rules.every((rule) => rule.allows(stratum, delta));
  }

  move(stratum: number, delta: number): void {
    const change = BigInt(delta);
    this.tokens[stratum]! += delta;
    for (const { row, weight, inWhole } of this.places[stratum]!) {
      this.rows[row]!.part += weight * change;
      if (inWhole) this.rows[row]!.whole += change;
    }
    for (const rule of this.rules) rule.moved(stratum, delta);
  }

  /** First broken row, or -1. */
  broken(): number {
    const row = this.rows.findIndex((_, at) => this.excess(at) > 0n);
    if (row !== -1) return row;
    const rule = this.rules.findIndex((one) => one.excess() > 0n);
    return rule === -1 ? -1 : this.count + rule;
  }
}

const wholly = (part: readonly number[]) => new Map(part.map((i) => [i, 1n]));
