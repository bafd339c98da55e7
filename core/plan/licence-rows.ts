/**
 * The licence budget as rows. Per grant, with x_s tokens of stratum s:
 *   cost >= fixed u + sum rate_s x_s + perEpoch e - M k,  cost >= minimum u,  cost >= cap k
 *   u binary: used at all; e integer: passes begun; k binary: pays the fee's cap instead.
 * Integers stand only where the fee needs them. Never below the exact cost: tokens `in_mix` count
 * as often as they are written, one more document per stratum is paid, and a margin covers cents.
 */
import { minorUnits } from '../license/fee.js';
import { LICENCE_CAP } from './cap-rows.js';
import type { Instance } from './instance.js';
import type { GrantFee } from './licence.js';
import type { ModelDraft } from './model.js';

/** Scaled size of the licence budget, so money and tokens have the same order. */
const MONEY_UNITS = 1e3;
const OF_LICENCE = { capId: LICENCE_CAP, scope: 'all' } as const;

export interface LicenceColumns {
  /** Column of passes begun, by stratum position. */
  readonly passes: ReadonlyMap<number, readonly number[]>;
  /** Column that says whether a grant is paid for, by stratum position. */
  readonly used: ReadonlyMap<number, readonly number[]>;
  /** Minor units per unit of the budget row. */
  readonly minorPerUnit: number;
  readonly row: number;
}

/** Adds the budget row; null where nothing limits what licences cost. */
export function addLicence(
  draft: ModelDraft,
  instance: Instance,
  x: readonly number[],
  marginMinor: number,
): LicenceColumns | null {
  const terms = instance.licence;
  if (terms === null || terms.budgetMinorUnits === null) return null;
  const minorPerUnit = Math.max(1, terms.budgetMinorUnits) / MONEY_UNITS;
  const passes = new Map<number, number[]>();
  const used = new Map<number, number[]>();
  let margin = marginMinor;
  const costs: number[] = [];
  for (const grant of terms.fees) {
    const rates = ratesOf(grant, instance);
    margin += 1 + rates.perToken.reduce((sum, rate) => sum + rate, 0);
    costs.push(addGrant({ draft, instance, x, minorPerUnit, passes, used }, grant, rates));
  }
  const upper = (terms.budgetMinorUnits - (costs.length === 0 ? 0 : margin)) / minorPerUnit;
  const row = draft.addRow(
    costs.map((cost) => [cost, 1] as const),
    { upper: Math.max(0, upper) },
    OF_LICENCE,
  );
  return { passes, used, minorPerUnit, row };
}

interface Rates {
  /** Minor units as soon as the grant is used. */
  readonly fixed: number;
  /** Minor units per token, per stratum of the grant. */
  readonly perToken: readonly number[];
  readonly perEpoch: number;
  readonly minimum: number;
  readonly cap: number | null;
}

/** A decimal price in minor units, unrounded: the scale of the currency, read off one major unit. */
function price(text: string | null, currency: string): number {
  return text === null ? 0 : Number(text) * minorUnits('1', currency);
}

function ratesOf({ fee, strata }: GrantFee, instance: Instance): Rates {
  const money = (text: string | null) => price(text, fee.currency);
  const at = strata.map((i) => instance.strata[i]!);
  const ingested = fee.meter === 'ingested';
  const linear = at.map(
    (s) => money(fee.perToken) + (money(fee.perDocument) * s.documents) / s.tokens,
  );
  const all = at.reduce((sum, s, k) => sum + linear[k]! * s.tokens, 0);
  const oneMore = money(fee.perDocument) * strata.length;
  return {
    fixed: money(fee.fixed) + (ingested ? all : oneMore),
    perToken: ingested ? at.map(() => 0) : linear,
    perEpoch: money(fee.perEpoch),
    minimum: money(fee.minimum),
    cap: fee.cap === null ? null : money(fee.cap),
  };
}

interface Target {
  readonly draft: ModelDraft;
  readonly instance: Instance;
  readonly x: readonly number[];
  readonly minorPerUnit: number;
  readonly passes: Map<number, number[]>;
  readonly used: Map<number, number[]>;
}

/** Adds one grant and returns its cost column, in units of money. */
function addGrant(target: Target, grant: GrantFee, rates: Rates): number {
  const { draft, instance, x, minorPerUnit } = target;
  const { tokensPerUnit } = instance;
  const cost = draft.addColumn(`cost:${grant.grantId}`, 0, Infinity);
  const terms: [number, number][] = [[cost, 1]];
  grant.strata.forEach((i, k) => {
    terms.push([x[i]!, (-rates.perToken[k]! * tokensPerUnit) / minorPerUnit]);
  });
  let most = rates.fixed;
  grant.strata.forEach((i, k) => {
    most += rates.perToken[k]! * draft.columns[x[i]!]!.upper * tokensPerUnit;
  });
  if (rates.perEpoch > 0) {
    const passes = addPasses(target, grant);
    terms.push([passes, -rates.perEpoch / minorPerUnit]);
    most += rates.perEpoch * draft.columns[passes]!.upper;
  }
  if (rates.fixed > 0 || rates.minimum > 0) {
    const used = addUsed(target, grant);
    terms.push([used, -rates.fixed / minorPerUnit]);
    const least = Math.min(rates.minimum, rates.cap ?? Infinity) / minorPerUnit;
    if (least > 0)
      draft.addRow(
        [
          [cost, 1],
          [used, -least],
        ],
        { lower: 0 },
        OF_LICENCE,
      );
  }
  if (rates.cap !== null && rates.cap < most) {
    const capped = draft.addColumn(`capped:${grant.grantId}`, 0, 1, true);
    terms.push([capped, most / minorPerUnit]);
    draft.addRow(
      [
        [cost, 1],
        [capped, -rates.cap / minorPerUnit],
      ],
      { lower: 0 },
      OF_LICENCE,
    );
  }
  draft.addRow(terms, { lower: 0 }, OF_LICENCE);
  return cost;
}

/** Binary: 1 when any stratum of the grant is used. */
function addUsed({ draft, x, used: usedOf }: Target, grant: GrantFee): number {
  const used = draft.addColumn(`used:${grant.grantId}`, 0, 1, true);
  for (const i of grant.strata) {
    const upper = draft.columns[x[i]!]!.upper;
    draft.addRow(
      [
        [x[i]!, 1],
        [used, -upper],
      ],
      { upper: 0 },
      OF_LICENCE,
    );
    usedOf.set(i, [...(usedOf.get(i) ?? []), used]);
  }
  return used;
}

/** Integer: passes begun over the most repeated stratum of the grant. */
function addPasses({ draft, instance, x, passes }: Target, grant: GrantFee): number {
  const { strata, writable, tokensPerUnit } = instance;
  const most = Math.max(...grant.strata.map((i) => Math.ceil(writable[i]! / strata[i]!.tokens)));
  const column = draft.addColumn(`passes:${grant.grantId}`, 0, most, true);
  for (const i of grant.strata) {
    const available = strata[i]!.tokens / tokensPerUnit;
    draft.addRow(
      [
        [x[i]!, 1],
        [column, -available],
      ],
      { upper: 0 },
      OF_LICENCE,
    );
    passes.set(i, [...(passes.get(i) ?? []), column]);
  }
  return column;
}
